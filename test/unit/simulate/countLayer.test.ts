import { expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { WindowSource } from "../../../bindings/kernels.ts";
import { parseConfig } from "../../../src/index.ts";
import type { LayerOutline } from "../../../src/model/ir/quantized.ts";
import { countPlan } from "../../../src/stages/compress/countPlan.ts";
import { SegmentTableBuilder } from "../../../src/stages/compress/segmentTable.ts";
import { countLayer } from "../../../src/stages/simulate/countLayer.ts";
import { inlineExecutor } from "../../../src/stages/simulate/executor.ts";
import { Random } from "../../helpers/random.ts";

const ROWS = 64;
const random = new Random(5);
const kernels = await loadKernels();

/** Crossbars of as many groups as told, each of which keeps rows of its own. */
function segmentsOf(groupCounts: readonly number[]) {
  const builder = new SegmentTableBuilder();
  for (const groupCount of groupCounts) {
    builder.addCrossbar();
    for (let group = 0; group < groupCount; group++) {
      const rows = Uint32Array.from({ length: 2 }, () => random.integer(0, 2 ** 31 - 1));
      builder.addMembers(0, rows, 0, { start: 0, count: ROWS }, 16);
    }
  }
  return builder.build();
}

const layer: LayerOutline = {
  ...{ name: "test", op: "MatMul", group: 0, weightScale: 1, firstChannel: 0, inputTensor: "" },
  matrices: [{ rowCount: ROWS, colCount: 8, weightBits: 4 }],
  activations: { bits: 6, signed: false, scale: 1 },
  geometry: { kind: "dense" },
};
const source: WindowSource = {
  ...{ windowCount: 2, vectorCount: 1, rowCount: ROWS, conv: null },
  codes: Uint16Array.from({ length: 2 * ROWS }, () => random.integer(0, 63)),
};
const plans = {
  dense: countPlan(segmentsOf([2, 2, 2]), 1, ROWS, "popcounts"),
  orc: countPlan(segmentsOf([3, 1, 4, 2, 2, 5, 1]), 1, ROWS, "popcounts"),
};

test.each([3, 4, 20])("%i threads with fewer windows count what one thread counts", async (threads) => {
  const config = parseConfig([], ["ou.rows=4", "timing.emptyPlaneCycles=1"]);
  const one = inlineExecutor(kernels);
  const expected = await countLayer(layer, plans, source, config, one, () => {});
  let windows = 0;
  const found = await countLayer(layer, plans, source, config, { ...one, threads }, (count) => (windows += count));
  expect(found).toEqual(expected);
  expect(windows).toBe(2);
});

test("every window is told once, in parts that do not divide evenly", async () => {
  const codes = new Uint16Array(5000 * ROWS);
  const many = { ...source, windowCount: 5000, codes };
  let windows = 0;
  const executor = inlineExecutor(kernels);
  await countLayer(layer, plans, many, parseConfig([], []), executor, (count) => (windows += count));
  expect(windows).toBe(5000);
});
