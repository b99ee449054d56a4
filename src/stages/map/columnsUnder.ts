import type { Run, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { arraysOf } from "./placeMatrix.ts";

/** Columns of a matrix whose cells lie on some bitlines, as a matrix of their own. */
export interface ColumnPart {
  readonly columns: WeightMatrix;
  readonly firstCol: number;
  /** The bitlines, counted from the first column's slice 0. */
  readonly bitlines: Run;
}

/** What a look at a few bitlines needs of a matrix that may have thousands of columns. */
export function columnsUnder(matrix: WeightMatrix, { start, count }: Run, config: Config): ColumnPart {
  const { slicesPerWeight } = arraysOf(config);
  const { rowCount, colCount } = matrix;
  const firstCol = Math.floor(start / slicesPerWeight);
  const partCount = Math.ceil((start + count) / slicesPerWeight) - firstCol;
  const values = new Int16Array(rowCount * partCount);
  for (let row = 0; row < rowCount; row++) {
    const from = row * colCount + firstCol;
    for (let col = 0; col < partCount; col++) values[row * partCount + col] = matrix.values[from + col]!;
  }
  const columns = { ...matrix, values, colCount: partCount };
  return { columns, firstCol, bitlines: { start: start - firstCol * slicesPerWeight, count } };
}
