import { describe, expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { WindowSource } from "../../../bindings/kernels.ts";
import { readWindows, type DisturbedTask } from "../../../src/stages/simulate/disturbed.ts";
import { runTask } from "../../../src/stages/simulate/tasks.ts";
import { deviceWork, KEY, nominalDevice } from "../../helpers/device.ts";
import { Random } from "../../helpers/random.ts";

const shape = { rowCount: 40, colCount: 3, windowCount: 1, weightBits: 6, bits: 5, cellBits: 2 };
const kernels = await loadKernels();
const work = deviceWork(kernels, 3, shape);
const random = new Random(9);
const codes = Uint16Array.from({ length: 6 * 40 }, () => random.integer(0, 31));
const sourceOf = (first: number): WindowSource => ({
  ...{ windowCount: 6 - first, vectorCount: 1, rowCount: 40, conv: null },
  codes: codes.slice(first * 40),
});

function taskOf(first: number, sigma: number, comparedWindows: number): DisturbedTask {
  const block = kernels.programCells(work.block, nominalDevice(2, sigma), KEY);
  return {
    ...{ kind: "disturbed", formation: "dynamic", cellBits: 2, firstWindow: first, comparedWindows },
    source: sourceOf(first),
    format: { bits: 5, signed: false, scale: 1 },
    matrices: [work.weights],
    blocks: [
      {
        ...{ matrixIndex: 0, coding: "offset", key: KEY, levels: work.block, streams: work.kept },
        cells: { engine: "cells", block },
      },
    ],
    sense: { ouRows: 8, adc: { mode: "clip", topCode: 24 }, offset: 0, readSigma: sigma * 4 },
  };
}

const windowsOf = (task: DisturbedTask) => Uint32Array.from({ length: task.source.windowCount }, (_, i) => i);

describe("a task of disturbed reads", () => {
  test("draws by the window's place in the layer, wherever its source begins", () => {
    const whole = taskOf(0, 0.3, 0);
    const rest = taskOf(4, 0.3, 0);
    const all = runTask(kernels, whole, windowsOf(whole));
    const last = runTask(kernels, rest, windowsOf(rest));
    expect([...last.sums]).toEqual([...all.sums.slice(4 * 3)]);
    expect([...new Set(all.sums)].length).toBeGreaterThan(6);
  });

  test("compares the first windows of the layer, and only those", () => {
    const compared = (first: number): number => {
      const task = taskOf(first, 0.3, 5);
      return runTask(kernels, task, windowsOf(task)).noiseEnergies.length;
    };
    expect([compared(0), compared(4), compared(5)]).toEqual([5, 1, 0]);
  });

  test("has the energy of the ideal product, and no noise without deviation", () => {
    const task = taskOf(0, 0, 6);
    const { sums, signalEnergies, noiseEnergies } = runTask(kernels, task, windowsOf(task));
    const energies = Array.from({ length: 6 }, (_, w) =>
      sums.slice(3 * w, 3 * w + 3).reduce((total, value) => total + value ** 2, 0),
    );
    expect([...signalEnergies]).toEqual(energies);
    expect([...noiseEnergies]).toEqual(new Array(6).fill(0));
  });

  test("has the noise of what differs from the ideal product", () => {
    const task = taskOf(0, 0, 1);
    const ideal = Float64Array.of(1, 2, 3);
    const { sums, noiseEnergies } = readWindows(kernels, task, codes.slice(0, 40), Uint32Array.of(0), () => ideal);
    const expected = (sums[0]! - 1) ** 2 + (sums[1]! - 2) ** 2 + (sums[2]! - 3) ** 2;
    expect(noiseEnergies[0]).toBe(expected);
  });
});
