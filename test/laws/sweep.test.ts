import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  SCHEMES,
  count,
  countedBy,
  decodeArray,
  parseConfig,
  price,
  record,
  simulate,
  zooWorkload,
} from "../../src/index.ts";
import type { Config, NumericArray, SimulateRequest, Workload } from "../../src/index.ts";
import { configKeys } from "../../src/model/arch/keys.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

// What points of a sweep share, they share without a trace: every number is that of a run of its own.

const file = (path: string): Uint8Array => readFileSync(new URL(`../../examples/lenet5/${path}`, import.meta.url));
const array = (path: string): NumericArray => decodeArray(new Uint8Array(file(path)), path);
const random = new Random(7);
const rows = (count: number, length: number, most: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length }, () => (random.chance(0.5) ? 0 : random.integer(0, most))));

const workloads: Record<Workload["kind"], { workload: Workload; samples?: number; sets: string[] }> = {
  matrix: { workload: matrixWorkload({ weights: rows(40, 7, 7), activations: rows(9, 40, 7) }), sets: [] },
  zoo: { workload: zooWorkload("zoo:lenet5", 3).workload, samples: 2, sets: [] },
  network: {
    workload: {
      kind: "network",
      name: "lenet5",
      model: new Uint8Array(file("lenet5-ssl.onnx")),
      inputs: array("digits.idx3"),
      labels: array("labels.idx1"),
    },
    samples: 5,
    sets: ["input.scale=0.00390625"],
  },
};

function requestOf(kind: Workload["kind"], sets: readonly string[] = []): SimulateRequest {
  const { workload, samples, sets: own } = workloads[kind];
  return {
    workload,
    config: parseConfig([], ["crossbar.rows=64", "ou.rows=8", "precision.weightBits=8", ...own, ...sets]),
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 0,
    ...(samples === undefined ? {} : { samples }),
  };
}

describe.each(["matrix", "zoo", "network"] as const)("a recorded %s", (kind) => {
  it("runs as the original under other crossbars, cells and OUs", async () => {
    const recorded = (await record(requestOf(kind), 2 ** 30))!;
    for (const sets of [[], ["ou.rows=4", "crossbar.cellBits=4"], ["mapping.coding=differential", "ou.cols=5"]]) {
      const request = requestOf(kind, sets);
      const played = await simulate({ ...request, workload: structuredClone(recorded) });
      expect(played.report).toEqual((await simulate(request)).report);
    }
  });

  it("is refused where its integers would be others", async () => {
    const recorded = (await record(requestOf(kind), 2 ** 30))!;
    const request = { ...requestOf(kind, ["precision.activationBits=4"]), workload: recorded };
    await expect(simulate(request)).rejects.toThrow(/was recorded by, got other keys$/);
  });

  it("is none above the limit", async () => {
    const { bytes } = (await record(requestOf(kind), 2 ** 30))!;
    expect(await record(requestOf(kind), bytes - 1)).toBeNull();
    expect((await record(requestOf(kind), bytes))!.bytes).toBe(bytes);
  });
});

describe("prices of counts that were made before", () => {
  const base = requestOf("matrix");
  const counts = count(base);

  /** Some other value of each key, as its description allows. */
  const others: Record<string, string> = {
    "adc.bits": "3",
    "adc.mode": "scale",
    "adc.law": "walden",
    "timing.ouCycle_ns": "7",
    "timing.isaacStep_ns": "55",
    "tile.count": "auto",
    "cu.perTile": "3",
    "crossbar.perCu": "2",
    "device.model": "base@2",
    "device.readNoise": "0.1",
    "energy.prices_pJ": "{ dacRow: 0.5, adcConversion8: 3 }",
  };
  const withAll = (sets: readonly string[]): Config => requestOf("matrix", sets).config;

  it.each(Object.entries(others))("%s = %s needs no new count", async (key, value) => {
    const config = withAll([`${key}=${value}`]);
    expect(config).not.toEqual(base.config);
    expect(countedBy(config)).toBe(countedBy(base.config));
    const { report } = await simulate({ ...base, config });
    expect(price({ ...base, config }, await counts)).toEqual(report);
  });

  it("all together need none", async () => {
    const config = withAll(Object.entries(others).map(([key, value]) => `${key}=${value}`));
    const { report } = await simulate({ ...base, config });
    expect(price({ ...base, config }, await counts)).toEqual(report);
  });

  it("keys that are no price ask for new counts", () => {
    const counted = configKeys()
      .map(({ path }) => path)
      .filter((path) => !Object.keys(others).some((key) => path === key || path.startsWith("device.")))
      .filter((path) => !["schema", "preset"].includes(path) && !path.startsWith("energy.prices_pJ"));
    const text = countedBy(base.config);
    expect(counted.filter((path) => !text.includes(`"${path.split(".")[1]}"`))).toEqual([]);
    expect(counted.length).toBeGreaterThan(15);
  });
});

describe("a choice of layers", () => {
  it.each(["zoo", "network"] as const)("leaves the others of a %s out", async (kind) => {
    const all = (await simulate(requestOf(kind))).report.layers;
    const { name } = all[1]!;
    const chosen = (await simulate({ ...requestOf(kind), layers: [`${name.slice(0, -1)}*`, "nothing"] })).report;
    const pipelineLess = (layers: typeof all): object[] =>
      layers.map(({ schemes, ...rest }) => ({
        ...rest,
        schemes: Object.values(schemes).map(({ pipeline: _pipeline, ...counts }) => counts),
      }));
    const expected = all.filter((layer) => layer.name.startsWith(name.slice(0, -1)));
    expect(expected.length).toBeLessThan(all.length);
    expect(pipelineLess(chosen.layers)).toEqual(pipelineLess(expected));
  });

  it("that is empty names the layers there are", async () => {
    const run = simulate({ ...requestOf("zoo"), layers: ["cnov*"] });
    await expect(run).rejects.toThrow(/lenet5 layers: expected some of conv1, .*, got cnov\*/);
  });
});
