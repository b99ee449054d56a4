import { expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import type { CellCoding, Kernels, WeightMatrix } from "../../../bindings/kernels.ts";
import { piecesOf } from "../../../bindings/weightPieces.ts";
import { Random } from "../../helpers/random.ts";

const twin = new ScalarKernels();
const random = new Random(11);
const rowCount = 75;
const colCount = 3001;
const values = Int16Array.from({ length: rowCount * colCount }, () =>
  random.chance(0.01) ? random.integer(-7, 7) : 0,
);
// A row of zeros in the first piece and one in the second.
for (const row of [5, 40]) values.fill(0, row * colCount, (row + 1) * colCount);
const weights: WeightMatrix = { values, rowCount, colCount, weightBits: 4 };

test("a wide matrix crosses in several pieces, a narrow one in one", () => {
  expect(piecesOf(weights)).toEqual([
    { start: 0, count: 32 },
    { start: 32, count: 32 },
    { start: 64, count: 11 },
  ]);
  expect(piecesOf({ ...weights, rowCount: 3001, colCount: 4 })).toEqual([{ start: 0, count: 3001 }]);
  expect(piecesOf({ ...weights, rowCount: 0 })).toEqual([]);
});

test.each(["debug", "simd", "scalar"] as const)("%s: pieces add up to what the twin finds", async (target) => {
  const kernels = await loadKernels({ target });
  expect(kernels.countZeros(weights)).toEqual(twin.countZeros(weights));
  for (const coding of ["offset", "positive", "negative"] as const) {
    const cells: CellCoding = { cellBits: 2, coding };
    const groups = [
      { start: 3, count: 16 },
      { start: 0, count: 3001 },
    ];
    const rowGroups = [
      { start: 60, count: 15 },
      { start: 20, count: 50 },
    ];
    const masksOf = (of: Kernels) => [
      of.buildRowMasks(weights, cells, groups),
      of.buildBitlineMasks(weights, cells, rowGroups),
    ];
    expect(masksOf(kernels)).toEqual(masksOf(twin));
  }
});

test.each(["debug", "simd", "scalar"] as const)("%s: a value too large is found in any piece", async (target) => {
  const kernels = await loadKernels({ target });
  const wrong = { ...weights, values: values.slice() };
  wrong.values[70 * colCount + 5] = 8;
  const cells: CellCoding = { cellBits: 2, coding: "offset" };
  const message = "weights.values[210075]: expected offset weight in -8..7, got 8";
  expect(() => kernels.buildRowMasks(wrong, cells, [])).toThrow(message);
  expect(() => kernels.buildBitlineMasks(wrong, cells, [])).toThrow(message);
});
