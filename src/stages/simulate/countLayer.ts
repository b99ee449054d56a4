import type { CountPlan, SegmentTable } from "../../../bindings/kernels.ts";
import { SEGMENT_CROSSBAR, SEGMENT_FIELDS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import type { CountPlans } from "../../model/ir/compressed.ts";
import type { DynamicTotals } from "../../model/ir/counts.ts";
import type { LayerOutline, WindowSource } from "../../model/ir/quantized.ts";
import type { Executor } from "./executor.ts";
import { TASK_WINDOWS, allWindows } from "./pieces.ts";
import { runTiles } from "./runLayer.ts";
import type { OnWindows } from "./runLayer.ts";
import { addDynamic, slowerOf, zeroDynamic } from "./tasks.ts";
import type { CountTask } from "./tasks.ts";

/** The narrowest vector of lanes: 8 windows and their planes. */
const OCTET = 8;
/** With fewer windows a thread has one task: finding the rows of all lists is not little beside the counting. */
const FEW_WINDOWS = 1024;

/** Counts the dynamic schemes over all windows of a source. */
export async function countLayer(
  layer: LayerOutline,
  plans: CountPlans,
  source: WindowSource,
  config: Config,
  executor: Executor,
  onWindows: OnWindows,
): Promise<DynamicTotals> {
  const task: CountTask = {
    kind: "count",
    source,
    format: layer.activations,
    plans,
    ouRows: config.ou.rows,
    emptyPlaneCycles: config.timing.emptyPlaneCycles,
  };
  if (source.windowCount < executor.threads && plans.orc.by === "popcounts")
    return countByCrossbars(layer, task, executor, onWindows);
  const tile = countTile(source.windowCount, executor.threads);
  const parts = await runTiles(executor, task, allWindows(source), tile, layer.name, onWindows);
  return parts.reduce(addDynamic, zeroDynamic);
}

/** Windows of one counting task: equal shares, so that no thread is left waiting for another. */
export function countTile(windowCount: number, threads: number): number {
  if (threads === 1) return TASK_WINDOWS;
  const perThread = windowCount / threads;
  const tasks = perThread < FEW_WINDOWS ? 1 : Math.max(2, Math.ceil(perThread / TASK_WINDOWS));
  return Math.max(1, Math.ceil(perThread / tasks / OCTET)) * OCTET;
}

/** Fewer windows than threads: each thread counts some of the crossbars of every window; the slowest of all counts. */
async function countByCrossbars(
  layer: LayerOutline,
  task: CountTask,
  executor: Executor,
  onWindows: OnWindows,
): Promise<DynamicTotals> {
  const { dense, orc } = task.plans;
  const shares = splitCrossbars(orc.segments, executor.threads).map((segments, index): CountPlans => {
    const own: CountPlan = { segments, rowCount: orc.rowCount, by: "popcounts" };
    return {
      dense: index === 0 ? dense : { ...own, segments: { ...segments, records: new Int32Array(0), segmentCount: 0 } },
      orc: own,
    };
  });
  let total = zeroDynamic;
  for (const window of allWindows(task.source)) {
    const runs = shares.map((plans) => executor.run({ ...task, plans }, Uint32Array.of(window), layer.name));
    total = addDynamic(total, (await Promise.all(runs)).reduce(slowerOf));
    onWindows(1);
  }
  return total;
}

/** Runs of whole crossbars with about as many segments each. */
function splitCrossbars(segments: SegmentTable, partCount: number): SegmentTable[] {
  const { records, segmentCount } = segments;
  const crossbarOf = (segment: number): number => records[segment * SEGMENT_FIELDS + SEGMENT_CROSSBAR]!;
  const parts: SegmentTable[] = [];
  let start = 0;
  for (let part = 1; part <= partCount; part++) {
    let end = Math.max(start, Math.round((segmentCount * part) / partCount));
    while (end > start && end < segmentCount && crossbarOf(end) === crossbarOf(end - 1)) end++;
    parts.push({
      ...segments,
      records: records.subarray(start * SEGMENT_FIELDS, end * SEGMENT_FIELDS),
      segmentCount: end - start,
    });
    start = end;
  }
  return parts;
}
