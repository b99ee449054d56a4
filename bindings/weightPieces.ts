import * as abi from "../assembly/shared/abi.ts";
import { sliceCount } from "./coding.ts";
import type { ArrayCoding, CellCoding, Run, WeightMatrix } from "./kernels.ts";

// How weights cross into Wasm memory.

/** Weights that cross at a time. */
const PIECE_VALUES = 2 ** 17;

export const CODINGS: Record<ArrayCoding, number> = {
  offset: abi.CODING_OFFSET,
  positive: abi.CODING_POSITIVE,
  negative: abi.CODING_NEGATIVE,
};

export function codingArguments(weightBits: number, cells: CellCoding): number[] {
  return [weightBits, cells.cellBits, CODINGS[cells.coding], sliceCount(weightBits, cells)];
}

/** Is every Int16 a value that the cells can hold? */
export function fitsAnyCell({ weightBits }: WeightMatrix, { coding }: CellCoding): boolean {
  return weightBits === 16 && coding === "offset";
}

/**
 * Runs of rows that stay in the cache between their copy and their kernel; whole steps of 32 rows, so that each begins
 * on a word of a row mask.
 */
export function piecesOf({ rowCount, colCount }: WeightMatrix): Run[] {
  const steps = Math.max(1, Math.floor(PIECE_VALUES / (abi.WORD_BITS * Math.max(1, colCount))));
  const most = steps * abi.WORD_BITS;
  return Array.from({ length: Math.ceil(rowCount / most) }, (_, piece) => {
    const start = piece * most;
    return { start, count: Math.min(most, rowCount - start) };
  });
}

export function columnsOf({ values, rowCount, colCount }: WeightMatrix, cols: Run): Int16Array {
  const copied = new Int16Array(rowCount * cols.count);
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    const first = row * colCount + cols.start;
    for (let i = first; i < first + cols.count; i++) copied[at++] = values[i]!;
  }
  return copied;
}

export function runRecords(runs: readonly Run[]): Int32Array {
  const records = new Int32Array(runs.length * 2);
  runs.forEach((run, i) => records.set([run.start, run.count], i * 2));
  return records;
}
