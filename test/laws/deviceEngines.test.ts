import { describe, expect, test } from "vitest";
import { loadKernels, tableProbabilities } from "../../bindings/index.ts";
import type { DeviceLevels, SenseOptions } from "../../bindings/kernels.ts";
import { nominalDevice } from "../helpers/device.ts";
import { Random } from "../helpers/random.ts";
import { histogram, readCells, readFixed, readTable, uniformReads } from "../helpers/singleReads.ts";
import { chiSquareScore, moments } from "../helpers/statistics.ts";

const kernels = await loadKernels({ target: "simd" });
const SAMPLES = 32_000;

const devices: [string, DeviceLevels, Partial<SenseOptions>][] = [
  ["1 bit, small deviation", nominalDevice(1, 0.15), {}],
  [
    "1 bit, large deviation of the high resistance",
    { ...nominalDevice(1, 0.2, 0.2), sigma: Float32Array.of(1, 0.2) },
    {},
  ],
  ["2 bits", nominalDevice(2, 0.12), {}],
  ["2 bits, read noise and references of full OUs", nominalDevice(2, 0.08), { readSigma: 0.15, offset: 0.06 }],
  ["2 bits, stuck cells", { ...nominalDevice(2, 0.05), stuckLow: 0.03, stuckHigh: 0.05 }, {}],
  ["3 bits, an ADC that scales", nominalDevice(3, 0.05), { adc: { mode: "scale", topCode: 31 } }],
];

describe.each(devices)("%s", (_name, device, changes) => {
  const cellBits = Math.log2(device.base.length);
  const topLevel = 2 ** cellBits - 1;
  const ouRows = 9;
  const adc = { mode: "clip", topCode: ouRows * topLevel } as const;
  const sense: SenseOptions = { ouRows, adc, offset: 0, readSigma: 0, ...changes };
  const table = kernels.buildSensingTable({ ...sense, device, sampleCount: SAMPLES }, [5, 6]);

  // Twelve comparisons a device at |score| < 3.7: a chance of 0.8 % that a right pair of engines fails somewhere.
  test.each([1, 2, 5, 9])("cells and table agree with %i open rows: χ²", (openRows) => {
    const most = openRows * topLevel;
    const reads = uniformReads(kernels, openRows, cellBits, openRows, 6000);
    const cells = Array.from({ length: 4 }, (_, chip) => readCells(kernels, reads, device, sense, [chip, 1]));
    const drawn = Array.from({ length: 4 }, (_, chip) => readTable(kernels, reads, table, sense, [chip, 2]));
    for (const sum of new Set([0, Math.floor(most / 3), Math.floor(most / 2), most])) {
      const probabilities = tableProbabilities(table, openRows, sum);
      const tabled = new Map([...probabilities].map(([code, p]) => [code, p * SAMPLES]));
      const total = [...probabilities.values()].reduce((a, b) => a + b, 0);
      expect(total).toBe(1);
      for (const codes of [cells, drawn]) {
        const counts = merged(codes.map((chip) => histogram(chip, reads.sums, sum)));
        if ([...counts.values()].reduce((a, b) => a + b, 0) < 50) continue;
        const label = `sum ${sum}, ${codes === cells ? "cells" : "drawn"}`;
        expect(Math.abs(chiSquareScore(counts, tabled)), label).toBeLessThan(3.7);
      }
    }
  });
});

function merged(parts: Map<number, number>[]): Map<number, number> {
  const all = new Map<number, number>();
  for (const part of parts) for (const [code, count] of part) all.set(code, (all.get(code) ?? 0) + count);
  return all;
}

describe("what a read adds", () => {
  const levels = nominalDevice(2, 0);
  const adc = { mode: "clip", topCode: 1023 } as const;

  test("noise of k open rows has a deviation of readSigma · √k, fresh for every bitline", () => {
    const device = { ...levels, base: levels.base.map((base) => base + 20) };
    for (const openRows of [1, 4, 9, 16]) {
      const reads = uniformReads(kernels, 3, 2, openRows, 20_000);
      const codes = readCells(kernels, reads, device, { ouRows: 16, adc, offset: 0, readSigma: 1.5 }, [1, openRows]);
      const { mean, variance } = moments(codes.map((code, i) => code - reads.sums[i]! - 20 * openRows));
      // Rounding to codes adds 1/12.
      const expected = 1.5 ** 2 * openRows + 1 / 12;
      expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 20_000));
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / 20_000));
    }
  });

  test("closed rows add their offset each", () => {
    for (const openRows of [1, 5, 12, 16]) {
      const reads = uniformReads(kernels, 3, 2, openRows, 40);
      const codes = readCells(kernels, reads, levels, { ouRows: 16, adc, offset: 1.25, readSigma: 0 }, [1, 1]);
      const added = 1.25 * (16 - openRows);
      codes.forEach((code, i) => expect(Math.abs(code - reads.sums[i]! - added)).toBeLessThanOrEqual(0.5));
    }
  });

  test("stuck cells have the lowest or the highest level, at their rates", () => {
    const reads = uniformReads(kernels, 4, 2, 1, 40_000);
    const device = { ...levels, stuckLow: 0.1, stuckHigh: 0.05 };
    const codes = readCells(kernels, reads, device, { ouRows: 1, adc, offset: 0, readSigma: 0 }, [9, 9]);
    const shareOf = (level: number, code: number) => {
      const counts = histogram(codes, reads.sums, level);
      return (counts.get(code) ?? 0) / [...counts.values()].reduce((a, b) => a + b, 0);
    };
    for (const level of [1, 2]) {
      expect(shareOf(level, 0)).toBeCloseTo(0.1, 1.8);
      expect(shareOf(level, 3)).toBeCloseTo(0.05, 1.8);
      expect(shareOf(level, level)).toBeCloseTo(0.85, 1.8);
    }
    expect(shareOf(0, 0)).toBeCloseTo(0.95, 1.8);
    expect(shareOf(3, 3)).toBeCloseTo(0.9, 1.8);
  });
});

describe("fixed-point cells", () => {
  // Each cell is off by at most half a unit of 1/128 code, so a sum of k by k/256; the f32 sum itself is off by less
  // than 1e-4 here. Codes can differ only where the sum is that near to half a code, and then by one.
  test.each([1, 4, 16, 64])("differ from f32 cells by at most k/256 code: %i open rows", (openRows) => {
    const random = new Random(openRows);
    const device = nominalDevice(openRows === 64 ? 1 : 2, 0.1);
    const reads = uniformReads(kernels, random.integer(0, 99), Math.log2(device.base.length), openRows, 4000);
    const sense: SenseOptions = { ouRows: 64, adc: { mode: "clip", topCode: 255 }, offset: 0, readSigma: 0 };
    const { values, strideCells } = kernels.programCells(reads.block, device, [3, 4]);
    const exact = readCells(kernels, reads, device, sense, [3, 4]);
    const fixed = readFixed(kernels, reads, device, sense, [3, 4]);
    let differing = 0;
    exact.forEach((code, bitline) => {
      let sum = 0;
      for (let row = 0; row < openRows; row++) sum += values[row * strideCells + bitline]!;
      const toHalf = Math.abs(sum - Math.floor(sum) - 0.5);
      expect(Math.abs(fixed[bitline]! - code)).toBeLessThanOrEqual(1);
      if (fixed[bitline] !== code) {
        differing++;
        expect(toHalf).toBeLessThan(openRows / 256 + 1e-4);
      }
    });
    expect(differing).toBeLessThan(4000 * 0.06);
    if (openRows > 4) expect(differing).toBeGreaterThan(0);
  });
});
