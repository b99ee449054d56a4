import { describe, expect, test } from "vitest";
import { fitsTable } from "../../../bindings/countPlan.ts";
import { loadKernels } from "../../../bindings/index.ts";
import type { CountPlan, Formulation, Kernels, SegmentTable } from "../../../bindings/kernels.ts";
import { SCHEMES, parseConfig, simulate } from "../../../src/index.ts";
import type { CountWork } from "../../../src/stages/compress/countCosts.ts";
import { chosenPlan, countPlan } from "../../../src/stages/compress/countPlan.ts";
import { SegmentTableBuilder } from "../../../src/stages/compress/segmentTable.ts";
import { Random } from "../../helpers/random.ts";
import { matrixWorkload } from "../../helpers/workload.ts";

/** Kernels that tell how the plans they get are counted; without lanes, as the rule sees it, when told so. */
function watched(kernels: Kernels, backend: Kernels["backend"]): { kernels: Kernels; ways: Set<Formulation> } {
  const ways = new Set<Formulation>();
  const proxy = new Proxy(kernels, {
    get(target, name) {
      if (name === "backend") return backend;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "countWindows") return value.bind(target) as unknown;
      return (...call: Parameters<Kernels["countWindows"]>) => {
        for (const plan of call[3]) ways.add(plan.by);
        return target.countWindows(...call);
      };
    },
  });
  return { kernels: proxy, ways };
}

describe("the rule changes no number of a report", async () => {
  const simd = await loadKernels({ target: "simd" });

  // Four 8-bit filters share an OU column group: most rows are kept, and not the same ones.
  test.each([
    [1, "layer", ["popcounts"]],
    [200, "layer", ["slices"]],
    [200, "crossbar", ["slices", "table"]],
  ] as const)("%i windows, %s packing", async (windows, packing, expected) => {
    const random = new Random(windows);
    const draw = (count: number, size: number, density: number, limit: number): number[][] =>
      Array.from({ length: count }, () =>
        Array.from({ length: size }, () => (random.chance(density) ? random.integer(1, limit) : 0)),
      );
    const workload = matrixWorkload({ weights: draw(300, 512, 0.3, 127), activations: draw(windows, 300, 0.4, 9999) });
    const config = parseConfig([], [`mapping.packing=${packing}`, "precision.weightBits=8"]);
    const request = {
      workload,
      source: { source: "", sha256: "" },
      config,
      schemes: SCHEMES,
      seed: 0,
      verifyWindows: 0,
    };
    const chosen = watched(simd, "wasm-simd");
    const counted = watched(simd, "wasm-scalar");
    const { report } = await simulate(request, { kernels: chosen.kernels });
    expect((await simulate(request, { kernels: counted.kernels })).report).toEqual(report);
    expect([...chosen.ways].sort()).toEqual(expected);
    expect([...counted.ways]).toEqual(["popcounts"]);
  });
});

/** Crossbars of 8 groups over row blocks of 128 rows; groups keep rows at random, or all of them the same. */
function segmentsOf(crossbarCount: number, keptRatio: number, areEqual: boolean): SegmentTable {
  const random = new Random(7);
  const builder = new SegmentTableBuilder();
  for (let block = 0; block < 4; block++) {
    const rows = { start: block * 128, count: 128 };
    const draw = (): Uint32Array => {
      const set = new Uint32Array(16);
      for (let row = 0; row < 512; row++) if (random.chance(keptRatio)) set[row >> 5]! |= 1 << (row & 31);
      return set;
    };
    const common = draw();
    for (let crossbar = 0; crossbar < crossbarCount; crossbar++) {
      builder.addCrossbar();
      for (let group = 0; group < 8; group++) builder.addMembers(0, areEqual ? common : draw(), 0, rows, 16);
    }
  }
  return builder.build();
}

const work: CountWork = {
  ...{ windowCount: 784, windowsPerCall: 4096, bits: 16, signed: false },
  ...{ ouRows: 16, emptyPlaneCycles: 0, hasLanes: true },
};
const choice = (segments: SegmentTable, changes: Partial<CountWork> = {}): Formulation =>
  chosenPlan(segments, 1, 512, { ...work, ...changes }).by;

test("few windows are counted by popcounts, unequal dense masks by table, everything else in slices", () => {
  const dense = segmentsOf(16, 0.8, false);
  expect(choice(dense)).toBe("table");
  expect(choice(dense, { windowCount: 1 })).toBe("popcounts");
  expect(choice(dense, { hasLanes: false })).toBe("popcounts");
  expect(choice(segmentsOf(16, 0.1, false))).toBe("slices");
  expect(choice(segmentsOf(16, 0.8, true))).toBe("slices");
  // Two crossbars leave most lanes of a table empty.
  expect(choice(segmentsOf(2, 0.8, false))).toBe("slices");
});

test("a plan goes by table only where its counters hold the sums", () => {
  const dense = segmentsOf(16, 0.8, false);
  expect(choice(dense, { emptyPlaneCycles: 1 })).toBe("slices");
  expect(choice(dense, { ouRows: 24 })).toBe("slices");
  expect(choice(dense, { ouRows: 4 })).toBe("slices");
  expect(choice(dense, { ouRows: 128 })).toBe("table");
  expect([fitsTable(128, 15, 8, 0), fitsTable(128, 16, 8, 0), fitsTable(120, 16, 8, 0)]).toEqual([true, false, true]);
  expect([fitsTable(255, 1, 1, 0), fitsTable(256, 1, 512, 0), fitsTable(100, 16, 100, 0)]).toEqual([true, false, true]);
});

test("equal masks collapse to one list, and equal crossbars to one class", () => {
  const plan = countPlan(segmentsOf(16, 0.3, true), 1, 512, "slices") as CountPlan & { by: "slices" };
  expect([plan.segments.segmentCount, plan.lists.listCount, plan.classes.classCount]).toEqual([512, 4, 4]);
  expect([...plan.classes.members].filter((_, i) => i % 2 === 1)).toEqual([8, 8, 8, 8]);
});

test("a crossbar whose segments span different rows has no table", () => {
  const builder = new SegmentTableBuilder();
  builder.addCrossbar();
  for (const start of [0, 64]) builder.addMembers(0, new Uint32Array(4).fill(-1), 0, { start, count: 64 }, 16);
  const segments = builder.build();
  expect(() => countPlan(segments, 1, 128, "table")).toThrow("one row span each");
  expect(choice(segments)).not.toBe("table");
});
