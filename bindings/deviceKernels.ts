import type { BitPlanes, CellBlock, CellCoding, OuFormation, Run, StreamTable } from "./shapes.ts";

/**
 * The contract of the device model (§9): cells that differ from their level, and what an OU reads of them. Currents are
 * in units of ADC codes: that of a cell with input 1, less the reference of the lowest level, over the step between two
 * codes. Every draw is a pure function of a key and of where it is used (scalar/draws.ts), so that results do not depend
 * on threads, on order or on how work is cut into calls, and are equal to the bit in every implementation.
 */

/** Two u32 words, made of seed, chip, layer, matrix and array: all draws of one array of crossbars. */
export type DrawKey = readonly [number, number];

/**
 * Cells by level 0 … 2^cellBits-1. Value of a programmed cell: base + span · (exp(sigma · N(0,1)) - 1); sigma is of the
 * natural logarithm, 0…8, base and span are within ±2^20. A stuck cell takes the lowest or the highest level.
 */
export interface DeviceLevels {
  readonly base: Float32Array;
  readonly span: Float32Array;
  readonly sigma: Float32Array;
  /** Share of the cells stuck at the lowest and at the highest level: 0…1, together at most 1, kept in 30 bits. */
  readonly stuckLow: number;
  readonly stuckHigh: number;
}

/** Programmed cells, memory order [row][bitline] as in the CellBlock they come from; zero beyond the last bitline. */
export interface AnalogBlock {
  readonly values: Float32Array;
  readonly rowCount: number;
  /** Values of a row: the CellBlock's strideBytes. */
  readonly strideCells: number;
  readonly bitlines: Run;
}

/** The same in fixed point, 1/128 code a unit, saturated at ±256 codes. */
export interface FixedBlock {
  readonly values: Int16Array;
  readonly rowCount: number;
  readonly strideCells: number;
  readonly bitlines: Run;
}

/**
 * Analog-digital conversion of a disturbed sum x (§8): "clip" = roundHalfEven(x) within 0 … topCode; "scale" = the code
 * roundHalfEven(x · topCode / fullScale) within 0 … topCode, brought back as roundHalfEven(code · fullScale / topCode),
 * fullScale = ouRows · (2^cellBits - 1). topCode: 1 … 2^22-1.
 */
export interface SenseAdc {
  readonly mode: "clip" | "scale";
  readonly topCode: number;
}

/** What a read adds to the currents of its cells. */
export interface SenseOptions {
  /** H: the most rows of an OU. */
  readonly ouRows: number;
  readonly adc: SenseAdc;
  /** Codes that a closed row adds when the references are placed for H open rows; 0 when they follow the open rows. */
  readonly offset: number;
  /** Standard deviation of the read noise of one open row, in codes, fresh at every read; k rows: · √k. */
  readonly readSigma: number;
}

/** How the product is walked, as in MvmOptions, and where its draws come from. */
export interface ReadOptions {
  readonly formation: OuFormation;
  /** Two's complement inputs: the top plane counts negative. */
  readonly signed: boolean;
  readonly weights: { readonly weightBits: number; readonly colCount: number };
  readonly cells: CellCoding;
  readonly key: DrawKey;
  /** Number of each window of the bit-planes in the whole layer. */
  readonly windows: Uint32Array;
  /**
   * Windows whose number is a multiple of this, at least 1, are in ReadStats. The other windows take a fifth less time:
   * ideal sums are not formed for them.
   */
  readonly statsStride: number;
}

export interface DisturbedOptions extends ReadOptions, SenseOptions {}

/** Reads of one call's counted windows: one read is one bitline of one OU with an open row. Exact integers. */
export interface ReadStats {
  readCount: number;
  /** Reads whose sensed sum is not the one that ideal cells give under the same ADC. */
  misreadCount: number;
  /** Σ (sensed - ideal) and Σ (sensed - ideal)². */
  errorSum: number;
  squaredErrorSum: number;
}

/** What a sensing table is made for. */
export interface SensingSpec extends SenseOptions {
  readonly device: DeviceLevels;
  /** Monte-Carlo samples of each entry, 1 … 2^20 (DL-RSIM: 32,000). */
  readonly sampleCount: number;
}

/**
 * Distribution of the sensed sum for k = 1 … ouRows open rows and each ideal sum q = 0 … k(2^cellBits-1), in units of
 * 2^-16, as an alias table (Walker): 2^slotBits slots an entry, entries by k, then q. A slot: threshold · 2^16 |
 * alias · 2^8 | value in one word; or, where `isWide` (values above 255), the threshold in the first word and
 * alias · 2^16 | value in the second. 16 random bits below the threshold give the value, else the alias.
 */
export interface SensingTable {
  readonly ouRows: number;
  readonly cellBits: number;
  /** 1…16 */
  readonly slotBits: number;
  readonly isWide: boolean;
  readonly slots: Uint32Array;
  /** Largest value of any slot. */
  readonly topValue: number;
  /** How ideal sums are sensed, for ReadStats. */
  readonly adc: SenseAdc;
}

/** Bulk work of the device model; implemented beside BulkKernels. */
export interface DeviceKernels {
  /** Draws every cell of a block once: the cell of (key, row, bitline of the array) is the same in whatever block. */
  programCells(block: CellBlock, device: DeviceLevels, key: DrawKey): AnalogBlock;

  /** The same cells in fixed point: programCells, times 128, rounded half to even, saturated. */
  programCellsFixed(block: CellBlock, device: DeviceLevels, key: DrawKey): FixedBlock;

  /**
   * Bit-serial product as mvmBitSerial walks it, read from programmed cells: each read with k open rows senses
   * ADC(Σ values + readSigma · √k · N(0,1) + offset · (H - k)), f32, rows in order. `block`: the levels that were
   * programmed, for the statistics. Adds into `sums`. Without disturbance equal to mvmBitSerial, bit for bit.
   */
  mvmDisturbed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: AnalogBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats;

  /**
   * The same from fixed-point cells. While H(2^cellBits-1) ≤ 255 sums saturate at ±256 codes, row by row; else they are
   * exact. A sum is off by at most k/256 code while no cell and no sum saturates.
   */
  mvmDisturbedFixed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: FixedBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats;

  /**
   * Monte-Carlo distributions of sensed sums [dlrsim18]. Assumes that all k-tuples of levels with the same sum are
   * equally likely. @throws RangeError when the table or the work for it would be too large.
   */
  buildSensingTable(spec: SensingSpec, key: DrawKey): SensingTable;

  /** The product with every read drawn from a table by its open rows and ideal sum; walks as mvmDisturbed does. */
  mvmTable(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    table: SensingTable,
    options: ReadOptions,
    sums: Float64Array,
  ): ReadStats;
}
