import * as abi from "../assembly/shared/abi.ts";
import type { Payload } from "./arena.ts";
import { sliceCount } from "./coding.ts";
import type { BitPlanes, CellCoding, CodeShape, KernelGeometry, Run, SegmentTable, WeightMatrix } from "./kernels.ts";

// Argument checks of every implementation: a pointer that reaches outside its buffer would be silent in Wasm.

/** Of an i32. */
export const MAX_COUNT = 2 ** 31 - 1;

/** One line, as everywhere: `argument: expected …, got …`. */
export function rangeError(argument: string, expected: string, got: unknown): RangeError {
  return new RangeError(`${argument}: expected ${expected}, got ${String(got)}`);
}

/** `index` stands for "#" in the argument: a name is put together when it is needed, not for each element. */
export function checkInteger(argument: string, value: number, min: number, max: number, index = 0): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const expected = max === MAX_COUNT ? `integer of at least ${min}` : `integer in ${min}..${max}`;
  throw rangeError(named(argument, index), expected, value);
}

export function checkCount(argument: string, value: number, index = 0): void {
  checkInteger(argument, value, 0, MAX_COUNT, index);
}

function named(argument: string, index: number): string {
  return argument.replace("#", String(index));
}

export function checkElements(argument: string, got: number, expected: number, formula: string): void {
  if (got !== expected) throw rangeError(argument, `${expected} elements (${formula})`, got);
}

/** One of some names. */
export function checkChoice(argument: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw rangeError(argument, `one of ${choices.join(", ")}`, value);
}

/** An array of any length, but not one whose memory went to another thread: that has none, and looks empty. */
export function checkAttached(argument: string, { buffer, length }: Payload): void {
  if (length > 0) return;
  try {
    new Uint8Array(buffer);
  } catch {
    throw rangeError(argument, "an array that has its memory", "a detached one");
  }
}

export function checkRun(argument: string, { start, count }: Run, limit: number, index = 0): void {
  if (Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0 && start + count <= limit) return;
  checkCount(`${argument}.start`, start, index);
  checkCount(`${argument}.count`, count, index);
  throw rangeError(named(argument, index), `an end of at most ${limit}`, start + count);
}

export function checkCodes(codes: Uint16Array, shape: CodeShape): void {
  checkCount("shape.windowCount", shape.windowCount);
  checkCount("shape.vectorCount", shape.vectorCount);
  checkCount("shape.rowCount", shape.rowCount);
  checkInteger("shape.bits", shape.bits, 1, 16);
  checkEmptyVectors("shape", shape.windowCount * shape.vectorCount, shape.rowCount);
  const expected = shape.windowCount * shape.vectorCount * shape.rowCount;
  checkElements("codes", codes.length, expected, "windowCount x vectorCount x rowCount");
}

const MAX_EMPTY_VECTORS = 2 ** 20;

/** No codes bound the number of vectors that have no rows. */
export function checkEmptyVectors(argument: string, vectorCount: number, rowCount: number): void {
  if (rowCount > 0 || vectorCount <= MAX_EMPTY_VECTORS) return;
  throw rangeError(argument, `at most ${MAX_EMPTY_VECTORS} vectors without rows`, vectorCount);
}

export function checkCells(weightBits: number, cells: CellCoding): void {
  checkInteger("weights.weightBits", weightBits, 1, 16);
  checkInteger("cells.cellBits", cells.cellBits, 1, 8);
  checkChoice("cells.coding", cells.coding, ["offset", "positive", "negative"]);
}

export function checkMatrix(weights: WeightMatrix): void {
  checkCount("weights.rowCount", weights.rowCount);
  checkCount("weights.colCount", weights.colCount);
  checkInteger("weights.weightBits", weights.weightBits, 1, 16);
  checkElements("weights.values", weights.values.length, weights.rowCount * weights.colCount, "rowCount x colCount");
}

/** Weights that fit their cells; magnitudes of differential coding have one bit less. */
export function weightRange(weightBits: number, cells: CellCoding): { least: number; most: number } {
  const most = 2 ** (weightBits - 1) - 1;
  return { least: cells.coding === "offset" ? -most - 1 : -most, most };
}

export function weightError(index: number, weights: WeightMatrix, cells: CellCoding): RangeError {
  const { least, most } = weightRange(weights.weightBits, cells);
  return rangeError(`weights.values[${index}]`, `${cells.coding} weight in ${least}..${most}`, weights.values[index]);
}

/** Columns whose cells are among some bitlines. */
export function colsOf(weights: WeightMatrix, cells: CellCoding, bitlines: Run): Run {
  const slices = sliceCount(weights.weightBits, cells);
  if (bitlines.count === 0) return { start: 0, count: 0 };
  const start = Math.floor(bitlines.start / slices);
  return { start, count: Math.ceil((bitlines.start + bitlines.count) / slices) - start };
}

/** The values of some columns fit their cells. */
export function checkWeightValues(weights: WeightMatrix, cells: CellCoding, cols: Run): void {
  const { least, most } = weightRange(weights.weightBits, cells);
  const { values, rowCount, colCount } = weights;
  for (let row = 0; row < rowCount; row++) {
    const first = row * colCount + cols.start;
    for (let i = first; i < first + cols.count; i++)
      if (values[i]! < least || values[i]! > most) throw weightError(i, weights, cells);
  }
}

