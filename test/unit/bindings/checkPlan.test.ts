import { describe, expect, test } from "vitest";
import * as abi from "../../../assembly/shared/abi.ts";
import { loadKernels } from "../../../bindings/index.ts";
import type { CodeTable, CountPlan, Kernels, WindowSource } from "../../../bindings/kernels.ts";
import { countPlan } from "../../../src/stages/compress/countPlan.ts";
import { twoCrossbars } from "./twoCrossbars.ts";

const ROWS = 40;
const source: WindowSource = {
  ...{ windowCount: 3, vectorCount: 1, rowCount: ROWS, conv: null },
  codes: new Uint16Array(3 * ROWS).fill(5),
};

type By<W extends CountPlan["by"]> = CountPlan & { by: W };
const sliced = (): By<"slices"> => countPlan(twoCrossbars(ROWS), 1, ROWS, "slices") as By<"slices">;
const tabled = (): By<"table"> => countPlan(twoCrossbars(ROWS), 1, ROWS, "table") as By<"table">;

function withList(changes: Partial<Record<number, number>>): CountPlan {
  const plan = sliced();
  for (const [field, value] of Object.entries(changes)) plan.lists.records[Number(field)] = value!;
  return plan;
}

function withTable(change: (table: CodeTable) => Partial<CodeTable>): CountPlan {
  const plan = tabled();
  return { ...plan, table: { ...plan.table, ...change(plan.table) } };
}

const count = (kernels: Kernels, plan: CountPlan, ouRows = 2, emptyPlaneCycles = 0) =>
  kernels.countWindows(source, { start: 0, count: 3 }, 16, [plan], ouRows, emptyPlaneCycles);

const refused: [string, () => CountPlan][] = [
  ["plans[0].rowCount: expected integer in 40..40, got 41", () => ({ ...sliced(), rowCount: 41 })],
  ["plans[0].lists.mask: expected an end of at most 8, got 9", () => withList({ [abi.LIST_MASK_START]: 7 })],
  ["plans[0].lists.rowCount: expected integer in 6..6, got 2", () => withList({ [abi.LIST_ROW_COUNT]: 2 })],
  ["plans[0].lists.firstRow: expected integer in 0..7, got 8", () => withList({ [abi.LIST_FIRST_ROW]: 8 })],
  [
    "plans[0].classes: expected an end of at most",
    () => ({ ...sliced(), classes: { ...sliced().classes, members: new Int32Array(2) } }),
  ],
  [
    "plans[0].members: expected integer in 0..2, got 3",
    () => ({ ...sliced(), classes: { ...sliced().classes, members: new Int32Array(8).fill(3) } }),
  ],
  [
    "plans[0].members: expected two elements a member, got 7",
    () => ({ ...sliced(), classes: { ...sliced().classes, members: sliced().classes.members.slice(0, 7) } }),
  ],
  ["plans[0].table.blocks: expected 0 elements", () => withTable(() => ({ blockCount: 0 }))],
  [
    "plans[0].table.blocks: expected multiples of 32, got 31",
    () => withTable((table) => ({ blocks: Int32Array.of(31, table.blocks[1]!) })),
  ],
  [
    "plans[0].table.positions: expected integer in 40..40, got 32",
    () => withTable((table) => ({ positions: table.positions.slice().reverse() })),
  ],
  [
    "plans[0].table.laneCodes: expected 4096 elements",
    () => withTable((table) => ({ laneCodes: table.laneCodes.slice(1) })),
  ],
  ["plans[0].table.laneBitlines: expected 128 elements", () => withTable(() => ({ laneBitlines: new Uint32Array(8) }))],
  ["plans[0].table.crossbarEnds: expected 1 elements", () => withTable(() => ({ crossbarEnds: new Uint16Array(0) }))],
];

describe.each(["typescript", "debug", "simd"] as const)("%s refuses a plan in one line", async (target) => {
  const kernels = await loadKernels({ target });

  test.each(refused)("%s", (message, plan) => {
    expect(() => count(kernels, plan())).toThrow(RangeError);
    expect(() => count(kernels, plan())).toThrow(message);
  });

  test.each([
    [3, 0],
    [2, 1],
  ])("counts that a table does not hold: OUs of %i rows, empty planes of %i cycles", (ouRows, emptyPlaneCycles) => {
    const plan = tabled();
    expect(() => count(kernels, plan, ouRows, emptyPlaneCycles)).toThrow("plans[0].table: expected counts that fit");
    expect(() => count(kernels, sliced(), ouRows, emptyPlaneCycles)).not.toThrow();
  });

  test("and takes the same plans when nothing is wrong", () => {
    expect(count(kernels, tabled())).toEqual(count(kernels, sliced()));
  });
});
