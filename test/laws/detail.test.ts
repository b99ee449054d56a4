import { describe, expect, it } from "vitest";
import { SCHEMES, decodeKeptRows, encodeKeptRows, parseConfig, simulate } from "../../src/index.ts";
import type { Config, KeptRows, SimulateResult } from "../../src/index.ts";
import { NO_GROUP } from "../../src/model/ir/keptRows.ts";
import type { OracleWorkload } from "../helpers/oracle.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

// What a run collects for people to look at keeps the sums of what it counts.

const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

interface Case {
  readonly workload: OracleWorkload;
  readonly config: Config;
  readonly result: SimulateResult;
}

async function randomCase(seed: number, settings: object = {}): Promise<Case> {
  const random = new Random(seed);
  const R = random.pick([8, 33, 64]);
  const text = JSON.stringify({
    crossbar: {
      rows: R,
      cols: random.pick([8, 30, 64]),
      cellBits: random.pick([1, 2, 3]),
      perCu: random.pick([1, 3, 8]),
    },
    ou: { rows: random.pick([2, 8]), cols: random.pick([3, 8]) },
    precision: { weightBits: random.pick([4, 8]), activationBits: random.pick([3, 8]) },
    sparsity: { indexBits: random.pick(["unlimited", 2, 5]) },
    mapping: { coding: random.pick(["offset", "differential"]), packing: random.pick(["layer", "crossbar"]) },
    tile: { count: random.pick([1, "auto"]) },
    ...settings,
  });
  const config = parseConfig([{ text, place: "test" }], []);
  const rows = random.pick([5, 40, 130]);
  const workload = {
    weights: Array.from({ length: rows }, () =>
      Array.from({ length: 7 }, () => (random.chance(0.8) ? 0 : random.integer(-7, 7))),
    ),
    activations: Array.from({ length: 9 }, () =>
      Array.from({ length: rows }, () => (random.chance(0.5) ? 0 : random.integer(0, 7))),
    ),
  };
  const result = await simulate({
    workload: matrixWorkload(workload),
    config,
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 0,
    collectDetail: true,
  });
  return { workload, config, result };
}

const cases = await Promise.all(Array.from({ length: 24 }, (_, seed) => randomCase(seed)));