export function bitlineLimit(weights: { weightBits: number; colCount: number }, cells: CellCoding): number {
  return weights.colCount * sliceCount(weights.weightBits, cells);
}

export function checkRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): void {
  checkMatrix(weights);
  checkCells(weights.weightBits, cells);
  const limit = bitlineLimit(weights, cells);
  groups.forEach((group, i) => checkRun(`groups[${i}]`, group, limit));
}

export function checkBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): void {
  checkMatrix(weights);
  checkCells(weights.weightBits, cells);
  rowGroups.forEach((group, i) => checkRun(`rowGroups[${i}]`, group, weights.rowCount));
}

export function checkEncodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): void {
  checkMatrix(weights);
  checkCells(weights.weightBits, cells);
  checkRun("bitlines", bitlines, bitlineLimit(weights, cells));
}

export function checkSegmentSizes({ records, masks, segmentCount, crossbarCount }: SegmentTable): void {
  checkCount("segments.segmentCount", segmentCount);
  checkCount("segments.crossbarCount", crossbarCount);
  checkElements("segments.records", records.length, segmentCount * abi.SEGMENT_FIELDS, "segmentCount x 7");
  checkAttached("segments.masks", masks);
}

/** `vectorCount` and `wordCount` bound what a segment may reach; without planes only its mask is looked at. */
export function checkSegments(segments: SegmentTable, planes?: BitPlanes): void {
  checkSegmentSizes(segments);
  const { records, masks, segmentCount, crossbarCount } = segments;
  let previousCrossbar = 0;
  for (let i = 0; i < segmentCount; i++) {
    const at = i * abi.SEGMENT_FIELDS;
    const wordCount = records[at + abi.SEGMENT_WORD_COUNT]!;
    const crossbar = records[at + abi.SEGMENT_CROSSBAR]!;
    checkInteger("segments.records[#].crossbar", crossbar, previousCrossbar, crossbarCount - 1, i);
    previousCrossbar = crossbar;
    checkCount("segments.records[#].multiplicity", records[at + abi.SEGMENT_MULTIPLICITY]!, i);
    checkCount("segments.records[#].bitlines", records[at + abi.SEGMENT_BITLINES]!, i);
    checkRun(
      "segments.records[#].mask",
      { start: records[at + abi.SEGMENT_MASK_START]!, count: wordCount },
      masks.length,
      i,
    );
    if (planes === undefined) continue;
    checkInteger("segments.records[#].vector", records[at + abi.SEGMENT_VECTOR]!, 0, planes.vectorCount - 1, i);
    checkRun(
      "segments.records[#].words",
      { start: records[at + abi.SEGMENT_WORD_START]!, count: wordCount },
      planes.wordCount,
      i,
    );
  }
}

export function checkUnit(argument: string, unit: number): void {
  checkInteger(argument, unit, 1, MAX_COUNT);
}

export function checkOuCycles(planes: BitPlanes, ouRows: number, emptyPlaneCycles: number): void {
  checkPlanes(planes);
  checkUnit("ouRows", ouRows);
  checkCount("emptyPlaneCycles", emptyPlaneCycles);
}

export function checkPlanes(planes: BitPlanes): void {
  const { windowCount, vectorCount, planeCount, wordCount } = planes;
  checkCount("planes.windowCount", windowCount);
  checkCount("planes.vectorCount", vectorCount);
  checkInteger("planes.planeCount", planeCount, 1, 16);
  checkCount("planes.wordCount", wordCount);
  if (wordCount % abi.VECTOR_WORDS !== 0) throw rangeError("planes.wordCount", "a multiple of 4", wordCount);
  const expected = windowCount * vectorCount * planeCount * wordCount;
  checkElements("planes.words", planes.words.length, expected, "windowCount x vectorCount x planeCount x wordCount");
}

export function checkIntegerProduct(
  codes: Uint16Array,
  shape: CodeShape,
  vector: number,
  weights: WeightMatrix,
  sums: Float64Array,
): void {
  checkCodes(codes, shape);
  checkMatrix(weights);
  checkInteger("vector", vector, 0, shape.vectorCount - 1);
  checkElements("weights.rowCount", weights.rowCount, shape.rowCount, "shape.rowCount");
  const sumCount = shape.windowCount * shape.vectorCount * weights.colCount;
  checkElements("sums", sums.length, sumCount, "windowCount x vectorCount x colCount");
}

export function checkEncodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): void {
  checkAttached("mask", mask);
  checkRun("rows", { start: rowStart, count: rowCount }, mask.length * abi.WORD_BITS);
  checkInteger("indexBits", indexBits, 0, 16);
}

export function checkDecodeIndex(entries: Uint32Array, previousRow: number): void {
  checkAttached("entries", entries);
  checkInteger("previousRow", previousRow, -1, MAX_COUNT);
  let row = previousRow;
  for (const entry of entries) row += 1 + entry;
  if (row > MAX_COUNT) throw rangeError("entries", `rows of at most ${MAX_COUNT}`, row);
}

export function checkGeometry(geometry: KernelGeometry): void {
  checkInteger("geometry.crossbarRows", geometry.crossbarRows, 1, MAX_COUNT);
  checkInteger("geometry.ouRows", geometry.ouRows, 1, geometry.crossbarRows);
  checkInteger("geometry.cellBits", geometry.cellBits, 1, 8);
  checkInteger("geometry.weightBits", geometry.weightBits, 1, 16);
  checkInteger("geometry.activationBits", geometry.activationBits, 1, 16);
}
