import { describe, expect, it } from "vitest";
import type { FunctionalScheme } from "../../src/index.ts";
import { FUNCTIONAL_SCHEMES, SCHEMES } from "../../src/index.ts";
import { oracle } from "../helpers/oracle.ts";
import type { OracleConfig, OracleWorkload } from "../helpers/oracle.ts";
import { Random } from "../helpers/random.ts";
import { simulateMatrix } from "../helpers/workload.ts";

// The whole engine against the naive second implementation, integers without tolerance.

const losslessBits = ({ H, c }: { H: number; c: number }): number => Math.ceil(Math.log2(H * (2 ** c - 1) + 1));

function randomConfig(random: Random): OracleConfig {
  const R = random.pick([4, 8, 16, 33, 64, 128]);
  const C = random.pick([4, 8, 30, 64, 128]);
  const H = random.pick([1, 2, 3, 8, 9, 16, 32, 128].filter((h) => h <= R));
  const L = random.pick([1, 2, 3, 8, 16, 32, 128].filter((l) => l <= C));
  const c = random.integer(1, 4);
  const base = { R, C, H, L, c };
  return {
    ...base,
    Bw: random.pick([2, 3, 4, 8, 16]),
    Ba: random.pick([2, 3, 8, 16]),
    indexBits: random.pick(["unlimited" as const, 1, 2, 3, 5, 8]),
    packing: random.pick(["layer", "crossbar"] as const),
    coding: random.pick(["offset", "offset", "differential"] as const),
    fillCycles: random.pick([0, 3]),
    emptyPlaneCycles: random.pick([0, 0, 1]),
    adcBits: random.chance(0.6) ? losslessBits(base) : random.integer(1, losslessBits(base) + 1),
    adcMode: random.pick(["clip", "scale"] as const),
  };
}

function randomWorkload(random: Random, { Bw, Ba, coding }: OracleConfig): OracleWorkload {
  const rows = random.pick([1, 2, 7, 31, 40, 130]);
  const cols = random.pick([1, 2, 3, 9]);
  const windows = random.integer(1, 3);
  const zeroWeight = random.pick([0, 0.5, 0.95]);
  const zeroRow = random.pick([0, 0.6]);
  const signed = random.chance(0.4);
  const high = 2 ** (Bw - 1) - 1;
  const low = coding === "offset" ? -high - 1 : -high;
  return {
    weights: Array.from({ length: rows }, () => {
      const empty = random.chance(zeroRow);
      return Array.from({ length: cols }, () => (empty || random.chance(zeroWeight) ? 0 : random.integer(low, high)));
    }),
    activations: Array.from({ length: windows }, () =>
      Array.from({ length: rows }, () => {
        if (random.chance(0.4)) return 0;
        return signed
          ? random.integer(-(2 ** (Ba - 1)), 2 ** (Ba - 1) - 1)
          : random.integer(0, 2 ** random.integer(1, Ba) - 1);
      }),
    ),
  };
}

async function expectAgreement(
  workload: OracleWorkload,
  config: OracleConfig,
  outputsOf: FunctionalScheme,
): Promise<void> {
  const expected = oracle(workload, config);
  const { report, outputs } = await simulateMatrix(workload, config, outputsOf);
  const layer = report.layers[0]!;
  const counts = Object.fromEntries(
    SCHEMES.map((scheme) => {
      const { ouOps, latencyCycles } = layer.schemes[scheme]!;
      return [scheme, { ouOps, latencyCycles }];
    }),
  );
  expect(counts).toEqual(expected.schemes);
  expect(layer.orc).toMatchObject(expected.orc);
  expect(layer.crossbars).toEqual(expected.crossbars);
  expect(Array.from(outputs[0]!.values, Number)).toEqual(expected.outputs[outputsOf].flat());
  for (const scheme of FUNCTIONAL_SCHEMES) {
    const differences = expected.outputs[scheme]
      .flat()
      .map((value, i) => Math.abs(value - expected.product.flat()[i]!));
    expect(report.verify!.schemes[scheme]).toEqual({
      mismatches: differences.filter((difference) => difference > 0).length,
      maxAbsError: Math.max(0, ...differences),
    });
  }
}

describe("engine equals the naive model", () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    "on random workloads and geometries, batch %i",
    async (seed) => {
      for (let index = 0; index < 20; index++) {
        const random = new Random(seed * 1000 + index);
        const config = randomConfig(random);
        const workload = randomWorkload(random, config);
        const outputsOf = random.pick(FUNCTIONAL_SCHEMES);
        try {
          await expectAgreement(workload, config, outputsOf);
        } catch (error) {
          throw new Error(`case ${seed}/${index} ${JSON.stringify(config)}`, { cause: error });
        }
      }
    },
  );

  const defaults: OracleConfig = {
    R: 128,
    C: 128,
    H: 16,
    L: 16,
    c: 2,
    Bw: 16,
    Ba: 16,
    indexBits: 5,
    packing: "layer",
    coding: "offset",
    fillCycles: 3,
    emptyPlaneCycles: 0,
    adcBits: 6,
    adcMode: "clip",
  };
  const shapes: [string, Partial<OracleConfig>][] = [
    ["default geometry", {}],
    ["crossbar packing", { packing: "crossbar" }],
    ["8-bit weights", { Bw: 8 }],
    ["OU 2x2", { H: 2, L: 2, adcBits: 3 }],
    ["OU 9x8", { H: 9, L: 8, adcBits: 5 }],
    ["OU 32x8", { H: 32, L: 8, adcBits: 7 }],
    ["OU 128x128", { H: 128, L: 128, adcBits: 9 }],
    ["4-bit cells", { c: 4, adcBits: 8 }],
    ["3-bit cells", { c: 3, adcBits: 7 }],
    ["1-bit cells", { c: 1, adcBits: 5 }],
    ["8-bit cells", { c: 8, adcBits: 12 }],
    ["2-bit index", { indexBits: 2 }],
    ["unlimited index", { indexBits: "unlimited", packing: "crossbar" }],
    ["differential", { coding: "differential" }],
  ];
  it.each(shapes)("on a 95 %% sparse 300 x 20 matrix with signed inputs: %s", async (_name, change) => {
    const random = new Random(7);
    const config = { ...defaults, ...change };
    const high = 2 ** (config.Bw - 1) - 1;
    await expectAgreement(
      {
        weights: Array.from({ length: 300 }, () =>
          Array.from({ length: 20 }, () => (random.chance(0.95) ? 0 : random.integer(-high, high))),
        ),
        activations: Array.from({ length: 2 }, () => Array.from({ length: 300 }, () => random.integer(-300, 300))),
      },
      config,
      "orc-dof",
    );
  });
});
