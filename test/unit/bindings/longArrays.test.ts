import { describe, expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";

// Longer than what crosses into Wasm at once, or than what a lane counts to.

const twin = new ScalarKernels();
/** Three pieces of 2^16 values, the last one short; the extremes lie in the first two. */
const values = Float32Array.from({ length: 2 ** 17 + 77 }, (_, i) => Math.fround(((i * 37) % 1001) / 7 - 60));
values[5] = -1000;
values[70_000] = 2000;

describe.each(["debug", "simd", "scalar"] as const)("%s", async (target) => {
  const kernels = await loadKernels({ target });

  test("the range of all pieces", () => {
    expect(kernels.findRange(values)).toEqual({ min: -1000, max: 2000, nonFinite: -1 });
  });

  test("what is not finite is found in any piece", () => {
    const broken = values.slice();
    broken[130_000] = NaN;
    expect(kernels.findRange(broken).nonFinite).toBe(130_000);
  });

  test("codes of all pieces", () => {
    expect(kernels.quantize(values, 0.3, -128, 127, 8)).toEqual(twin.quantize(values, 0.3, -128, 127, 8));
  });

  test("zeros of a row that outnumber what a lane of 16 bits counts to", () => {
    const colCount = 2 ** 20 + 3;
    const weights = { values: new Int16Array(colCount), rowCount: 1, colCount, weightBits: 4 };
    expect(kernels.countZeros(weights)).toEqual({ zeroCount: colCount, zeroRowCount: 1, zeroColCount: colCount });
  });
});
