import { expect, it } from "vitest";
import { SCHEMES, parseConfig, simulate } from "../../src/index.ts";
import type { EventCounts } from "../../src/model/ir/report.ts";
import type { OracleConfig } from "../helpers/oracle.ts";
import { configOf, matrixWorkload, simulateMatrix } from "../helpers/workload.ts";

// R = C = 8, H = 2, L = 4, c = 2, Bw = 4, Ba = 3, unlimited index, one window.
//
//       w0  w1      Each weight has two cells (S = 2), so one group of four bitlines holds both filters.
//   r0   0   0
//   r1   1   0      Kept rows: those with a non-zero weight, {1, 3, 4}.
//   r2   0   0      naive: 3 planes x ceil(6/2) = 9          orc: 3 x ceil(3/2) = 6
//   r3   0  -2      x = [7, 0, 5, 4, 1, 3]; rows with bit p:
//   r4   3   1        p = 0: {0, 2, 4, 5}   p = 1: {0, 5}   p = 2: {0, 2, 3}
//   r5   0   0      dof: ceil(4/2) + ceil(2/2) + ceil(3/2) = 2 + 1 + 2 = 5
//                   orc-dof: {4} → 1, {} → 0, {3} → 1, together 2
//   X·W = [0·1 + 1·3, 4·(-2) + 1·1] = [3, -7]
//   recom: rows {1, 3, 4} and both columns remain: 3 x ceil(3/2) = 6.
//   occ: OU row groups {0,1} {2,3} {4,5}. w = 1: u = 9 = 10 01b against zero 8 = 10 00b: slice 0 only → 1 bitline.
//        w = -2: u = 6 = 01 10b: both slices → 2. w = 3: u = 11 = 10 11b: slice 0; w = 1: slice 0 → 2.
//        Each fits into one OU of 4 bitlines: 3 planes x (1 + 1 + 1) = 9.
//   isaac: 3 steps of the one crossbar.
const weights = [
  [0, 0],
  [1, 0],
  [0, 0],
  [0, -2],
  [3, 1],
  [0, 0],
];
const activations = [[7, 0, 5, 4, 1, 3]];

it.each(["layer", "crossbar"] as const)("worked example B, %s packing", async (packing) => {
  const config: OracleConfig = {
    R: 8,
    C: 8,
    H: 2,
    L: 4,
    c: 2,
    Bw: 4,
    Ba: 3,
    indexBits: "unlimited",
    packing,
    coding: "offset",
    fillCycles: 3,
    emptyPlaneCycles: 0,
    adcBits: 3,
    adcMode: "clip",
  };
  const { report, outputs } = await simulateMatrix({ weights, activations }, config, "orc-dof");
  const layer = report.layers[0]!;
  const ouOps = Object.fromEntries(SCHEMES.map((scheme) => [scheme, layer.schemes[scheme]!.ouOps]));
  expect(ouOps).toEqual({ naive: 9, recom: 6, occ: 9, orc: 6, dof: 5, "orc-dof": 2, isaac: 3 });
  const cycles = Object.fromEntries(SCHEMES.map((scheme) => [scheme, layer.schemes[scheme]!.latencyCycles]));
  expect(cycles).toEqual({ naive: 12, recom: 9, occ: 12, orc: 9, dof: 8, "orc-dof": 5, isaac: 6 });
  expect(layer.orc).toMatchObject({ ouRowSegments: 6, keptRows: 3, fillerRows: 0 });
  // Three kept rows of four cells of two bits.
  expect(layer.orc.weightBitsKept).toBe(24);
  expect(Array.from(outputs[0]!.values, Number)).toEqual([3, -7]);
  expect(report.verify!.schemes["orc-dof"]).toEqual({ mismatches: 0, maxAbsError: 0 });
});

