import * as check from "./check.ts";
import { checkPlanContents } from "./checkPlan.ts";
import { checkMvm } from "./checkReads.ts";
import { checkCountWindows, checkGatherWindows } from "./checkWindows.ts";
import type {
  BitPlanes,
  CellBlock,
  CellCoding,
  CodeShape,
  CountPlan,
  KernelGeometry,
  Kernels,
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
import { countWindowsByPopcount } from "./popcountWindows.ts";
import { checkQuantize, placeForCodes } from "./quantize.ts";
import { countFixedOus, countOuCycles } from "./scalar/count.ts";
import { buildBitlineMasks, buildRowMasks, countZeros, encodeCells } from "./scalar/masks.ts";
import { integerProduct, mvmBitSerial } from "./scalar/mvm.ts";
import { decodeIndex, encodeIndex } from "./scalar/orcIndex.ts";
import { packBitPlanes } from "./scalar/planes.ts";
import { findRange, quantize } from "./scalar/quantize.ts";
import { gatherWindows } from "./scalar/windows.ts";
import { ScalarDeviceKernels } from "./scalarDevice.ts";

/** The specification in plain TypeScript: slow, kept for ever, the oracle of every other implementation. */
export class ScalarKernels extends ScalarDeviceKernels implements Kernels {
  readonly backend = "typescript";

  findRange(values: Float32Array | Float64Array): ValueRange {
    check.checkReals("values", values);
    return findRange(values);
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
    checkQuantize(values, step, low, high, bits, own);
    quantize(values, step, low, high, bits, own);
    return own;
  }

  packBitPlanes(codes: Uint16Array, shape: CodeShape): BitPlanes {
    check.checkCodes(codes, shape);
    return packBitPlanes(codes, shape);
  }

  buildRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): Masks {
    check.checkRowMasks(weights, cells, groups);
    check.checkWeightValues(weights, cells, { start: 0, count: weights.colCount });
    return buildRowMasks(weights, cells, groups);
  }

  buildBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): Masks {
    check.checkBitlineMasks(weights, cells, rowGroups);
    check.checkWeightValues(weights, cells, { start: 0, count: weights.colCount });
    return buildBitlineMasks(weights, cells, rowGroups);
  }

  countZeros(weights: WeightMatrix): ZeroCounts {
    check.checkMatrix(weights);
    return countZeros(weights);
  }

  countFixedOus(segments: SegmentTable, unit: number): Int32Array {
    check.checkSegments(segments);
    check.checkUnit("unit", unit);
    return countFixedOus(segments, unit);
  }

  countOuCycles(planes: BitPlanes, segments: SegmentTable, ouRows: number, emptyPlaneCycles: number): OuTotals {
    check.checkOuCycles(planes, ouRows, emptyPlaneCycles);
    check.checkSegments(segments, planes);
    return countOuCycles(planes, segments, ouRows, emptyPlaneCycles);
  }

  gatherWindows(source: WindowSource, windows: Uint32Array): Uint16Array {
    checkGatherWindows(source, windows);
    return gatherWindows(source, windows);
  }

  countWindows(
    source: WindowSource,
    windows: Run,
    bits: number,
    plans: readonly CountPlan[],
    ouRows: number,
    emptyPlaneCycles: number,
  ): OuTotals[] {
    checkCountWindows(source, windows, bits, plans, ouRows, emptyPlaneCycles);
    plans.forEach(checkPlanContents);
    return countWindowsByPopcount(this, source, windows, bits, plans, ouRows, emptyPlaneCycles);
  }

  encodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): CellBlock {
    check.checkEncodeCells(weights, cells, bitlines);
    check.checkWeightValues(weights, cells, check.colsOf(weights, cells, bitlines));
    return encodeCells(weights, cells, bitlines);
  }

  mvmBitSerial(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: MvmOptions,
    sums: Float64Array,
  ): void {
    checkMvm(planes, streams, block, options, sums);
    mvmBitSerial(planes, streams, block, options, sums);
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
    integerProduct(codes, shape, vector, signed, weights, sums);
  }

  encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array {
    check.checkEncodeIndex(mask, rowStart, rowCount, indexBits);
    return encodeIndex(mask, rowStart, rowCount, indexBits);
  }

  decodeIndex(entries: Uint32Array, previousRow: number): Int32Array {
    check.checkDecodeIndex(entries, previousRow);
    return decodeIndex(entries, previousRow);
  }

  configure(geometry: KernelGeometry): string {
    check.checkGeometry(geometry);
    return "mvm=general";
  }

  describe(): string {
    return "sparse-reram-engine kernels in TypeScript";
  }
}