describe.each(cases)("case %#", ({ workload, config, result }) => {
  const { report } = result;
  const layer = report.layers[0]!;
  const map = result.keptRows[0]!;

  it("tells every OU operation of the windows seen by its open rows", () => {
    expect(layer.openRows!.windows).toBe(9);
    for (const scheme of ["dof", "orc-dof"] as const) {
      const counts = layer.openRows![scheme];
      expect(counts).toHaveLength(config.ou.rows);
      expect(sumOf(counts)).toBe(layer.schemes[scheme]!.ouOps);
      expect(sumOf(counts.map((count, n) => count * (n + 1)))).toBe(layer.schemes[scheme]!.events.dacRows);
    }
  });

  it("tells the ones of each bit-plane", () => {
    const { bits, planeOneRatios, oneBitRatio } = layer.activations;
    const values = workload.activations.flat();
    const ones = Array.from({ length: bits }, (_, p) => values.filter((value) => (value >> p) & 1).length);
    expect(planeOneRatios).toEqual(ones.map((count) => count / values.length));
    expect(oneBitRatio).toBeCloseTo(sumOf(planeOneRatios) / bits, 12);
  });

  it("has a use of every crossbar, whose mean is the utilisation", () => {
    for (const placement of Object.values(report.area.placements)) {
      expect(placement.crossbarUse?.count ?? 0).toBe(placement.crossbars);
      expect(sumOf(placement.crossbarUse?.tenths ?? [])).toBe(placement.crossbars);
      if (placement.utilisation !== null) expect(placement.crossbarUse!.mean).toBeCloseTo(placement.utilisation, 12);
      expect(placement.crossbarUse?.max ?? 0).toBeLessThanOrEqual(1);
    }
  });

  it("keeps CUs as busy as their crossbars, and none beyond its time", () => {
    for (const scheme of SCHEMES) {
      const { pipeline, pipelined_ns } = report.totals[scheme]!;
      const own = layer.schemes[scheme]!;
      expect(own.pipeline === null).toBe(pipeline === null);
      if (pipeline === null || own.pipeline === null) continue;
      expect(own.pipeline.timePerSample_ns).toBeCloseTo(pipelined_ns!, 9);
      expect(own.pipeline.timePerSample_ns * own.pipeline.copies).toBeCloseTo(own.latency_ns, 6);
      expect(pipeline.crossbars).toBeLessThanOrEqual(pipeline.crossbarsAvailable);
      expect(own.pipeline.busyRatio).toBe(pipeline.busyRatio);
      if (pipeline.busyRatio === null) continue;
      const { count, mean, max } = pipeline.cuBusy!;
      expect(count).toBe(Math.ceil(pipeline.crossbars / config.crossbar.perCu));
      expect(mean * count * config.crossbar.perCu).toBeCloseTo(pipeline.busyRatio * pipeline.crossbars, 9);
      expect(max).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  it("maps each kept row once", () => {
    const counts = [...map.counts].filter((count) => count !== NO_GROUP);
    expect(sumOf(counts)).toBe(layer.orc.keptRows);
    expect(map.crossbars).toHaveLength(layer.crossbars.dense);
    const words = map.masks.length / map.counts.length;
    for (const [g, count] of map.counts.entries()) {
      const mask = map.masks.subarray(g * words, (g + 1) * words);
      const ones = sumOf(Array.from(mask, (word) => word.toString(2).replaceAll("0", "").length));
      expect(ones).toBe(count === NO_GROUP ? 0 : count);
    }
  });

  it("comes back from its file", () => {
    const bytes = encodeKeptRows([null, map]);
    expect(decodeKeptRows(bytes, "file", 1)).toEqual(map);
    expect(() => decodeKeptRows(bytes, "file", 0)).toThrow("file: expected an array named 0.sizes");
  });
});

it("maps the rows with a cell that is not skippable", async () => {
  // One column, offset coding of 4 bits in 2-bit cells: -8 = 0, zero = 8 = [0, 2]. Weight 3 = 11 = [3, 2] lights the low
  // slice alone, -8 = [0, 0] the high one, 4 = 12 = [0, 3] the high one.
  const weights = [0, 3, 0, -8, 4, 0].map((weight) => [weight]);
  const workload = { weights, activations: [[1, 1, 1, 1, 1, 1]] };
  const settings = {
    crossbar: { rows: 4, cols: 8, cellBits: 2 },
    ou: { rows: 2, cols: 1 },
    precision: { weightBits: 4, activationBits: 3 },
    sparsity: { indexBits: "unlimited" },
  };
  const { keptRows } = await simulate({
    workload: matrixWorkload(workload),
    config: parseConfig([{ text: JSON.stringify(settings), place: "test" }], []),
    source: { source: "test", sha256: "" },
    schemes: ["orc"],
    seed: 0,
    verifyWindows: 0,
    collectDetail: true,
  });
  const none = new Array<number>(6).fill(NO_GROUP);
  const empty = new Array<number>(6).fill(0);
  expect(keptRows[0]).toEqual({
    matrixCount: 1,
    rowCount: 6,
    crossbarRows: 4,
    rowBlockCount: 2,
    colBlockCount: 1,
    groupsPerBlock: 8,
    // Rows 0–3: low slice row 1, high slice row 3; rows 4–5: high slice row 4.
    counts: Uint16Array.from([1, 1, ...none, 0, 1, ...none]),
    crossbars: Uint32Array.from([0, 1]),
    masks: Uint32Array.from([0b0010, 0b1000, ...empty, 0, 0b01, ...empty]),
  } satisfies KeptRows);
});

it("collects nothing unless asked", async () => {
  const { workload, config } = cases[0]!;
  const { report, keptRows } = await simulate({
    workload: matrixWorkload(workload),
    config,
    source: { source: "test", sha256: "" },
    schemes: ["dof"],
    seed: 0,
    verifyWindows: 0,
  });
  expect(keptRows).toEqual([]);
  expect([report.keptRows, report.layers[0]!.openRows, report.totals.dof!.pipeline!.cuBusy]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
