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

/** Classes of arrays, as they name themselves: in whatever page or thread they were made. */
export type ArrayClass =
  "Uint8Array" | "Uint16Array" | "Int16Array" | "Uint32Array" | "Int32Array" | "Float32Array" | "Float64Array";

/**
 * An array of a class: one of another has other bytes, and would be read or written beyond its end. Its memory must not
 * have gone to another thread: it looks empty then. `count`: elements that it must have; without it any number.
 */
export function checkArray(argument: string, array: Payload, type: ArrayClass, count?: number): void {
  const found: unknown = array?.[Symbol.toStringTag];
  if (found !== type) throw rangeError(argument, type, found ?? typeof array);
  if (array.length === 0) checkAttached(argument, array);
  if (count !== undefined && array.length !== count) throw rangeError(argument, `${count} elements`, array.length);
}

export function checkReals(argument: string, values: Float32Array | Float64Array): void {
  checkArray(argument, values, values instanceof Float64Array ? "Float64Array" : "Float32Array");
}

export function checkObject(argument: string, value: object): void {
  if (typeof value !== "object" || value === null) throw rangeError(argument, "object", value);
}

/** An object, some fields of which are counts. */
export function checkCounts<K extends string>(
  argument: string,
  value: Readonly<Record<K, number>>,
  ...fields: K[]
): void {
  checkObject(argument, value);
  for (const field of fields) checkCount(`${argument}.${field}`, value[field]);
}

export function checkList(argument: string, list: readonly unknown[]): void {
  if (!Array.isArray(list)) throw rangeError(argument, "list", typeof list);
}

/** One of some names. */
export function checkChoice(argument: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw rangeError(argument, `one of ${choices.join(", ")}`, value);
}

function checkAttached(argument: string, { buffer }: Payload): void {
  try {
    new Uint8Array(buffer);
  } catch {
    throw rangeError(argument, "an attached array", "a detached one");
  }
}

function checkRuns(argument: string, runs: readonly Run[], limit: number): void {
  checkList(argument, runs);
  // Not forEach, which passes holes by.
  for (const [i, run] of runs.entries()) checkRun(`${argument}[#]`, run, limit, i);
}

/** Two numbers. */
export function checkPair(argument: string, pair: ArrayLike<number>): void {
  if (pair?.length !== 2) throw rangeError(argument, "2 elements", pair?.length);
}

export function checkRun(argument: string, run: Run, limit: number, index = 0): void {
  if (!run) checkObject(named(argument, index), run);
  const { start, count } = run;
  if (Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0 && start + count <= limit) return;
  checkCount(`${argument}.start`, start, index);
  checkCount(`${argument}.count`, count, index);
  throw rangeError(named(argument, index), `an end of at most ${limit}`, start + count);
}

export function checkCodes(codes: Uint16Array, shape: CodeShape): void {
  checkCounts("shape", shape, "windowCount", "vectorCount", "rowCount");
  checkInteger("shape.bits", shape.bits, 1, 16);
  checkEmptyVectors("shape", shape.windowCount * shape.vectorCount, shape.rowCount);
  checkArray("codes", codes, "Uint16Array", shape.windowCount * shape.vectorCount * shape.rowCount);
}

const MAX_EMPTY_VECTORS = 2 ** 20;

/** No codes bound the number of vectors that have no rows. */
export function checkEmptyVectors(argument: string, vectorCount: number, rowCount: number): void {
  if (rowCount > 0 || vectorCount <= MAX_EMPTY_VECTORS) return;
  throw rangeError(argument, `at most ${MAX_EMPTY_VECTORS} vectors without rows`, vectorCount);
}

export function checkCells(weightBits: number, cells: CellCoding): void {
  checkInteger("weights.weightBits", weightBits, 1, 16);
  checkObject("cells", cells);
  checkInteger("cells.cellBits", cells.cellBits, 1, 8);
  checkChoice("cells.coding", cells.coding, ["offset", "positive", "negative"]);
}

export function checkMatrix(weights: WeightMatrix): void {
  checkCounts("weights", weights, "rowCount", "colCount");
  checkInteger("weights.weightBits", weights.weightBits, 1, 16);
  checkArray("weights.values", weights.values, "Int16Array", weights.rowCount * weights.colCount);
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
  checkRuns("groups", groups, limit);
}

export function checkBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): void {
  checkMatrix(weights);
  checkCells(weights.weightBits, cells);
  checkRuns("rowGroups", rowGroups, weights.rowCount);
}

export function checkEncodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): void {
  checkMatrix(weights);
  checkCells(weights.weightBits, cells);
  checkRun("bitlines", bitlines, bitlineLimit(weights, cells));
}

export function checkSegmentSizes(segments: SegmentTable): void {
  checkCounts("segments", segments, "segmentCount", "crossbarCount");
  checkArray("segments.records", segments.records, "Int32Array", segments.segmentCount * abi.SEGMENT_FIELDS);
  checkArray("segments.masks", segments.masks, "Uint32Array");
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
  checkCounts("planes", planes, "windowCount", "vectorCount", "wordCount");
  const { windowCount, vectorCount, planeCount, wordCount } = planes;
  checkInteger("planes.planeCount", planeCount, 1, 16);
  if (wordCount % abi.VECTOR_WORDS !== 0) throw rangeError("planes.wordCount", "a multiple of 4", wordCount);
  checkArray("planes.words", planes.words, "Uint32Array", windowCount * vectorCount * planeCount * wordCount);
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
  checkInteger("weights.rowCount", weights.rowCount, shape.rowCount, shape.rowCount);
  checkArray("sums", sums, "Float64Array", shape.windowCount * shape.vectorCount * weights.colCount);
}

export function checkEncodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): void {
  checkArray("mask", mask, "Uint32Array");
  checkRun("rows", { start: rowStart, count: rowCount }, mask.length * abi.WORD_BITS);
  checkInteger("indexBits", indexBits, 0, 16);
}

export function checkDecodeIndex(entries: Uint32Array, previousRow: number): void {
  checkArray("entries", entries, "Uint32Array");
  checkInteger("previousRow", previousRow, -1, MAX_COUNT);
  let row = previousRow;
  for (const entry of entries) row += 1 + entry;
  if (row > MAX_COUNT) throw rangeError("entries", `rows of at most ${MAX_COUNT}`, row);
}

export function checkGeometry(geometry: KernelGeometry): void {
  checkObject("geometry", geometry);
  checkInteger("geometry.crossbarRows", geometry.crossbarRows, 1, MAX_COUNT);
  checkInteger("geometry.ouRows", geometry.ouRows, 1, geometry.crossbarRows);
  checkInteger("geometry.cellBits", geometry.cellBits, 1, 8);
  checkInteger("geometry.weightBits", geometry.weightBits, 1, 16);
  checkInteger("geometry.activationBits", geometry.activationBits, 1, 16);
}
