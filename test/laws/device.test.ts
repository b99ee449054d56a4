import { describe, expect, test } from "vitest";
import { loadKernels } from "../../bindings/index.ts";
import type { BitPlanes, Kernels, SenseAdc } from "../../bindings/kernels.ts";
import { difference } from "../conformance/difference.ts";
import {
  deviceWork,
  disturbedOptions,
  ENGINES,
  KEY,
  nominalDevice,
  runEngine,
  transferOf,
  type DeviceWork,
} from "../helpers/device.ts";
import { someStreams } from "../helpers/streams.ts";

const FORMATIONS = ["fixed", "dynamic"] as const;
const OU_ROWS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 48, 63, 64, 65, 100, 127, 128, 129, 200, 4096];

describe.each(["typescript", "simd", "scalar"] as const)("no disturbance, %s", async (target) => {
  const kernels = await loadKernels({ target });
  const works = [1, 2, 3].map((cellBits) =>
    deviceWork(kernels, cellBits, { rowCount: 150, colCount: 3, windowCount: 2, weightBits: 8, bits: 5, cellBits }),
  );

  /** mvmBitSerial, all four walks: fixed and dynamic OUs, dense and compressed. */
  function expectIdeal(work: DeviceWork, ouRows: number, adc: SenseAdc, engines: readonly (typeof ENGINES)[number][]) {
    const { cellBits } = work.cells;
    const device = nominalDevice(cellBits, 0);
    const adcTransfer = transferOf(adc, ouRows * (2 ** cellBits - 1));
    for (const formation of FORMATIONS)
      for (const streams of ["dense", "kept"] as const) {
        const options = disturbedOptions(work, { ouRows, formation, adc, signed: ouRows % 2 === 0 });
        const expected = new Float64Array(work.windowCount * work.weights.colCount);
        kernels.mvmBitSerial(work.planes, work[streams], work.block, { ...options, adcTransfer }, expected);
        for (const engine of engines) {
          const { sums, stats } = runEngine(kernels, engine, work, work[streams], device, options);
          const label = `${engine}, ${cellBits} bits, ${ouRows} rows, ${formation}, ${streams}, ${adc.mode} ${adc.topCode}`;
          expect(difference(expected, sums, label)).toBeNull();
          expect(stats.readCount, label).toBeGreaterThan(0);
          expect({ ...stats, readCount: 0 }, label).toEqual({
            readCount: 0,
            misreadCount: 0,
            errorSum: 0,
            squaredErrorSum: 0,
          });
        }
      }
  }

  // The vector kernels choose their path by the height of an OU, the others have one.
  const heights = target === "simd" ? OU_ROWS : OU_ROWS.filter((_, i) => i % 4 === 0);

  test.each(heights)("%i rows an OU: sums of mvmBitSerial, lossless and not", (ouRows) => {
    for (const work of target === "typescript" ? works.slice(1, 2) : works) {
      const fullScale = ouRows * (2 ** work.cells.cellBits - 1);
      const lossless = 2 ** Math.ceil(Math.log2(fullScale + 1)) - 1;
      const isSmall = fullScale <= 100;
      for (const mode of ["clip", "scale"] as const)
        for (const topCode of [lossless, 7])
          expectIdeal(work, ouRows, { mode, topCode }, isSmall ? ENGINES : ["f32", "fixed"]);
    }
  });
});

describe.each(["typescript", "simd", "scalar"] as const)(
  "results do not depend on how work is cut, %s",
  async (target) => {
    const kernels: Kernels = await loadKernels({ target });
    const work = deviceWork(kernels, 9, {
      rowCount: 300,
      colCount: 5,
      windowCount: 6,
      weightBits: 8,
      bits: 6,
      cellBits: 2,
    });
    const device = { ...nominalDevice(2, 0.3), stuckLow: 0.01, stuckHigh: 0.02 };
    const adc: SenseAdc = { mode: "clip", topCode: 31 };

    describe.each(ENGINES)("%s", (engine) => {
      test.each(FORMATIONS)("%s OUs: windows and streams one by one, in any order", (formation) => {
        const readSigma = engine === "table" ? 0.1 : 0.3;
        const options = disturbedOptions(work, { ouRows: 9, formation, adc, offset: 0.05, readSigma });
        const whole = runEngine(kernels, engine, work, work.kept, device, options);
        expect(whole.stats.misreadCount).toBeGreaterThan(whole.stats.readCount / 10);

        const bySteps = { sums: new Float64Array(whole.sums.length), stats: { ...whole.stats } };
        Object.assign(bySteps.stats, { readCount: 0, misreadCount: 0, errorSum: 0, squaredErrorSum: 0 });
        for (const window of [3, 0, 5, 1, 4, 2]) {
          const one = { ...work, planes: windowOf(work.planes, window), windowCount: 1 };
          const oneOptions = { ...options, windows: options.windows.slice(window, window + 1) };
          for (let stream = work.kept.streamCount - 1; stream >= 0; stream--) {
            const part = runEngine(kernels, engine, one, someStreams(work.kept, stream, 1), device, oneOptions);
            part.sums.forEach((sum, col) => (bySteps.sums[window * work.weights.colCount + col]! += sum));
            for (const key of Object.keys(part.stats) as (keyof typeof part.stats)[])
              bySteps.stats[key] += part.stats[key];
          }
        }
        expect(difference(whole, bySteps)).toBeNull();
      });

      test("a window's number, not its place, chooses its noise; other keys are other noise", () => {
        const options = disturbedOptions(work, { ouRows: 9, formation: "dynamic", adc, readSigma: 0.3 });
        const { sums } = runEngine(kernels, engine, work, work.kept, device, options);
        const later = { ...options, windows: options.windows.map((window) => window + 1) };
        expect(runEngine(kernels, engine, work, work.kept, device, later).sums).not.toEqual(sums);
        const other = { ...options, key: [11, 23] as const };
        expect(runEngine(kernels, engine, work, work.kept, device, other).sums).not.toEqual(sums);
      });
    });

    test("cells of a block are those of its parts", () => {
      const whole = kernels.programCells(work.block, device, KEY);
      const start = 5;
      const count = 11;
      const part = kernels.encodeCells(work.weights, work.cells, { start, count });
      const cells = kernels.programCells(part, device, KEY);
      for (let row = 0; row < part.rowCount; row++) {
        const from = row * whole.strideCells + start;
        expect(cells.values.subarray(row * 16, row * 16 + count)).toEqual(whole.values.subarray(from, from + count));
      }
    });
  },
);

function windowOf(planes: BitPlanes, window: number): BitPlanes {
  const words = planes.planeCount * planes.wordCount;
  return { ...planes, words: planes.words.slice(window * words, (window + 1) * words), windowCount: 1 };
}
