import * as abi from "../assembly/shared/abi.ts";
import * as check from "./check.ts";
import { checkMvm } from "./checkReads.ts";
import { checkCountWindows, checkGatherWindows } from "./checkWindows.ts";
import { paddedStrideBytes, paddedWordCount, sliceCount } from "./coding.ts";
import { copySource, countWindows, readTotals } from "./countWindows.ts";
import { WasmDeviceKernels } from "./deviceCalls.ts";
import type {
  BitPlanes,
  BulkKernels,
  CellBlock,
  CellCoding,
  CodeShape,
  Masks,
  MvmOptions,
  OuTotals,
  Run,
  SegmentTable,
  StreamTable,
  ValueRange,
  WeightMatrix,
  WindowSource,
  ZeroCounts,
} from "./kernels.ts";
import { findRange, placeForCodes, quantize } from "./quantize.ts";
import { readNeed } from "./scratch.ts";
import { CODINGS, codingArguments, columnsOf, fitsAnyCell, piecesOf, runRecords } from "./weightPieces.ts";

/** Bulk kernels of a Wasm instance; arguments are checked here, because the release build checks nothing. */
export class WasmBulkKernels extends WasmDeviceKernels implements BulkKernels {
  findRange(values: Float32Array | Float64Array): ValueRange {
    return findRange(this, values);
  }

  quantize(
    values: Float32Array | Float64Array,
    step: number,
    low: number,
    high: number,
    bits: number,
    codes?: Uint16Array,
  ): Uint16Array {
    const own = placeForCodes(values, codes);
    quantize(this, values, step, low, high, bits, own);
    return own;
  }

  packBitPlanes(codes: Uint16Array, shape: CodeShape): BitPlanes {
    check.checkCodes(codes, shape);
    const { windowCount, vectorCount, rowCount, bits } = shape;
    const wordCount = paddedWordCount(rowCount);
    const words = new Uint32Array(windowCount * vectorCount * bits * wordCount);
    this.fill(words, (address) => {
      const input = this.arena.copyIn(codes);
      this.call("packBitPlanes", input, windowCount * vectorCount, rowCount, bits, wordCount, address);
    });
    return { words, windowCount, vectorCount, planeCount: bits, wordCount };
  }

  buildRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): Masks {
    check.checkRowMasks(weights, cells, groups);
    const { rowCount, colCount, weightBits } = weights;
    const wordCount = paddedWordCount(rowCount);
    const words = new Uint32Array(groups.length * wordCount);
    this.addTo(words, (address) => {
      const runs = this.arena.copyIn(runRecords(groups));
      const colRows = this.arena.allocate(colCount * 2);
      const coding = codingArguments(weightBits, cells);
      for (const rows of piecesOf(weights)) {
        this.withBlocks(() => {
          const piece = this.copyRows(weights, rows);
          this.checkValues(piece, rows, weights, cells);
          const masks = address + (rows.start >>> 3);
          const shape = [rows.count, colCount, ...coding];
          this.call("buildRowMasks", piece, ...shape, runs, groups.length, wordCount, masks, colRows);
        });
      }
    });
    return { words, wordCount };
  }

  buildBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): Masks {
    check.checkBitlineMasks(weights, cells, rowGroups);
    const { colCount, weightBits } = weights;
    const wordCount = paddedWordCount(colCount * sliceCount(weightBits, cells));
    const words = new Uint32Array(rowGroups.length * wordCount);
    if (!fitsAnyCell(weights, cells)) {
      for (const rows of piecesOf(weights))
        this.withBlocks(() => this.checkValues(this.copyRows(weights, rows), rows, weights, cells));
    }
    this.addTo(words, (address) => {
      const patterns = this.arena.allocate(colCount * 2);
      const coding = codingArguments(weightBits, cells);
      for (const [group, rows] of rowGroups.entries()) {
        this.withBlocks(() => {
          const mask = address + group * wordCount * 4;
          this.call("buildBitlineMask", this.copyRows(weights, rows), rows.count, colCount, ...coding, mask, patterns);
        });
      }
    });
    return { words, wordCount };
  }

  countZeros(weights: WeightMatrix): ZeroCounts {
    check.checkMatrix(weights);
    const cols = new Uint16Array(weights.colCount);
    let zeroCount = 0;
    let zeroRowCount = 0;
    this.addTo(cols, (address) => {
      for (const rows of piecesOf(weights)) {
        const counts = new Int32Array(2);
        this.fill(counts, (out) => {
          this.call("countZeros", this.copyRows(weights, rows), rows.count, weights.colCount, address, out);
        });
        zeroCount += counts[0]!;
        zeroRowCount += counts[1]!;
      }
    });
    return { zeroCount, zeroRowCount, zeroColCount: cols.reduce((count, used) => count + (used === 0 ? 1 : 0), 0) };
  }

  countFixedOus(segments: SegmentTable, unit: number): Int32Array {
    check.checkSegments(segments);
    check.checkUnit("unit", unit);
    const ouOps = new Int32Array(segments.crossbarCount);
    this.fill(ouOps, (address) => {
      const records = this.arena.copyIn(segments.records);
      const masks = this.arena.copyIn(segments.masks);
      this.call("countFixedOus", records, segments.segmentCount, masks, unit, segments.crossbarCount, address);
    });
    return ouOps;
  }

  countOuCycles(planes: BitPlanes, segments: SegmentTable, ouRows: number, emptyPlaneCycles: number): OuTotals {
    check.checkOuCycles(planes, ouRows, emptyPlaneCycles);
    check.checkSegmentSizes(segments);
    const totals = new Float64Array(abi.TOTAL_FIELDS);
    this.fill(totals, (address) => {
      const words = this.arena.copyIn(planes.words);
      const records = this.arena.copyIn(segments.records);
      const masks = this.arena.copyIn(segments.masks);
      const bounds = [segments.masks.length, segments.crossbarCount, planes.vectorCount, planes.wordCount];
      if (this.call("areSegmentsSound", records, segments.segmentCount, ...bounds) === 0)
        check.checkSegments(segments, planes);
      const shape = [planes.windowCount, planes.vectorCount, planes.planeCount, planes.wordCount];
      const table = [records, segments.segmentCount, masks];
      this.call("countOuCycles", words, ...shape, ...table, ouRows, emptyPlaneCycles, address);
    });
    return readTotals(totals);
  }

  gatherWindows(source: WindowSource, windows: Uint32Array): Uint16Array {
    checkGatherWindows(source, windows);
    const codes = new Uint16Array(windows.length * source.vectorCount * source.rowCount);
    this.fill(codes, (address) => {
      const record = copySource(this.arena, source);
      const work = this.arena.allocate(abi.LINE_PIECE_BYTES);
      this.call("gatherWindows", record, this.arena.copyIn(windows), windows.length, work, address);
    });
    return codes;
  }

  countWindows(...call: Parameters<BulkKernels["countWindows"]>): OuTotals[] {
    checkCountWindows(...call);
    return countWindows(this, ...call);
  }

  encodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): CellBlock {
    check.checkEncodeCells(weights, cells, bitlines);
    const { rowCount, weightBits } = weights;
    const strideBytes = paddedStrideBytes(bitlines.count);
    const levels = new Uint8Array(rowCount * strideBytes);
    const cols = check.colsOf(weights, cells, bitlines);
    this.fill(levels, (address) => {
      const matrix = this.copyWeights(weights, cells, cols);
      const shape = [rowCount, cols.count, ...codingArguments(weightBits, cells)];
      const start = bitlines.start - cols.start * sliceCount(weightBits, cells);
      this.call("encodeCells", matrix, ...shape, start, bitlines.count, strideBytes, address);
    });
    return { levels, rowCount, strideBytes, bitlines };
  }

  mvmBitSerial(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: MvmOptions,
    sums: Float64Array,
  ): void {
    checkMvm(planes, streams, block, options, sums);
    const { arena } = this;
    arena.expectRoom(readNeed(planes, streams, options.ouRows));
    this.addTo(sums, (address) => {
      const records = arena.copyIn(streams.records);
      const { planeCount, wordCount } = planes;
      const scratchBytes = this.call("mvmScratchBytes", records, streams.streamCount, planeCount, wordCount) >>> 0;
      const job = new Int32Array(abi.MVM_FIELDS);
      job[abi.MVM_PLANES] = arena.copyIn(planes.words);
      job[abi.MVM_WINDOW_COUNT] = planes.windowCount;
      job[abi.MVM_VECTOR_COUNT] = planes.vectorCount;
      job[abi.MVM_PLANE_COUNT] = planeCount;
      job[abi.MVM_WORD_COUNT] = wordCount;
      job[abi.MVM_RECORDS] = records;
      job[abi.MVM_STREAM_COUNT] = streams.streamCount;
      job[abi.MVM_ENTRIES] = arena.copyIn(streams.entries);
      // A stream may start off a vector boundary: its last load reaches past the last row.
      job[abi.MVM_LEVELS] = arena.copyIn(block.levels, abi.ARENA_ALIGN_BYTES);
      job[abi.MVM_STRIDE_BYTES] = block.strideBytes;
      job[abi.MVM_FIRST_BITLINE] = block.bitlines.start;
      job[abi.MVM_FORMATION] = options.formation === "dynamic" ? abi.OPEN_DYNAMIC : abi.OPEN_FIXED;
      job[abi.MVM_OU_ROWS] = options.ouRows;
      job[abi.MVM_TRANSFER] = arena.copyIn(options.adcTransfer);
      job[abi.MVM_CLIP_LIMIT] = clipLimit(options);
      job[abi.MVM_SIGNED] = options.signed ? 1 : 0;
      job[abi.MVM_WEIGHT_BITS] = options.weights.weightBits;
      job[abi.MVM_CELL_BITS] = options.cells.cellBits;
      job[abi.MVM_CODING] = CODINGS[options.cells.coding];
      job[abi.MVM_SLICE_COUNT] = sliceCount(options.weights.weightBits, options.cells);
      job[abi.MVM_COL_COUNT] = options.weights.colCount;
      job[abi.MVM_SUMS] = address;
      job[abi.MVM_SCRATCH] = arena.allocate(scratchBytes);
      this.call("mvmBitSerial", arena.copyIn(job));
    });
  }

  integerProduct(
    codes: Uint16Array,
    shape: CodeShape,
    vector: number,
    signed: boolean,
    weights: WeightMatrix,
    sums: Float64Array,
  ): void {
    check.checkIntegerProduct(codes, shape, vector, weights, sums);
    this.addTo(sums, (address) => {
      const input = this.arena.copyIn(codes);
      const matrix = this.arena.copyIn(weights.values);
      const { windowCount, vectorCount, rowCount, bits } = shape;
      const inputShape = [windowCount, vectorCount, rowCount, bits, vector, signed ? 1 : 0];
      this.call("integerProduct", input, ...inputShape, matrix, weights.colCount, address);
    });
  }

  private copyRows({ values, colCount }: WeightMatrix, rows: Run): number {
    return this.arena.copyIn(values.subarray(rows.start * colCount, (rows.start + rows.count) * colCount));
  }

  /** `address`: where some rows of a matrix lie. @throws RangeError at a value that its cells cannot hold. */
  private checkValues(address: number, rows: Run, weights: WeightMatrix, cells: CellCoding): void {
    if (fitsAnyCell(weights, cells)) return;
    const { least, most } = check.weightRange(weights.weightBits, cells);
    const outside = this.call("findOutside", address, rows.count * weights.colCount, least, most);
    if (outside >= 0) throw check.weightError(rows.start * weights.colCount + outside, weights, cells);
  }

  /** Some columns of a matrix, [row][col]. @throws RangeError at a value that its cells cannot hold. */
  private copyWeights(weights: WeightMatrix, cells: CellCoding, cols: Run): number {
    const { values, rowCount, colCount, weightBits } = weights;
    const copied = cols.count === colCount ? values : columnsOf(weights, cols);
    const address = this.arena.copyIn(copied);
    const { least, most } = check.weightRange(weightBits, cells);
    const outside = this.call("findOutside", address, rowCount * cols.count, least, most);
    if (outside < 0) return address;
    const row = Math.floor(outside / cols.count);
    throw check.weightError(row * colCount + cols.start + (outside % cols.count), weights, cells);
  }
}

/** Largest code when the transfer is min(sum, code) over all sums of an OU, else -1. */
function clipLimit(options: MvmOptions): number {
  const maxSum = options.ouRows * (2 ** options.cells.cellBits - 1);
  const limit = options.adcTransfer[maxSum]!;
  for (let sum = 0; sum <= maxSum; sum++) if (options.adcTransfer[sum] !== Math.min(sum, limit)) return -1;
  return limit;
}
