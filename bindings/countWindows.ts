import * as abi from "../assembly/shared/abi.ts";
import type { Arena } from "./arena.ts";
import type { CountPlan, OuTotals, Run, WindowSource } from "./kernels.ts";

/** Copies a source in and returns the address of its record (abi.ts). */
export function copySource(arena: Arena, source: WindowSource): number {
  const { conv } = source;
  const record = new Int32Array(abi.SOURCE_FIELDS);
  // Lines are copied by whole vectors: the last load reaches past the last code.
  record[abi.SOURCE_CODES] = arena.copyIn(source.codes, abi.ARENA_ALIGN_BYTES);
  record[abi.SOURCE_VECTOR_COUNT] = source.vectorCount;
  record[abi.SOURCE_ROW_COUNT] = source.rowCount;
  if (conv !== null) {
    const { kernel, strides, dilations } = conv.geometry;
    record[abi.SOURCE_IS_CONV] = 1;
    record.set(kernel, abi.SOURCE_KERNEL_HEIGHT);
    record.set(strides, abi.SOURCE_STRIDE_Y);
    record.set(dilations, abi.SOURCE_DILATION_Y);
    record[abi.SOURCE_PAD_TOP] = conv.padTop;
    record[abi.SOURCE_PAD_LEFT] = conv.padLeft;
    record[abi.SOURCE_OUT_HEIGHT] = conv.outHeight;
    record[abi.SOURCE_OUT_WIDTH] = conv.outWidth;
    record[abi.SOURCE_CHANNEL_COUNT] = conv.channelCount;
    record[abi.SOURCE_HEIGHT] = conv.height;
    record[abi.SOURCE_WIDTH] = conv.width;
    record[abi.SOURCE_FIRST_CHANNEL] = conv.firstChannel;
    record[abi.SOURCE_CHANNELS_PER_VECTOR] = conv.channelsPerVector;
  }
  return arena.copyIn(record);
}

/** Copies plans in as records, each with zeroed totals at PLAN_TOTALS. */
export function copyPlans(arena: Arena, plans: readonly CountPlan[]): Int32Array {
  const records = new Int32Array(plans.length * abi.PLAN_FIELDS);
  plans.forEach((plan, i) => {
    const record = records.subarray(i * abi.PLAN_FIELDS);
    record[abi.PLAN_OFFSETS] = arena.copyIn(plan.offsets);
    record[abi.PLAN_LISTS] = arena.copyIn(plan.lists);
    record[abi.PLAN_LIST_COUNT] = plan.listCount;
    record[abi.PLAN_CLASSES] = arena.copyIn(plan.classes);
    record[abi.PLAN_CLASS_COUNT] = plan.classCount;
    record[abi.PLAN_MEMBERS] = arena.copyIn(plan.members);
    record[abi.PLAN_ROW_GROUPS] = arena.copyIn(plan.rowGroups);
    record[abi.PLAN_ROW_BITLINES] = arena.copyIn(plan.rowBitlines);
    record[abi.PLAN_TOTALS] = arena.copyIn(new Float64Array(abi.TOTAL_FIELDS));
  });
  return records;
}

/** Job of countWindows (abi.ts) without its scratch block. */
export function countJob(
  source: number,
  windows: Run,
  bits: number,
  plans: number,
  planCount: number,
  ouRows: number,
  emptyPlaneCycles: number,
): Int32Array {
  const job = new Int32Array(abi.COUNT_FIELDS);
  job[abi.COUNT_SOURCE] = source;
  job[abi.COUNT_WINDOW_START] = windows.start;
  job[abi.COUNT_WINDOW_COUNT] = windows.count;
  job[abi.COUNT_BITS] = bits;
  job[abi.COUNT_PLANS] = plans;
  job[abi.COUNT_PLAN_COUNT] = planCount;
  job[abi.COUNT_OU_ROWS] = ouRows;
  job[abi.COUNT_EMPTY_PLANE_CYCLES] = emptyPlaneCycles;
  return job;
}

/** Totals as the kernels write them, f64[TOTAL_FIELDS]. */
export function readTotals(totals: Float64Array): OuTotals {
  return {
    ouOps: totals[abi.TOTAL_OU_OPS]!,
    latencyCycles: totals[abi.TOTAL_LATENCY_CYCLES]!,
    adcConversions: totals[abi.TOTAL_ADC_CONVERSIONS]!,
    openRows: totals[abi.TOTAL_OPEN_ROWS]!,
    cellReads: totals[abi.TOTAL_CELL_READS]!,
    emptyPlanes: totals[abi.TOTAL_EMPTY_PLANES]!,
  };
}
