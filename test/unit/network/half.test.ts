import { expect, test } from "vitest";

import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "../../../src/stages/network/file/half.ts";

test("every finite half survives the way to a number and back", () => {
  for (let half = 0; half < 0x10000; half++) {
    const value = halfToFloat(half);
    if (Number.isNaN(value)) expect(Number.isNaN(halfToFloat(floatToHalf(value)))).toBe(true);
    else if (floatToHalf(value) !== half) expect.fail(`${half} → ${value} → ${floatToHalf(value)}`);
  }
});

test("a number goes to the nearest half, ties to even", () => {
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [halfToFloat(half), halfToFloat(half + 1)];
    const middle = (low + high) / 2;
    const even = half % 2 === 0 ? half : half + 1;
    const found = [floatToHalf((low + middle) / 2), floatToHalf(middle), floatToHalf((middle + high) / 2)];
    if (found.join() !== [half, even, half + 1].join()) expect.fail(`between ${low} and ${high}: ${found.join()}`);
  }
});

test.each([
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-1e9, 0xfc00],
  [-0, 0x8000],
  [2 ** -25, 0],
])("%d → %d", (value, half) => {
  expect(floatToHalf(value)).toBe(half);
});

test.each([
  [0x3f80, 1],
  [0xc040, -3],
  [0x7f80, Infinity],
])("bfloat16 %d → %d", (bits, value) => {
  expect(bfloatToFloat(bits)).toBe(value);
});

test("a number goes to the nearest bfloat16, ties to even", () => {
  for (let bits = 0; bits < 0x7f7f; bits += 7) {
    const [low, high] = [bfloatToFloat(bits), bfloatToFloat(bits + 1)];
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const found = [low, (low + middle) / 2, middle, (middle + high) / 2, -high].map(floatToBfloat);
    const expected = [bits, bits, even, bits + 1, 0x8000 | (bits + 1)];
    if (found.join() !== expected.join()) expect.fail(`between ${low} and ${high}: ${found.join()}`);
  }
  expect([floatToBfloat(3.4e38), floatToBfloat(NaN)]).toEqual([0x7f80, 0x7fc0]);
});
