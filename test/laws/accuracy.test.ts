import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  DISTURBED_SCHEMES,
  FUNCTIONAL_SCHEMES,
  InputError,
  decodeArray,
  loadKernels,
  parseConfig,
  simulateAccuracy,
} from "../../src/index.ts";
import type { AccuracyReport, AccuracyRequest } from "../../src/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { Pace, atOnce } from "../../src/model/base/pace.ts";
import { codeDevice, resolveDevice } from "../../src/model/arch/device.ts";
import { blankLayer, chipLayer, programLayer, senseConfig } from "../../src/pipeline/accuracy/chip.ts";
import { PhaseClock } from "../../src/pipeline/phases.ts";
import { prepareExecution } from "../../src/pipeline/prepare.ts";
import { quantizeMatrix } from "../../src/stages/quantize/quantizeMatrix.ts";
import { disturbLayer } from "../../src/stages/simulate/disturbLayer.ts";
import { inlineExecutor } from "../../src/stages/simulate/executor.ts";
import { outputsOfLayer } from "../../src/stages/simulate/runLayer.ts";
import { windowsOf } from "../../src/stages/simulate/windows.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

const read = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../examples/lenet5/${name}`, import.meta.url)));
const builtWorker = new URL("../../dist/worker.js", import.meta.url).href;

function lenet(changes: Partial<AccuracyRequest> = {}, sets: readonly string[] = []): AccuracyRequest {
  return {
    workload: {
      kind: "network",
      name: "lenet5",
      model: read("lenet5-ssl.onnx"),
      inputs: decodeArray(read("digits.idx3"), "digits.idx3"),
      labels: decodeArray(read("labels.idx1"), "labels.idx1"),
    },
    config: parseConfig([{ text: "input: { scale: 0.00390625 }", place: "test" }], sets),
    source: { source: "lenet5-ssl.onnx", sha256: "" },
    samples: 4,
    seed: 0,
    openWordlines: [16],
    devices: ["base"],
    chips: 1,
    schemes: ["orc-dof"],
    engine: "cells",
    maxLossRatio: 0.01,
    ...changes,
  };
}

const reportOf = async (request: AccuracyRequest): Promise<AccuracyReport> => (await simulateAccuracy(request)).report;

describe.each(["cells", "cells-i16", "table"] as const)("engine %s on ideal cells", (engine) => {
  it("gives the integer accuracy without a misread, at every OU height and under every scheme", async () => {
    const openWordlines = engine === "table" ? [2, 16, 128] : [1, 3, 16, 100, 128];
    const schemes = DISTURBED_SCHEMES;
    const { points, integer } = await reportOf(
      lenet({ devices: ["ideal"], engine, openWordlines, schemes, samples: 2 }),
    );
    expect(points).toHaveLength(4 * openWordlines.length + 1);
    for (const { top1, layers } of points) {
      expect(top1.mean).toBe(integer.top1);
      for (const layer of layers) {
        expect(layer.misreadRatio).toBe(0);
        expect(layer.snr_dB).toBeNull();
        expect(layer.reads).toBeGreaterThan(0);
      }
    }
  });

  it("gives every accumulator of the functional path when the ADC clips or scales", async () => {
    const kernels = await loadKernels();
    const executor = inlineExecutor(kernels);
    for (let seed = 0; seed < (engine === "table" ? 6 : 24); seed++) {
      const random = new Random(seed);
      const ouRows = random.pick([1, 2, 5, 16, 24]);
      const sets = [
        `crossbar.rows=${random.pick([24, 40, 128])}`,
        `ou.rows=${ouRows}`,
        `crossbar.cellBits=${random.integer(1, 3)}`,
        `adc.bits=${random.integer(1, 5)}`,
        `adc.mode=${random.pick(["clip", "scale"])}`,
        `mapping.coding=${random.pick(["offset", "differential"])}`,
        `precision.weightBits=${random.pick([4, 9, 16])}`,
        `precision.activationBits=${random.pick([3, 8])}`,
      ];
      const config = parseConfig([], sets);
      const top = 2 ** (config.precision.weightBits - 1) - 1;
      const signed = random.chance(0.3);
      const { layer, tensor } = quantizeMatrix(
        matrixWorkload({
          weights: Array.from({ length: 50 }, () =>
            Array.from({ length: 5 }, () => (random.chance(0.6) ? 0 : random.integer(-top, top))),
          ),
          activations: Array.from({ length: 9 }, () =>
            Array.from({ length: 50 }, () => random.integer(signed ? -3 : 0, 3)),
          ),
        }),
        config,
        kernels,
      );
      const executable = await prepareExecution(layer, config, kernels, executor, new PhaseClock(), new Pace());
      const source = windowsOf(layer, tensor!);
      const device = codeDevice(resolveDevice("ideal", config), config);
      const blank = atOnce(blankLayer(executable, config, kernels, executor));
      const programmed = atOnce(programLayer(blank, device, engine, 0, 0, kernels, executor));
      for (const scheme of FUNCTIONAL_SCHEMES) {
        const opened = senseConfig(scheme, ouRows, config);
        const table =
          engine === "table"
            ? kernels.buildSensingTable(
                { device, ...chipLayer(blank, programmed, null, scheme, device, opened).sense, sampleCount: 50 },
                [1, 2],
              )
            : null;
        const chip = chipLayer(blank, programmed, table, scheme, device, opened);
        const { sums, noiseEnergies } = await disturbLayer(
          chip,
          { source, firstWindow: 0, comparedWindows: 2 },
          opened,
          executor,
        );
        expect(sums, `seed ${seed}, ${scheme}`).toEqual(
          await outputsOfLayer(executable, source, scheme, opened, executor),
        );
        expect(noiseEnergies).toHaveLength(2);
      }
    }
  });
});

it.each(["cells", "cells-i16", "table"] as const)(
  "engine %s gives the same report on any number of threads",
  async (engine) => {
    const sets = [
      "device.readNoise=0.05",
      "device.stuckLrsRatio=0.001",
      "device.driftExponent=0.01",
      "device.driftTime_s=3600",
    ];
    const request = lenet({ engine, chips: 2, schemes: ["naive", "orc-dof"], openWordlines: [4, 16] }, sets);
    const alone = await reportOf(request);
    for (const threads of [2, 3]) {
      const pool = await createExecutor(threads, builtWorker);
      try {
        expect((await simulateAccuracy(request, { executor: pool.executor })).report).toEqual(alone);
      } finally {
        await pool.close();
      }
    }
    expect(alone.points.every(({ layers }) => layers.every(({ misreadRatio }) => misreadRatio > 0))).toBe(true);
  },
);

it("programs a chip by its seed and number: the same again, another one otherwise", async () => {
  const layersOf = async (changes: Partial<AccuracyRequest>) => (await reportOf(lenet(changes))).points[0]!.layers;
  const first = await layersOf({});
  expect(await layersOf({})).toEqual(first);
  expect(await layersOf({ seed: 1 })).not.toEqual(first);
  expect(await layersOf({ chips: 2 })).not.toEqual(first);
});

it("a better device of the family and fewer open wordlines are misread less", async () => {
  const devices = ["base", "base@2", "base@3"];
  const { points } = await reportOf(lenet({ devices, openWordlines: [2, 16, 128], samples: 2 }));
  const misreads = (device: string, height: number): number => {
    const { layers } = points.find((point) => point.device === device && point.openWordlines === height)!;
    return layers.reduce((sum, { misreadRatio }) => sum + misreadRatio, 0);
  };
  for (const height of [2, 16, 128]) {
    expect(misreads("base@2", height)).toBeLessThan(misreads("base", height));
    expect(misreads("base@3", height)).toBeLessThan(misreads("base@2", height));
  }
  for (const device of devices) {
    expect(misreads(device, 2)).toBeLessThan(misreads(device, 16));
    expect(misreads(device, 16)).toBeLessThan(misreads(device, 128));
  }
});

it("refuses what it cannot do, in one line", async () => {
  await expect(reportOf(lenet({ devices: ["bsae"] }))).rejects.toThrow(InputError);
  await expect(reportOf(lenet({ openWordlines: [129] }))).rejects.toThrow(
    "open wordlines: expected at most 128 (crossbar.rows), got 129",
  );
  const { labels: _, ...unlabelled } = lenet().workload;
  await expect(reportOf(lenet({ workload: unlabelled }))).rejects.toThrow("labels");
});
