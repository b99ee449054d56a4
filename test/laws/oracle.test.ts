import { describe, expect, it } from "vitest";
import type { FunctionalScheme } from "../../src/index.ts";
import { FUNCTIONAL_SCHEMES, SCHEMES } from "../../src/index.ts";
import { oracle } from "../helpers/oracle.ts";
import type { OracleConfig, OracleWorkload } from "../helpers/oracle.ts";
import { Random } from "../helpers/random.ts";
import { randomMatrix, randomMatrixConfig } from "../helpers/randomMatrix.ts";
import { simulateMatrix } from "../helpers/workload.ts";

// The whole engine against the naive second implementation, integers without tolerance.

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
        const config = randomMatrixConfig(random);
        const workload = randomMatrix(random, config);
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
