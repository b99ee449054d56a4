import { describe, expect, it } from "vitest";
import { SCHEMES } from "../../src/index.ts";
import type { Scheme } from "../../src/index.ts";
import { onCases, run } from "../helpers/matrixRuns.ts";
import type { OracleConfig, OracleWorkload } from "../helpers/oracle.ts";
import type { Random } from "../helpers/random.ts";
import { randomMatrix, randomMatrixConfig } from "../helpers/randomMatrix.ts";

// Which scheme, and which workload, can never take more than another one.

type PerScheme = Record<Scheme, number>;

async function countsOf(
  workload: OracleWorkload,
  config: OracleConfig,
): Promise<{ ops: PerScheme; cycles: PerScheme; keptRows: number }> {
  const { layer } = await run(workload, config);
  const perScheme = (key: "ouOps" | "latencyCycles"): PerScheme =>
    Object.fromEntries(SCHEMES.map((scheme) => [scheme, layer.schemes[scheme]![key]])) as PerScheme;
  return { ops: perScheme("ouOps"), cycles: perScheme("latencyCycles"), keptRows: layer.orc.keptRows };
}

const draw = (random: Random, changes: Partial<OracleConfig>): { workload: OracleWorkload; config: OracleConfig } => {
  const config = { ...randomMatrixConfig(random), ...changes };
  return { workload: randomMatrix(random, config), config };
};

/** Each entry at most as much as its partner. */
function expectAtMost(counts: PerScheme, pairs: readonly (readonly [Scheme, Scheme])[]): void {
  for (const [less, more] of pairs) expect(counts[less], `${less} and ${more}`).toBeLessThanOrEqual(counts[more]);
}

function expectNotMore(after: PerScheme, before: PerScheme, schemes: readonly Scheme[]): void {
  for (const scheme of schemes) expect(after[scheme], scheme).toBeLessThanOrEqual(before[scheme]);
}

describe("with an unlimited index", () => {
  it("no scheme does more than naive, and orc-dof no more than orc", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, { indexBits: "unlimited", emptyPlaneCycles: 0 });
      const { ops, cycles } = await countsOf(workload, config);
      expectAtMost(ops, [
        ["recom", "naive"],
        ["occ", "naive"],
        ["orc", "naive"],
        ["dof", "naive"],
        ["orc-dof", "orc"],
      ]);
      expectAtMost(cycles, [
        ["orc", "naive"],
        ["dof", "naive"],
        ["orc-dof", "orc"],
      ]);
    }));

  it("orc-dof does no more than dof where both cut their rows into the same crossbars", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, {
        ...{ indexBits: "unlimited", emptyPlaneCycles: 0, packing: "crossbar" },
      });
      const { ops, cycles } = await countsOf(workload, config);
      expectAtMost(ops, [["orc-dof", "dof"]]);
      expectAtMost(cycles, [["orc-dof", "dof"]]);
    }));

  // R = 4, H = 2, one plane. Kept: rows 0, 1, 2 of the first block and 4, 5, 6 of the second; ones: rows 0, 1, 4, 5.
  //   dof: {0, 1} in block 0, {4, 5} in block 1: 1 + 1 OUs.
  //   orc-dof, packed over the layer into {0, 1, 2, 4} and {5, 6}: ones {0, 1, 4} and {5}: 2 + 1 OUs.
  it("orc-dof may do more than dof where packing over the layer cuts elsewhere", async () => {
    const config: OracleConfig = {
      ...{ R: 4, C: 2, H: 2, L: 2, c: 1, Bw: 2, Ba: 1, indexBits: "unlimited", packing: "layer", coding: "offset" },
      ...{ fillCycles: 0, emptyPlaneCycles: 0, adcBits: 2, adcMode: "clip" },
    };
    const weights = [1, 1, 1, 0, 1, 1, 1, 0].map((w) => [w]);
    const { ops } = await countsOf({ weights, activations: [[1, 1, 0, 0, 1, 1, 0, 0]] }, config);
    expect(ops).toMatchObject({ dof: 2, "orc-dof": 3 });
  });
});

describe("less to do takes no longer", () => {
  it("an input of zeros opens nothing, and costs the static schemes what any input does", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, { emptyPlaneCycles: 0 });
      const { weights, activations } = workload;
      const before = await countsOf(workload, config);
      const after = await countsOf({ weights, activations: activations.map((window) => window.map(() => 0)) }, config);
      expect(after.ops).toEqual({ ...before.ops, dof: 0, "orc-dof": 0 });
      expect(after.cycles).toMatchObject({ dof: activations.length * config.fillCycles });
      expect(after.cycles["orc-dof"]).toBe(activations.length * config.fillCycles);
    }));

  it("a value more that is zero opens no more rows", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, { emptyPlaneCycles: 0 });
      const { weights, activations } = workload;
      const fewer = activations.map((window) => window.map((x) => (random.chance(0.3) ? 0 : x)));
      const before = await countsOf(workload, config);
      const after = await countsOf({ weights, activations: fewer }, config);
      expectNotMore(after.ops, before.ops, ["dof", "orc-dof"]);
      expectNotMore(after.cycles, before.cycles, ["dof", "orc-dof"]);
    }));

  it("a weight more that is zero keeps no more rows", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, { indexBits: "unlimited" });
      const { weights, activations } = workload;
      const sparser = weights.map((row) => row.map((w) => (random.chance(0.3) ? 0 : w)));
      const before = await countsOf(workload, config);
      const after = await countsOf({ weights: sparser, activations }, config);
      expectNotMore(after.ops, before.ops, [
        "recom",
        "occ",
        "orc",
        ...(config.packing === "crossbar" ? (["orc-dof"] as const) : []),
      ]);
      expect(after.keptRows).toBeLessThanOrEqual(before.keptRows);
      for (const scheme of ["naive", "dof", "isaac"] as const) expect(after.ops[scheme]).toBe(before.ops[scheme]);
    }));

  it("a wider index needs no more fillers, and one that spans the matrix none", () =>
    onCases(async (random) => {
      const { workload, config } = draw(random, {});
      const widths = [1, 2, 3, 5, 8, "unlimited"] as const;
      const counts = [];
      for (const indexBits of widths) counts.push(await countsOf(workload, { ...config, indexBits }));
      for (let i = 1; i < counts.length; i++) {
        expectNotMore(counts[i]!.ops, counts[i - 1]!.ops, ["orc"]);
        expect(counts[i]!.keptRows).toBeLessThanOrEqual(counts[i - 1]!.keptRows);
      }
      expect(counts.at(-2)!.ops).toEqual(counts.at(-1)!.ops);
    }));
});
