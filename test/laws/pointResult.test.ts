import { expect, test } from "vitest";
import { SCHEMES, parseConfig, pointResult, simulate } from "../../src/index.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

// A point of a sweep is the run of its configuration, told in fewer numbers.

const random = new Random(11);
const rows = (count: number, length: number, most: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length }, () => (random.chance(0.6) ? 0 : random.integer(0, most))));

/** No default has them. */
const OU_CYCLE_NS = 7;
const ISAAC_STEP_NS = 53;

test("has the totals, crossbars and busy time of the run", async () => {
  const request = {
    workload: matrixWorkload({ weights: rows(300, 20, 7), activations: rows(9, 300, 7) }),
    config: parseConfig(
      [],
      [
        ...["crossbar.rows=64", "crossbar.cols=32", "ou.rows=8", "ou.cols=4", "precision.weightBits=8", "adc.bits=3"],
        ...[`timing.ouCycle_ns=${OU_CYCLE_NS}`, `timing.isaacStep_ns=${ISAAC_STEP_NS}`],
      ],
    ),
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 0,
  };
  const { report } = await simulate(request);
  const spread = { mean: 0.5, std: 0.125, min: 0.25, max: 0.75 };
  const scores = { float: 0.75, integer: 0.625, schemes: { "orc-dof": spread } };
  const point = pointResult(report, scores);
  expect(point).toMatchObject({ samples: report.samples, adcBits: 3, float: 0.75, integer: 0.625 });
  expect(point.indexBits).toBe(report.area.indexBuffer_bits);
  expect(point.indexBits).toBeGreaterThan(0);
  expect(Object.keys(point.schemes)).toEqual([...SCHEMES]);
  const { dense, recom, orc } = report.area.placements;
  expect(new Set([dense.crossbars, orc.crossbars]).size).toBe(2);
  for (const scheme of SCHEMES) {
    const result = point.schemes[scheme]!;
    const { latency_ns, pipelined_ns, energy_pJ, speedup, latencySpeedup, energySavingRatio, ouOps, latencyCycles } =
      report.totals[scheme]!;
    const placement = scheme === "recom" ? recom : scheme.startsWith("orc") ? orc : dense;
    expect(result).toEqual({
      ...{ ouOps, latencyCycles, latency_ns, pipelined_ns, energy_pJ },
      ...{ speedup, latencySpeedup, energySavingRatio },
      busyTime_ns: ouOps * (scheme === "isaac" ? ISAAC_STEP_NS : OU_CYCLE_NS),
      ...{ crossbars: placement.crossbars, area_mm2: placement.area_mm2 },
      top1_mean: scheme === "orc-dof" ? 0.5 : null,
      top1_std: scheme === "orc-dof" ? 0.125 : null,
    });
    expect(ouOps).toBeGreaterThan(0);
  }
  expect(pointResult(report, null)).toMatchObject({ float: null, integer: null });
});