// Its events, three planes and one group. H = 2, and every OU reads the four bitlines but those of occ:
//   naive: 9 OUs x 4 = 36 conversions; 3 x 6 = 18 rows; 18 x 4 = 72 cells         recom: the same of 6 OUs and 3 rows
//   occ: bitlines 1 + 2 + 2 of its row groups: 3 x 5 = 15; rows 3 x (2 + 2 + 2); cells 3 x (2·1 + 2·2 + 2·2) = 30
//   dof: 5 OUs x 4 = 20; open rows 4 + 2 + 3 = 9; 6 rows pass the wordline generator in every plane
//   orc-dof: 2 OUs x 4 = 8; open rows 1 + 0 + 1 = 2; 3 rows pass it           isaac: 3 steps x 4 = 12; the rest as naive
// recom takes in the three inputs of the rows that are left, all others six. An unlimited index is no bits to read.
const config: OracleConfig = {
  ...{ R: 8, C: 8, H: 2, L: 4, c: 2, Bw: 4, Ba: 3, indexBits: "unlimited", packing: "layer", coding: "offset" },
  ...{ fillCycles: 3, emptyPlaneCycles: 0, adcBits: 3, adcMode: "clip" },
};

it("worked example B, events", async () => {
  const { report } = await simulateMatrix({ weights, activations }, config, "orc-dof");
  const events = (of: (events: EventCounts) => number): number[] =>
    SCHEMES.map((scheme) => of(report.layers[0]!.schemes[scheme]!.events));
  expect(events(({ adcConversions }) => adcConversions)).toEqual([36, 24, 15, 24, 20, 8, 12]);
  expect(events(({ dacRows }) => dacRows)).toEqual([18, 9, 18, 9, 9, 2, 18]);
  expect(events(({ cellReads }) => cellReads)).toEqual([72, 36, 30, 36, 36, 8, 72]);
  expect(events(({ edramReads }) => edramReads)).toEqual([6, 3, 6, 6, 6, 6, 6]);
  expect(events(({ edramWrites }) => edramWrites)).toEqual(new Array(7).fill(2));
  expect(events(({ runningSums }) => runningSums)).toEqual([0, 0, 0, 3, 0, 3, 0]);
  expect(events(({ indexReadBits }) => indexReadBits)).toEqual(new Array(7).fill(0));
  expect(events(({ wordlineGeneratorRows }) => wordlineGeneratorRows)).toEqual([0, 0, 0, 0, 18, 9, 0]);
});

it("worked example B, DACs charged for whole OUs", async () => {
  const whole = parseConfig([{ text: "energy: { dacRows: ou }", place: "test" }], []).energy;
  const { report } = await simulate({
    workload: matrixWorkload({ weights, activations }),
    config: { ...configOf(config), energy: whole },
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 0,
  });
  const rows = SCHEMES.map((scheme) => report.layers[0]!.schemes[scheme]!.events.dacRows);
  expect(rows).toEqual([18, 9, 18, 9, 5 * 2, 2 * 2, 18]);
});

// R = C = 8, H = 2, L = 4, one weight of two cells a row, index of one bit, so a gap is bridged after one dropped row:
//   w = [0, 0, 0, 0, 0, 0, 1, 0]: row 6 is kept, fillers at -1 + 2 = 1, 3 and 5       orc: 2 planes x ceil(4/2) = 4
//   x = [0, 1, 0, 1, 0, 0, 1, 0], two planes: {1, 3, 6} and none                      orc-dof: ceil(3/2) + 0 = 2
it("fillers are counted like kept rows, and are no weights", async () => {
  const work = { weights: [0, 0, 0, 0, 0, 0, 1, 0].map((weight) => [weight]), activations: [[0, 1, 0, 1, 0, 0, 1, 0]] };
  const { report } = await simulateMatrix(work, { ...config, Ba: 2, indexBits: 1 }, "orc-dof");
  const layer = report.layers[0]!;
  expect(layer.orc).toMatchObject({ ouRowSegments: 8, keptRows: 4, fillerRows: 3, indexBits: 4 });
  expect(layer.weights.ouRowZeroRatio).toBe(7 / 8);
  expect(layer.activations.emptyPlaneRatio).toBe(1 / 2);
  expect([layer.schemes.orc!.ouOps, layer.schemes["orc-dof"]!.ouOps]).toEqual([4, 2]);
});
