import type { CellCoding, Kernels, Run, WeightMatrix } from "../../../bindings/kernels.ts";

/** What the cells of some bitlines hold, without the kernels' padding; memory order [row][bitline]. */
export function cellDigits(matrix: WeightMatrix, cells: CellCoding, bitlines: Run, kernels: Kernels): Uint8Array {
  const { levels, strideBytes } = kernels.encodeCells(matrix, cells, bitlines);
  const digits = new Uint8Array(matrix.rowCount * bitlines.count);
  for (let row = 0; row < matrix.rowCount; row++)
    digits.set(levels.subarray(row * strideBytes, row * strideBytes + bitlines.count), row * bitlines.count);
  return digits;
}

/** What they hold where the weight is zero, bitline by bitline. */
export function zeroDigits(matrix: WeightMatrix, cells: CellCoding, bitlines: Run, kernels: Kernels): Uint8Array {
  const zeros = { ...matrix, rowCount: 1, values: new Int16Array(matrix.colCount) };
  return cellDigits(zeros, cells, bitlines, kernels);
}
