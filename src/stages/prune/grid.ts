import type { Run } from "../../../bindings/kernels.ts";
import type { PrunableLayer } from "../../model/ir/prune.ts";
import type { UnitTable } from "./selectUnits.ts";

/** How each matrix of a layer is cut into units: row runs times column runs. */
export interface Grid {
  readonly rows: readonly Run[];
  readonly cols: readonly Run[];
  /** Which run of `cols` each column belongs to. */
  readonly unitOfCol: Uint32Array;
}

export function gridOf(layer: PrunableLayer, rows: readonly Run[], cols: readonly Run[]): Grid {
  const unitOfCol = new Uint32Array(layer.matrixCols);
  cols.forEach(({ start, count }, unit) => unitOfCol.fill(unit, start, start + count));
  return { rows, cols, unitOfCol };
}

/** Units in order [group][row run][column run]. Score: root of the mean square of its weights. */
export function scoreUnits({ groupCount, matrixRows, matrixCols, weights }: PrunableLayer, grid: Grid): UnitTable {
  const { rows, cols, unitOfCol } = grid;
  const unitCount = groupCount * rows.length * cols.length;
  const largest = maxCount(rows) * maxCount(cols);
  const scores = new Float32Array(unitCount);
  // The units of a large network are many, and mostly small.
  const counts = largest < 256 ? new Uint8Array(unitCount) : new Uint32Array(unitCount);
  const squares = new Float64Array(cols.length);
  const used = new Uint32Array(cols.length);
  for (let group = 0, unit = 0; group < groupCount; group++) {
    for (const { start, count } of rows) {
      squares.fill(0);
      used.fill(0);
      let at = (group * matrixRows + start) * matrixCols;
      for (let row = 0; row < count; row++) {
        for (let col = 0; col < matrixCols; col++, at++) {
          const weight = weights[at]!;
          if (weight === 0) continue;
          squares[unitOfCol[col]!]! += weight * weight;
          used[unitOfCol[col]!]!++;
        }
      }
      for (let u = 0; u < cols.length; u++, unit++) {
        scores[unit] = Math.sqrt(squares[u]! / (count * cols[u]!.count));
        counts[unit] = used[u]!;
      }
    }
  }
  return { keys: new Uint32Array(scores.buffer), counts };
}

function maxCount(runs: readonly Run[]): number {
  return runs.reduce((most, { count }) => Math.max(most, count), 0);
}

/**
 * Clears the mask ([group][row][col], 1 = kept) of what each unit loses: all of it, or the weights of least magnitude of
 * the one unit that loses some.
 */
export function clearUnits(
  mask: Uint8Array,
  { groupCount, matrixRows, matrixCols, weights }: PrunableLayer,
  { rows, cols }: Grid,
  counts: NonNullable<UnitTable["counts"]>,
  removedOf: (unit: number) => number,
): void {
  for (let group = 0, unit = 0; group < groupCount; group++) {
    for (const rowRun of rows) {
      for (const colRun of cols) {
        const index = unit++;
        const removed = removedOf(index);
        if (removed === 0) continue;
        const first = (group * matrixRows + rowRun.start) * matrixCols + colRun.start;
        if (removed === counts[index]) {
          for (let row = 0; row < rowRun.count; row++) {
            const at = first + row * matrixCols;
            mask.fill(0, at, at + colRun.count);
          }
        } else {
          const elements = Array.from({ length: rowRun.count * colRun.count }, (_, i) => {
            return first + Math.floor(i / colRun.count) * matrixCols + (i % colRun.count);
          });
          for (const at of leastOf(elements, weights, removed)) mask[at] = 0;
        }
      }
    }
  }
}

/** The `count` elements of least magnitude that are not zero; ties in order. */
export function leastOf(elements: readonly number[], weights: Float32Array, count: number): number[] {
  return elements
    .filter((at) => weights[at] !== 0)
    .sort((a, b) => Math.abs(weights[a]!) - Math.abs(weights[b]!) || a - b)
    .slice(0, count);
}
