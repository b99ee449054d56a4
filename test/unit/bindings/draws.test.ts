import { describe, expect, test } from "vitest";
import { DRAW_CELL, DRAW_READ } from "../../../assembly/shared/deviceAbi.ts";
import { absorb, drawBits, expOf, normalOf } from "../../../bindings/scalar/draws.ts";
import type { DrawState } from "../../../bindings/scalar/draws.ts";
import { Random } from "../../helpers/random.ts";
import { kolmogorov, moments, normalCdf, scaledCorrelation } from "../../helpers/statistics.ts";

const ROWS = 400;
const LANES = 300;

/** A grid of cells: rows × bitlines of one array. */
function grid(key: DrawState, shift = 0): Float64Array {
  const state = absorb(key, DRAW_CELL);
  return Float64Array.from({ length: ROWS * LANES }, (_, i) =>
    normalOf(drawBits(absorb(state, Math.floor(i / LANES)), (i % LANES) + shift)),
  );
}

/** The same shape of read noise: windows × (planes, reads, bitlines), as walkReads makes its keys. */
function reads(key: DrawState): Float64Array {
  const layer = absorb(key, DRAW_READ);
  return Float64Array.from({ length: ROWS * LANES }, (_, i) => {
    const [window, rest] = [Math.floor(i / LANES), i % LANES];
    const inStream = absorb(absorb(absorb(layer, window), 0), -1);
    return normalOf(drawBits(absorb(inStream, Math.floor(rest / 20)), rest % 20));
  });
}

/** One draw of each of many keys that differ in one word only. */
function keys(word: 0 | 1): Float64Array {
  return Float64Array.from({ length: ROWS * LANES }, (_, i) => {
    const key: DrawState = word === 0 ? [i, 7] : [7, i];
    return normalOf(drawBits(absorb(absorb(key, DRAW_CELL), 3), 5));
  });
}

const samples: Record<string, Float64Array> = {
  "cells, key 0": grid([0, 0]),
  "cells, key 1": grid([1, 0]),
  "cells, any key": grid([0x12345678, 0x9abcdef0]),
  "read noise": reads([0, 0]),
  "keys, first word": keys(0),
  "keys, second word": keys(1),
};

describe.each(Object.entries(samples))("%s: 120,000 draws", (_name, values) => {
  const count = values.length;

  // Standard errors of normal samples: 1/√n, √(2/n), √(6/n), √(24/n); four of them at most.
  test("have the moments of N(0,1)", () => {
    const { mean, variance, skew, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(skew)).toBeLessThan(4 * Math.sqrt(6 / count));
    expect(Math.abs(kurtosis)).toBeLessThan(4 * Math.sqrt(24 / count));
  });

  test("are distributed as N(0,1): Kolmogorov-Smirnov at 0.001", () => {
    expect(kolmogorov(values)).toBeLessThan(1.95);
  });

  test.each([1, 2, 8, LANES, 16 * LANES])("are not correlated with those %i further on", (lag) => {
    expect(Math.abs(scaledCorrelation(values.subarray(0, count - lag), values.subarray(lag)))).toBeLessThan(4);
    const squares = values.map((z) => z * z);
    expect(Math.abs(scaledCorrelation(squares.subarray(0, count - lag), squares.subarray(lag)))).toBeLessThan(4);
  });
});

test("neighbouring keys, purposes and arrays are not correlated", () => {
  const pairs: [Float64Array, Float64Array][] = [
    [samples["cells, key 0"]!, samples["cells, key 1"]!],
    [samples["cells, key 0"]!, grid([0, 1])],
    [samples["cells, key 0"]!, samples["read noise"]!],
    [grid([2, 0]), grid([3, 0], 128)],
  ];
  for (const [a, b] of pairs) expect(Math.abs(scaledCorrelation(a, b))).toBeLessThan(4);
});

test("every bit of key, row and bitline flips half of the bits of a draw", () => {
  const random = new Random(1);
  const draw = (words: number[]) => drawBits(absorb(absorb([words[0]!, words[1]!], DRAW_CELL), words[2]!), words[3]!);
  for (let word = 0; word < 4; word++) {
    for (let bit = 0; bit < 32; bit++) {
      let flipped = 0;
      for (let i = 0; i < 300; i++) {
        const words = [0, 0, 0, 0].map(() => random.integer(0, 200));
        const other = words.map((value, w) => (w === word ? (value ^ (1 << bit)) >>> 0 : value));
        let difference = draw(words) ^ draw(other);
        for (; difference !== 0; difference &= difference - 1) flipped++;
      }
      // 9600 bits, half of them flipped: ± 5 standard deviations of 49.
      expect(Math.abs(flipped - 4800), `word ${word}, bit ${bit}`).toBeLessThan(245);
    }
  }
});

describe("transforms", () => {
  test("normalOf is the quantile of its 32 bits, up to 1e-5 · max(1, |z|)", () => {
    const random = new Random(2);
    const corners = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 0.495 * 2 ** 32, 0.505 * 2 ** 32].map(Math.floor);
    const near = corners.flatMap((corner) => Array.from({ length: 200 }, (_, i) => (corner + 7 * i - 700) >>> 0));
    let worst = 0;
    for (const bits of [...near, ...Array.from({ length: 20_000 }, () => random.integer(0, 2 ** 32 - 1))]) {
      const z = normalOf(bits);
      const p = ((bits ^ 0x80000000) >>> 0) / 2 ** 32 + 0.5 / 2 ** 32;
      const tail = Math.min(p, 1 - p);
      const error = (normalCdf(-Math.abs(z)) - tail) / (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI));
      worst = Math.max(worst, Math.abs(error) / Math.max(1, Math.abs(z)));
    }
    expect(worst).toBeLessThan(1e-5);
  });

  test("normalOf is odd and reaches 6.3", () => {
    for (const bits of [5, 12345, 2 ** 30, 2 ** 31 - 1]) expect(normalOf(~bits >>> 0)).toBeCloseTo(-normalOf(bits), 5);
    expect(normalOf(2 ** 31 - 1)).toBeGreaterThan(6.2);
    expect(normalOf(2 ** 31 - 1)).toBeLessThan(6.35);
  });

  test("expOf is e^x up to 2e-7, and 1 at 0", () => {
    expect(expOf(0)).toBe(1);
    expect(expOf(-0)).toBe(1);
    const random = new Random(3);
    for (let i = 0; i < 20_000; i++) {
      const x = Math.fround((random.unit() - 0.5) * random.pick([0.01, 1, 20, 120]));
      expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(2e-7);
    }
  });
});
