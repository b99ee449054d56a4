import { describe, expect, test } from "vitest";
import { sliceCount } from "../../bindings/coding.ts";
import { loadKernels } from "../../bindings/index.ts";
import type { ArrayCoding, Kernels, MvmOptions, OuFormation, WeightMatrix } from "../../bindings/kernels.ts";
import { Random } from "../helpers/random.ts";
import { denseStreams, groupsOf, keptStreams } from "../helpers/streams.ts";
import { difference } from "./difference.ts";

// The law of §8: an ADC that reads every sum exactly gives X·W, whichever rows are kept and however OUs are formed.

const CASE_COUNT = 80;
const TARGETS = ["typescript", "debug", "simd", "scalar"] as const;

// Largest matrices expected; fewer where a cell costs more time.
const FULL_ROWS = { typescript: 1_000, debug: 20_000, simd: 100_000, scalar: 100_000 };

interface Workload {
  readonly weights: WeightMatrix;
  readonly codes: Uint16Array;
  readonly shape: { windowCount: number; vectorCount: number; rowCount: number; bits: number };
  readonly signed: boolean;
  readonly cellBits: number;
  readonly ouRows: number;
  readonly groupBitlines: number;
  readonly indexBits: number;
  readonly chunkRows: number;
}

function randomWorkload(seed: number): Workload {
  const random = new Random(seed);
  const weightBits = random.integer(1, 16);
  const bits = random.integer(1, 16);
  const rowCount = random.pick([1, 7, 40, 127, 130, 300]);
  const colCount = random.integer(1, 5);
  const density = random.pick([0.03, 0.3, 1]);
  const max = 2 ** (weightBits - 1) - 1;
  const weight = () => (random.chance(density) ? random.integer(-max, max) : 0);
  return {
    weights: { values: Int16Array.from({ length: rowCount * colCount }, weight), rowCount, colCount, weightBits },
    codes: Uint16Array.from({ length: 2 * rowCount }, () =>
      random.chance(0.7) ? random.integer(0, 2 ** bits - 1) : 0,
    ),
    shape: { windowCount: 2, vectorCount: 1, rowCount, bits },
    signed: random.chance(0.5),
    cellBits: random.integer(1, 8),
    ouRows: random.pick([1, 2, 9, 16, 128]),
    groupBitlines: random.integer(1, 40),
    indexBits: random.pick([0, 1, 2, 5]),
    chunkRows: random.pick([8, 128]),
  };
}

function product(kernels: Kernels, work: Workload, codings: ArrayCoding[], keepAll: boolean, formation: OuFormation) {
  const { weights, shape, signed, cellBits, ouRows } = work;
  const planes = kernels.packBitPlanes(work.codes, shape);
  const sums = new Float64Array(shape.windowCount * weights.colCount);
  for (const coding of codings) {
    const cells = { cellBits, coding };
    const bitlines = { start: 0, count: weights.colCount * sliceCount(weights.weightBits, cells) };
    const block = kernels.encodeCells(weights, cells, bitlines);
    const groups = groupsOf(bitlines, work.groupBitlines);
    const streams = keepAll
      ? denseStreams(weights.rowCount, groups, work.chunkRows)
      : keptStreams(kernels, weights, cells, groups, work.indexBits, work.chunkRows);
    const adcTransfer = Int32Array.from({ length: ouRows * (2 ** cellBits - 1) + 1 }, (_, sum) => sum);
    const options: MvmOptions = { formation, ouRows, adcTransfer, signed, weights, cells };
    kernels.mvmBitSerial(planes, streams, block, options, sums);
  }
  return sums;
}

describe.each(TARGETS)("lossless ADC, %s", async (target) => {
  const kernels = await loadKernels({ target });
  const codings: ArrayCoding[][] = [["offset"], ["positive", "negative"]];
  const formations: OuFormation[] = ["fixed", "dynamic"];

  test("all four formations and both codings equal the integer product", () => {
    for (let seed = 0; seed < CASE_COUNT; seed++) {
      const work = randomWorkload(seed);
      const expected = new Float64Array(work.shape.windowCount * work.weights.colCount);
      kernels.integerProduct(work.codes, work.shape, 0, work.signed, work.weights, expected);
      for (const coding of codings)
        for (const keepAll of [true, false])
          for (const formation of formations) {
            const sums = product(kernels, work, coding, keepAll, formation);
            const label = `seed ${seed}, ${coding.join("+")}, ${keepAll ? "dense" : "kept"}, ${formation}`;
            expect(difference(expected, sums, label)).toBeNull();
          }
    }
  });

  // 100,000 · 65535 · 32767 ≈ 2.1e14: past 2^32, below 2^53; every lane and accumulator is as full as it gets.
  test.each([
    { cellBits: 8, ouRows: 1 },
    { cellBits: 8, ouRows: 128 },
    { cellBits: 8, ouRows: 300 },
    { cellBits: 2, ouRows: 16 },
  ])("many rows of the largest numbers are exact, $cellBits-bit cells, $ouRows-row OUs", ({ cellBits, ouRows }) => {
    const rowCount = FULL_ROWS[target];
    const max = 2 ** 15 - 1;
    const weights: WeightMatrix = { values: new Int16Array(rowCount).fill(max), rowCount, colCount: 1, weightBits: 16 };
    const shape = { windowCount: 1, vectorCount: 1, rowCount, bits: 16 };
    const codes = new Uint16Array(rowCount).fill(65535);
    const common = { weights, codes, shape, cellBits, ouRows, groupBitlines: 16, indexBits: 0, chunkRows: rowCount };
    const unsigned = product(kernels, { ...common, signed: false }, ["offset"], true, "dynamic");
    expect([...unsigned]).toEqual([rowCount * 65535 * max]);
    const signed = product(kernels, { ...common, signed: true }, ["offset"], true, "fixed");
    expect([...signed]).toEqual([-rowCount * max]);
  });

  // Where offsets of rows outgrow 16 bits, for one tile of 16 bitlines and for two; rows of zeros fill the last OU.
  test.each([
    { rowCount: 1980, colCount: 3 },
    { rowCount: 2048, colCount: 3 },
    { rowCount: 4030, colCount: 1 },
    { rowCount: 4096, colCount: 1 },
  ])("$rowCount rows, $colCount columns are exact", ({ rowCount, colCount }) => {
    const max = 2 ** 15 - 1;
    const values = new Int16Array(rowCount * colCount).fill(max);
    const weights: WeightMatrix = { values, rowCount, colCount, weightBits: 16 };
    const shape = { windowCount: 1, vectorCount: 1, rowCount, bits: 16 };
    const codes = new Uint16Array(rowCount).fill(65535);
    const common = { weights, codes, shape, cellBits: 2, groupBitlines: 40, indexBits: 0, chunkRows: rowCount };
    const sums = product(kernels, { ...common, ouRows: 19, signed: false }, ["offset"], true, "dynamic");
    expect([...sums]).toEqual(new Array(colCount).fill(rowCount * 65535 * max));
  });
});
