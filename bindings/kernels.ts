/**
 * The contract of the kernels. scalar.ts is the specification in plain TypeScript; wasm.ts offers the same over a Wasm
 * instance. Section marks (§) are those of docs/model.md. Every number here is an exact integer; deviceKernels.ts
 * has what differs from that.
 */

import type { CountPlan, SegmentTable } from "./countPlan.ts";
import type { DeviceKernels } from "./deviceKernels.ts";
import type { BitPlanes, CellBlock, CellCoding, OuFormation, Run, StreamTable } from "./shapes.ts";

export type { CodeTable, CountPlan, CrossbarClasses, Formulation, RowLists, SegmentTable } from "./countPlan.ts";

export type * from "./deviceKernels.ts";
export type * from "./shapes.ts";

/** Integer weights, memory order [row][col], each within [-2^(weightBits-1), 2^(weightBits-1)-1]. */
export interface WeightMatrix {
  readonly values: Int16Array;
  readonly rowCount: number;
  readonly colCount: number;
  /** 1…16 */
  readonly weightBits: number;
}

/** Bit sets over rows (or bitlines), memory order [set][word], bit i of word w = index 32 w + i. */
export interface Masks {
  readonly words: Uint32Array;
  /** Words per set: a multiple of 4, zero-padded. */
  readonly wordCount: number;
}

/** Reads windows out of a tensor of activation codes (the low `bits` bits of each input). */
export interface WindowSource {
  readonly windowCount: number;
  readonly vectorCount: number;
  readonly rowCount: number;
  /** Row-major: [samples, channels, height, width] of a convolution, else [windows, vectors, rows]. */
  readonly codes: Uint16Array;
  readonly conv: ConvWindows | null;
}

/** Where a convolution's windows lie (output positions in raster order, §2); everything in input pixels. */
export interface ConvWindows {
  readonly geometry: {
    readonly kernel: readonly [height: number, width: number];
    readonly strides: readonly [number, number];
    readonly dilations: readonly [number, number];
  };
  readonly padTop: number;
  readonly padLeft: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly channelCount: number;
  readonly height: number;
  readonly width: number;
  /** First channel of vector 0, and channels of one vector. */
  readonly firstChannel: number;
  readonly channelsPerVector: number;
}

/** Sums over the windows of one call; exact integers. */
export interface OuTotals {
  /** OU operations: Σ over windows, planes, segments of multiplicity · ceil(open rows / H). */
  ouOps: number;
  /** Σ over windows of the largest per-crossbar sum, empty planes charged with emptyPlaneCycles; no fill cycles. */
  latencyCycles: number;
  /** Bitlines converted: Σ bitlines · ceil(open rows / H). */
  adcConversions: number;
  /** Σ multiplicity · open rows. */
  openRows: number;
  /** Σ bitlines · open rows. */
  cellReads: number;
  /** Σ multiplicity over the (window, plane, segment) that open no row. */
  emptyPlanes: number;
}

/** Activation codes, memory order [window][vector][row]: the low `bits` bits of each input (two's complement if signed). */
export interface CodeShape {
  readonly windowCount: number;
  readonly vectorCount: number;
  readonly rowCount: number;
  /** 1…16 */
  readonly bits: number;
}

/** How the bit-serial product opens rows and senses bitlines. */
export interface MvmOptions {
  readonly formation: OuFormation;
  readonly ouRows: number;
  /** adcTransfer[sum] = sensed code brought back to a sum, for each sum 0 … ouRows·(2^cellBits-1) (§8). */
  readonly adcTransfer: Int32Array;
  /** Two's complement inputs: the top plane counts negative. */
  readonly signed: boolean;
  readonly weights: { readonly weightBits: number; readonly colCount: number };
  readonly cells: CellCoding;
}

/** What is zero over a whole matrix: weights, rows and columns. */
export interface ZeroCounts {
  readonly zeroCount: number;
  readonly zeroRowCount: number;
  readonly zeroColCount: number;
}

/** Extremes of some values; ∞ and -∞ of none. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  /** First value that is NaN or infinite (min and max leave such values out), or -1. */
  readonly nonFinite: number;
}

