import type { WeightMatrix } from "../../../bindings/kernels.ts";

/** What is zero over a whole matrix: the structure that `recom` deletes (§7), and the zero ratio of its elements. */
export interface ZeroStructure {
  readonly zeroCount: number;
  readonly zeroRowCount: number;
  readonly zeroColCount: number;
}

export function zeroStructure({ values, rowCount, colCount }: WeightMatrix): ZeroStructure {
  const colUsed = new Uint8Array(colCount);
  let zeroCount = 0;
  let zeroRowCount = 0;
  for (let row = 0; row < rowCount; row++) {
    let zeros = 0;
    for (let col = 0; col < colCount; col++) {
      if (values[row * colCount + col] === 0) zeros++;
      else colUsed[col] = 1;
    }
    zeroCount += zeros;
    if (zeros === colCount) zeroRowCount++;
  }
  let zeroColCount = 0;
  for (const used of colUsed) if (used === 0) zeroColCount++;
  return { zeroCount, zeroRowCount, zeroColCount };
}
