import type { PrunableLayer } from "../../model/ir/prune.ts";
import { leastOf } from "./grid.ts";
import { keptMask } from "./nOfM.ts";

/** A whole row or column of one matrix. */
interface Line {
  readonly layer: number;
  readonly group: number;
  readonly axis: "row" | "col";
  readonly index: number;
  readonly score: number;
}

/**
 * Removes whole rows and columns of least root mean square, both kinds compared with each other, until `target` weights are
 * zero; the last one loses only as many as are needed. The strongest row and column of each matrix stay, and all columns
 * of a layer whose outputs are the network's. null when too few lines may go.
 */
export function removeLines(
  layers: readonly PrunableLayer[],
  axes: readonly ("row" | "col")[],
  target: number,
): Uint8Array[] | null {
  const masks = layers.map(({ weights }) => keptMask(weights));
  const zeros = masks.reduce((total, mask) => total + mask.reduce((count, kept) => count + 1 - kept, 0), 0);
  let rest = target - zeros;
  const lines = layers.flatMap((layer, index) => linesOf(layer, index, axes));
  lines.sort((a, b) => a.score - b.score || a.layer - b.layer || a.group - b.group || a.index - b.index);
  for (const line of lines) {
    if (rest <= 0) break;
    const mask = masks[line.layer]!;
    const layer = layers[line.layer]!;
    const kept = elementsOf(layer, line).filter((at) => mask[at] === 1);
    for (const at of kept.length <= rest ? kept : leastOf(kept, layer.weights, rest)) mask[at] = 0;
    rest -= Math.min(rest, kept.length);
  }
  return rest > 0 ? null : masks;
}

function linesOf(layer: PrunableLayer, index: number, axes: readonly ("row" | "col")[]): Line[] {
  const { groupCount, matrixRows, matrixCols, weights, isOutput } = layer;
  const lines: Line[] = [];
  for (let group = 0; group < groupCount; group++) {
    const rowSquares = new Float64Array(matrixRows);
    const colSquares = new Float64Array(matrixCols);
    for (let row = 0, at = group * matrixRows * matrixCols; row < matrixRows; row++) {
      for (let col = 0; col < matrixCols; col++, at++) {
        const square = weights[at]! * weights[at]!;
        rowSquares[row]! += square;
        colSquares[col]! += square;
      }
    }
    const add = (axis: "row" | "col", squares: Float64Array, size: number): void => {
      const strongest = squares.indexOf(squares.reduce((most, square) => Math.max(most, square), 0));
      squares.forEach((square, line) => {
        if (line !== strongest) lines.push({ layer: index, group, axis, index: line, score: Math.sqrt(square / size) });
      });
    };
    if (axes.includes("row")) add("row", rowSquares, matrixCols);
    if (axes.includes("col") && !isOutput) add("col", colSquares, matrixRows);
  }
  return lines;
}

function elementsOf({ matrixRows, matrixCols }: PrunableLayer, { group, axis, index }: Line): number[] {
  const first = group * matrixRows * matrixCols;
  return axis === "row"
    ? Array.from({ length: matrixCols }, (_, col) => first + index * matrixCols + col)
    : Array.from({ length: matrixRows }, (_, row) => first + row * matrixCols + index);
}
