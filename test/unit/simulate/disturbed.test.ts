import { describe, expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { WindowSource } from "../../../bindings/kernels.ts";
import { parseConfig } from "../../../src/index.ts";
import type { QuantizedLayer } from "../../../src/model/ir/quantized.ts";
import type { DisturbedTask } from "../../../src/stages/simulate/disturbed.ts";
import { disturbLayer } from "../../../src/stages/simulate/disturbLayer.ts";
import { inlineExecutor } from "../../../src/stages/simulate/executor.ts";
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

function taskOf(first: number, sigma: number): DisturbedTask {
  const block = kernels.programCells(work.block, nominalDevice(2, sigma), KEY);
  return {
    ...{ kind: "disturbed", formation: "dynamic", cellBits: 2, firstWindow: first },
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
    const whole = taskOf(0, 0.3);
    const rest = taskOf(4, 0.3);
    const all = runTask(kernels, whole, windowsOf(whole));
    const last = runTask(kernels, rest, windowsOf(rest));
    expect([...last.sums]).toEqual([...all.sums.slice(4 * 3)]);
    expect([...new Set(all.sums)].length).toBeGreaterThan(6);
  });
});

describe("a layer of disturbed reads", () => {
  const read = (task: DisturbedTask, comparedWindows: number) =>
    disturbLayer(
      { ...task, layer: { name: "layer", activations: task.format, matrices: task.matrices } as QuantizedLayer },
      { source: task.source, firstWindow: task.firstWindow, comparedWindows },
      parseConfig([], []),
      inlineExecutor(kernels),
    );

  test("compares the first windows of the layer, and only those", async () => {
    const compared = async (first: number): Promise<number> => (await read(taskOf(first, 0.3), 5)).noiseEnergies.length;
    expect([await compared(0), await compared(4), await compared(5)]).toEqual([5, 1, 0]);
  });

  test("has the energy of the ideal product, and no noise without deviation", async () => {
    const { sums, signalEnergies, noiseEnergies } = await read(taskOf(0, 0), 6);
    const energies = Array.from({ length: 6 }, (_, w) =>
      sums.slice(3 * w, 3 * w + 3).reduce((total, value) => total + value ** 2, 0),
    );
    expect([...signalEnergies]).toEqual(energies);
    expect([...noiseEnergies]).toEqual(new Array(6).fill(0));
  });

  test("has the noise of what differs from the ideal product", async () => {
    const ideal = await read(taskOf(0, 0), 0);
    const { sums, noiseEnergies } = await read(taskOf(0, 0.3), 2);
    const squares = ideal.sums.slice(0, 6).map((value, i) => (sums[i]! - value) ** 2);
    expect([...noiseEnergies]).toEqual([0, 3].map((at) => squares[at]! + squares[at + 1]! + squares[at + 2]!));
    expect(noiseEnergies[0]).toBeGreaterThan(0);
  });
});
