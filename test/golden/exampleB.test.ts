import { expect, it } from "vitest";
import { SCHEMES } from "../../src/index.ts";
import type { OracleConfig } from "../helpers/oracle.ts";
import { simulateMatrix } from "../helpers/workload.ts";

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
