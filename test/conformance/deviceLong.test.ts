import { describe, expect, test } from "vitest";
import { ScalarKernels } from "../../bindings/scalar.ts";
import type { Kernels, SenseOptions, StreamTable } from "../../bindings/kernels.ts";
import { ENGINES, KEY, deviceWork, disturbedOptions, nominalDevice, runEngine } from "../helpers/device.ts";
import { singleReads } from "../helpers/singleReads.ts";
import { Random } from "../helpers/random.ts";
import { difference } from "./difference.ts";
import { watchedWasm } from "./implementations.ts";

// What the random cases are too small for: rows far apart, packed by their number in the stream; streams longer than 16
// bits reach; many OUs of one row; sums beyond bytes and beyond vectors.

const twin = new ScalarKernels();
const CASE_COUNT = 24;
const SENSE: SenseOptions = { ouRows: 1, adc: { mode: "clip", topCode: 255 }, offset: 0, readSigma: 0 };

const shapes = [
  { name: "a few rows, far apart", rowCount: 4400, keptRatio: 0.02, ouRows: [4, 9, 16, 128] },
  { name: "many rows, far apart", rowCount: 4100, keptRatio: 0.3, ouRows: [1, 16, 4096] },
  { name: "more rows than vectors reach", rowCount: 2300, keptRatio: 0.95, ouRows: [16, 500] },
  { name: "high OUs", rowCount: 900, keptRatio: 0.9, ouRows: [64, 300, 900, 4096] },
];

describe.each(["debug", "release", "scalar"] as const)("%s equals the TypeScript twin", async (name) => {
  const { kernels } = await watchedWasm(name);

  test.each([127, 128, 129, 250])("%i OUs of one row, all cells at the top", (rowCount) => {
    const reads = singleReads(twin, 8, rowCount, 40, () => 255);
    const device = nominalDevice(8, 0.02);
    const options = { ...reads.options({ ...SENSE, ouRows: 1 }, KEY) };
    const run = (k: Kernels) => {
      const cells = twin.programCells(reads.block, device, KEY);
      const sums = new Float64Array(40);
      return { stats: k.mvmDisturbed(reads.planes, reads.streams, cells, reads.block, options, sums), sums };
    };
    expect(difference(run(twin), run(kernels))).toBeNull();
  });

  describe.each(shapes)("$name", ({ rowCount, keptRatio, ouRows }) => {
    test.each(ENGINES)("%s", (engine) => {
      for (let seed = 0; seed < CASE_COUNT / shapes.length; seed++) {
        const random = new Random(seed);
        const cellBits = random.pick(engine === "table" ? [1, 2] : [1, 2, 4, 8]);
        const shape = { rowCount, colCount: 1, windowCount: 2, weightBits: 8, bits: 3, cellBits };
        const work = deviceWork(twin, seed, shape);
        const rows = random.pick(engine === "table" ? ouRows.filter((height) => height <= 16).concat(3) : ouRows);
        const fullScale = rows * (2 ** cellBits - 1);
        const options = disturbedOptions(work, {
          ouRows: rows,
          formation: random.pick(["fixed", "dynamic"]),
          adc: { mode: random.pick(["clip", "clip", "scale"]), topCode: random.pick([15, 255, 2047, 2 * fullScale]) },
          offset: random.pick([0, 0.05]),
          readSigma: random.pick([0, 0.2]),
        });
        const streams = sparseStreams(random, rowCount, keptRatio, work.block.bitlines.count);
        const run = (k: Kernels) => runEngine(k, engine, work, streams, nominalDevice(cellBits, 0.2), options);
        expect(difference(run(twin), run(kernels), `seed ${seed}, ${rows} rows an OU`)).toBeNull();
      }
    });
  });
});

/** One stream for all bitlines and one for the first, each with rows of its own. */
function sparseStreams(random: Random, rowCount: number, keptRatio: number, bitlineCount: number): StreamTable {
  const mask = new Uint32Array(Math.ceil(rowCount / 32));
  for (let row = 0; row < rowCount; row++) if (random.chance(keptRatio)) mask[row >> 5]! |= 1 << (row & 31);
  const all = twin.encodeIndex(mask, 0, rowCount, 0);
  const half = all.subarray(0, all.length >> 1);
  return {
    records: Int32Array.of(0, -1, 0, all.length, 0, bitlineCount, 0, -1, 0, half.length, 0, 1),
    entries: all,
    streamCount: 2,
  };
}
