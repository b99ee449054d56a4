import * as abi from "../assembly/shared/abi.ts";
import type { Arena } from "./arena.ts";
import { checkPlanContents } from "./checkPlan.ts";
import type { KernelCalls } from "./kernelCalls.ts";
import type { CountPlan, OuTotals, Run, WindowSource } from "./kernels.ts";
import { countNeed } from "./scratch.ts";
import { countWindowsByPopcount } from "./popcountWindows.ts";
import type { Popcounting } from "./popcountWindows.ts";

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

/** BulkKernels.countWindows over an instance: plans by popcounts and those that the kernel takes, each in a pass of its own. */
export function countWindows(
  kernels: KernelCalls & Popcounting,
  source: WindowSource,
  windows: Run,
  bits: number,
  plans: readonly CountPlan[],
  ouRows: number,
  emptyPlaneCycles: number,
): OuTotals[] {
  const hasLanes = kernels.call("hasLanes") !== 0;
  const laned = plans.filter((plan) => hasLanes && plan.by !== "popcounts");
  const others = plans.filter((plan) => !laned.includes(plan));
  if (!hasLanes) plans.forEach(checkPlanContents);
  const totals = new Map<CountPlan, OuTotals>();
  if (others.length > 0) {
    const counted = countWindowsByPopcount(kernels, source, windows, bits, others, ouRows, emptyPlaneCycles);
    others.forEach((plan, i) => totals.set(plan, counted[i]!));
  }
  if (laned.length > 0) {
    const counted = countInLanes(kernels, source, windows, bits, laned, ouRows, emptyPlaneCycles);
    laned.forEach((plan, i) => totals.set(plan, counted[i]!));
  }
  return plans.map((plan) => totals.get(plan)!);
}

function countInLanes(
  kernels: KernelCalls,
  source: WindowSource,
  windows: Run,
  bits: number,
  plans: readonly CountPlan[],
  ouRows: number,
  emptyPlaneCycles: number,
): OuTotals[] {
  const { arena } = kernels;
  const totals: OuTotals[] = [];
  arena.expectRoom(countNeed(source, bits, plans));
  kernels.withBlocks(() => {
    const records = copyPlans(arena, plans);
    plans.forEach((plan, i) => checkCopied(kernels, plan, records.subarray(i * abi.PLAN_FIELDS), i));
    const job = new Int32Array(abi.COUNT_FIELDS);
    job[abi.COUNT_SOURCE] = copySource(arena, source);
    job[abi.COUNT_WINDOW_START] = windows.start;
    job[abi.COUNT_WINDOW_COUNT] = windows.count;
    job[abi.COUNT_BITS] = bits;
    job[abi.COUNT_PLANS] = arena.copyIn(records);
    job[abi.COUNT_PLAN_COUNT] = plans.length;
    job[abi.COUNT_OU_ROWS] = ouRows;
    job[abi.COUNT_EMPTY_PLANE_CYCLES] = emptyPlaneCycles;
    job[abi.COUNT_SCRATCH] = arena.allocate(kernels.call("countScratchBytes", arena.copyIn(job)) >>> 0);
    kernels.call("countWindows", arena.copyIn(job));
    for (let at = abi.PLAN_TOTALS; at < records.length; at += abi.PLAN_FIELDS) {
      const planTotals = new Float64Array(abi.TOTAL_FIELDS);
      arena.copyOut(records[at]! >>> 0, planTotals);
      totals.push(readTotals(planTotals));
    }
  });
  return totals;
}

/** @throws RangeError when a plan reaches outside its arrays. */
function checkCopied(kernels: KernelCalls, plan: CountPlan, record: Int32Array, index: number): void {
  if (plan.by === "popcounts") return;
  const [lists, masks] = [record[abi.PLAN_LISTS]!, record[abi.PLAN_MASKS]!];
  const { listCount } = plan.lists;
  const maskWords = plan.segments.masks.length;
  const areListsSound = kernels.call("areListsSound", lists, listCount, masks, maskWords, plan.rowCount) !== 0;
  let areOthersSound = false;
  if (plan.by === "slices") {
    const { classCount, members } = plan.classes;
    const [classes, memberAt] = [record[abi.PLAN_CLASSES]!, record[abi.PLAN_MEMBERS]!];
    const memberCount = members.length / abi.MEMBER_FIELDS;
    areOthersSound = kernels.call("areClassesSound", classes, classCount, memberAt, memberCount, listCount) !== 0;
  }
  // Walking millions of words in TypeScript that is not compiled yet takes longer than counting them.
  if (!areListsSound || !areOthersSound) checkPlanContents(plan, index);
}

/** Copies plans in as records, each with zeroed totals at PLAN_TOTALS. */
function copyPlans(arena: Arena, plans: readonly CountPlan[]): Int32Array {
  const records = new Int32Array(plans.length * abi.PLAN_FIELDS);
  plans.forEach((plan, i) => {
    const record = records.subarray(i * abi.PLAN_FIELDS);
    if (plan.by === "popcounts") return;
    record[abi.PLAN_MASKS] = arena.copyIn(plan.segments.masks);
    record[abi.PLAN_LISTS] = arena.copyIn(plan.lists.records);
    record[abi.PLAN_LIST_COUNT] = plan.lists.listCount;
    if (plan.by === "slices") {
      record[abi.PLAN_CLASSES] = arena.copyIn(plan.classes.records);
      record[abi.PLAN_CLASS_COUNT] = plan.classes.classCount;
      record[abi.PLAN_MEMBERS] = arena.copyIn(plan.classes.members);
    } else {
      record[abi.PLAN_HAS_TABLE] = 1;
      record[abi.PLAN_BLOCKS] = arena.copyIn(plan.table.blocks);
      record[abi.PLAN_BLOCK_COUNT] = plan.table.blockCount;
      record[abi.PLAN_POSITIONS] = arena.copyIn(plan.table.positions);
      record[abi.PLAN_LANE_CODES] = arena.copyIn(plan.table.laneCodes);
      record[abi.PLAN_LANE_BITLINES] = arena.copyIn(plan.table.laneBitlines);
      record[abi.PLAN_CROSSBAR_ENDS] = arena.copyIn(plan.table.crossbarEnds);
    }
    record[abi.PLAN_TOTALS] = arena.copyIn(new Float64Array(abi.TOTAL_FIELDS));
  });
  return records;
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
