import { expect, it, vi } from "vitest";
import { SCHEMES, explain, parseSweep, simulate } from "../../src/index.ts";
import type { Scheme } from "../../src/index.ts";
import type { OracleConfig } from "../helpers/oracle.ts";
import { configOf, matrixWorkload } from "../helpers/workload.ts";

// What the lines of docs/adding-a-scheme.md put into the list of schemes.
vi.mock("../../src/model/schemes/schemes.ts", async (importOriginal) => {
  const real = await importOriginal<typeof import("../../src/model/schemes/schemes.ts")>();
  const { ouSkip, ouSkipWords } = await import("./ouSkip.ts");
  return {
    ...real,
    SCHEMES: [...real.SCHEMES, "ou-skip"],
    schemeTerms: { ...real.schemeTerms, "ou-skip": ouSkipWords },
    ruleOf: (scheme: string) => (scheme === "ou-skip" ? ouSkip : real.ruleOf(scheme as Scheme)),
  };
});
const added = "ou-skip" as Scheme;

// R = C = 8, H = 2, L = 4, c = 2, Bw = 4, Ba = 3, one window. Each weight has two cells (S = 2), so a group is two filters.
//
//       w0  w1 | w2  w3      OU row groups {0,1} {2,3} {4}; OUs with a row that is kept:
//   r0   0   0 |  1   0        group 0: {4} (r4), 1 row         group 1: {0,1} (r0), 2 rows; {4} (r4), 1 row
//   r1   0   0 |  0   0      ou-skip: 3 planes x (1 + 2) = 9 OU operations, all on one crossbar: 9 cycles and 3 to fill
//   r2   0   0 |  0   0        rows driven: 3 x (1 + 2 + 1) = 12; 4 bitlines each: 36 conversions, 48 cells
//   r3   0   0 |  0   0        a bit for each of 2 x 3 OUs: 6
//   r4   3   1 |  0   2      naive: 3 planes x 2 groups x 3 OUs = 18          orc: 3 x (ceil(1/2) + ceil(2/2)) = 6
const workload = {
  weights: [
    [0, 0, 1, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [3, 1, 0, 2],
  ],
  activations: [[7, 0, 5, 4, 1]],
};
const config: OracleConfig = {
  ...{ R: 8, C: 8, H: 2, L: 4, c: 2, Bw: 4, Ba: 3 },
  ...{ indexBits: "unlimited", packing: "layer", coding: "offset" },
  ...{ fillCycles: 3, emptyPlaneCycles: 0, adcBits: 3, adcMode: "clip" },
};

it("a scheme of one file is counted, priced, placed and named as the others are", async () => {
  const { report } = await simulate({
    workload: matrixWorkload(workload),
    config: configOf(config),
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 0,
    collectDetail: true,
  });
  const { schemes } = report.layers[0]!;
  expect(schemes[added]).toMatchObject({
    ...{ ouOps: 9, latencyCycles: 12, speedup: 2 },
    events: { adcConversions: 36, dacRows: 12, cellReads: 48, indexReadBits: 6, runningSums: 0, edramReads: 5 },
  });
  expect([schemes.naive!.ouOps, schemes.orc!.ouOps]).toEqual([18, 6]);
  const { energyByComponent_pJ, energy_pJ, pipeline } = report.totals[added]!;
  expect(Object.values(energyByComponent_pJ).reduce((sum, part) => sum + part, 0)).toBeCloseTo(energy_pJ, 9);
  expect(energy_pJ).toBeLessThan(report.totals.naive!.energy_pJ);
  expect(pipeline!.crossbars).toBe(1);
  expect(explain("ou-skip").text).toMatch(/^OU skipping/);
  const sweep = { text: "schemes: [naive, ou-skip]\naxes: { network: ['zoo:lenet5'] }", place: "s.yaml" };
  expect(parseSweep(sweep, { sets: [], extended: [] }).schemes).toEqual(["naive", "ou-skip"]);
});