/** Bulk work: data crosses by pointer. Implementations: ScalarKernels, WasmKernels. */
export interface BulkKernels extends DeviceKernels {
  /** Extremes of real values. */
  findRange(values: Float32Array | Float64Array): ValueRange;

  /**
   * Real values → integers clamp(roundHalfEven(value / step), low, high), their low `bits` bits each (§3). NaN counts as 0.
   * `codes`: where they go; it may be the memory of the values from its start on, which is lost then.
   * @throws RangeError when step is not positive, low and high do not lie in -32768 … 65535, or codes is of another length.
   */
  quantize(
    values: Float32Array | Float64Array,
    step: number,
    low: number,
    high: number,
    bits: number,
    codes?: Uint16Array,
  ): Uint16Array;

  /**
   * Codes (low `bits` bits of each input, memory order [window][vector][row]) → bit-planes.
   * @throws RangeError when codes.length is not windowCount·vectorCount·rowCount, or bits not in 1…16.
   */
  packBitPlanes(codes: Uint16Array, shape: CodeShape): BitPlanes;

  /** Rows with a cell that is not skippable, one set per run of bitlines (§4, §6). Bitline = column·S + slice. */
  buildRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): Masks;

  /** Bitlines with a cell that is not skippable, one set per run of rows (`occ`, §7). */
  buildBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): Masks;

  /** Zero weights, all-zero rows and all-zero columns. */
  countZeros(weights: WeightMatrix): ZeroCounts;

  /** Per crossbar: Σ over its segments of multiplicity · ceil(mask bits / unit): OU operations of one plane (§7). */
  countFixedOus(segments: SegmentTable, unit: number): Int32Array;

  /** OU operations of the dynamic schemes over all windows (`dof`, `orc-dof`, §7). */
  countOuCycles(planes: BitPlanes, segments: SegmentTable, ouRows: number, emptyPlaneCycles: number): OuTotals;

  /** Codes of some windows of a source, memory order [window][vector][row]; padding is zero. */
  gatherWindows(source: WindowSource, windows: Uint32Array): Uint16Array;

  /**
   * The same as countOuCycles for a run of windows, read from their source, under several plans at once (§7).
   * @throws RangeError when the run leaves the source, a plan has other rows than it, or its table cannot hold the counts.
   */
  countWindows(
    source: WindowSource,
    windows: Run,
    bits: number,
    plans: readonly CountPlan[],
    ouRows: number,
    emptyPlaneCycles: number,
  ): OuTotals[];

  /** Levels of every cell of a run of bitlines (§4). */
  encodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): CellBlock;

  /**
   * Bit-serial product of the streams' rows and cells, OU by OU, in exact order (§8); rows come from the index entries.
   * Adds into `sums`, memory order [window][vector][col]; the negative array of differential coding subtracts.
   */
  mvmBitSerial(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: MvmOptions,
    sums: Float64Array,
  ): void;

  /**
   * Plain integer product of one vector (matrix) of each window: codes x weights [row][col], added into
   * `sums` [window][vector][col]; exact below 2^53.
   */
  integerProduct(
    codes: Uint16Array,
    shape: CodeShape,
    vector: number,
    signed: boolean,
    weights: WeightMatrix,
    sums: Float64Array,
  ): void;
}

/** Control: small values that cross by as-bind in Wasm. */
export interface ControlKernels {
  /** Row mask → index entries; indexBits 1…16, or 0 for unlimited. Gaps that do not fit get filler rows (§6). */
  encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array;
  /** Index entries → rows, running sum from the row before the first (§6). */
  decodeIndex(entries: Uint32Array, previousRow: number): Int32Array;
  /** What the kernels do with a geometry: "mvm=u8x16" or "mvm=general". @throws RangeError with the reason, if it cannot. */
  configure(geometry: KernelGeometry): string;
  /** One line: version, target, features. */
  describe(): string;
}

/** Sizes that a configuration asks the kernels for. */
export interface KernelGeometry {
  readonly crossbarRows: number;
  readonly ouRows: number;
  readonly cellBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
}

/** Which implementation of the kernels runs. */
export type Backend = "wasm-simd" | "wasm-scalar" | "typescript";

/** All kernels: those over bulk data, and those of the control plane. */
export interface Kernels extends BulkKernels, ControlKernels {
  readonly backend: Backend;
}
