import * as abi from "../assembly/shared/abi.ts";
import { checkCount, checkElements, checkInteger, checkRun, checkUnit, rangeError } from "./check.ts";
import type { ConvWindows, CountPlan, Run, WindowSource } from "./kernels.ts";

export function checkGatherWindows(source: WindowSource, windows: Uint32Array): void {
  checkSource(source);
  windows.forEach((window, i) => {
    if (window >= source.windowCount) throw rangeError(`windows[${i}]`, `a window below ${source.windowCount}`, window);
  });
}

export function checkCountWindows(
  source: WindowSource,
  windows: Run,
  bits: number,
  plans: readonly CountPlan[],
  ouRows: number,
  emptyPlaneCycles: number,
): void {
  checkSource(source);
  checkRun("windows", windows, source.windowCount);
  checkInteger("bits", bits, 1, 16);
  plans.forEach((plan, i) => checkPlan(plan, source, i));
  checkUnit("ouRows", ouRows);
  checkCount("emptyPlaneCycles", emptyPlaneCycles);
}

function checkSource({ windowCount, vectorCount, rowCount, codes, conv }: WindowSource): void {
  checkCount("source.windowCount", windowCount);
  checkCount("source.vectorCount", vectorCount);
  checkCount("source.rowCount", rowCount);
  if (conv === null) {
    checkElements("source.codes", codes.length, windowCount * vectorCount * rowCount, "windows x vectors x rows");
    return;
  }
  checkConv(conv);
  const [kernelHeight, kernelWidth] = conv.geometry.kernel;
  const rows = conv.channelsPerVector * kernelHeight * kernelWidth;
  if (rowCount !== rows) throw rangeError("source.rowCount", `${rows} (channelsPerVector x kernel)`, rowCount);
  const channels = { start: conv.firstChannel, count: conv.channelsPerVector * vectorCount };
  checkRun("source.conv.firstChannel", channels, conv.channelCount);
  const samples = Math.ceil(windowCount / (conv.outHeight * conv.outWidth));
  const least = samples * conv.channelCount * conv.height * conv.width;
  if (codes.length < least)
    throw rangeError("source.codes", `at least ${least} elements (samples x channels x height x width)`, codes.length);
}

function checkConv({ geometry, ...conv }: ConvWindows): void {
  for (const [name, value] of Object.entries(conv)) {
    const least = /^out|height|width/.test(name) ? 1 : 0;
    checkInteger(`source.conv.${name}`, value, least, 2 ** 31 - 1);
  }
  for (const name of ["kernel", "strides", "dilations"] as const) {
    for (const value of geometry[name]) checkUnit(`source.conv.geometry.${name}`, value);
  }
}

// A plan serves many calls: its lists are walked once.
const checkedPlans = new WeakSet<CountPlan>();

/** `index`: which plan of the call. */
function checkPlan(plan: CountPlan, source: WindowSource, index: number): void {
  const rowCount = source.vectorCount * source.rowCount;
  const { lists, listCount, offsets, classes, classCount, members } = plan;
  checkInteger("plans[#].rowCount", plan.rowCount, rowCount, rowCount, index);
  if (checkedPlans.has(plan)) return;
  checkElements(`plans[${index}].lists`, lists.length, listCount * abi.LIST_FIELDS, "listCount x 5");
  checkElements(`plans[${index}].classes`, classes.length, classCount * abi.CLASS_FIELDS, "classCount x 2");
  checkElements(`plans[${index}].rowGroups`, plan.rowGroups.length, rowCount, "rowCount");
  checkElements(`plans[${index}].rowBitlines`, plan.rowBitlines.length, rowCount, "rowCount");
  const limit = rowCount * abi.LANE_BYTES;
  for (let at = 0; at < lists.length; at += abi.LIST_FIELDS) {
    const start = lists[at + abi.LIST_OFFSET_START]!;
    const count = lists[at + abi.LIST_OFFSET_COUNT]!;
    checkRun("plans[#].lists", { start, count }, offsets.length, index);
    if (count % abi.LIST_STEP !== 0)
      throw rangeError(`plans[${index}].lists`, `lists of a multiple of ${abi.LIST_STEP}`, count);
    checkInteger("plans[#].lists.rowCount", lists[at + abi.LIST_ROW_COUNT]!, 0, count, index);
    // Rows ascend and the padding is the row after the last: the last offset bounds them.
    checkInteger("plans[#].offsets", count === 0 ? 0 : offsets[start + count - 1]!, 0, limit, index);
  }
  for (let at = 0; at < classes.length; at += abi.CLASS_FIELDS) {
    const run = { start: classes[at + abi.CLASS_MEMBER_START]!, count: classes[at + abi.CLASS_MEMBER_COUNT]! };
    checkRun("plans[#].classes", run, members.length / abi.MEMBER_FIELDS, index);
  }
  for (let at = 0; at < members.length; at += abi.MEMBER_FIELDS) {
    checkInteger("plans[#].members", members[at + abi.MEMBER_LIST]!, 0, listCount - 1, index);
    checkCount("plans[#].members.multiplicity", members[at + abi.MEMBER_MULTIPLICITY]!, index);
  }
  checkedPlans.add(plan);
}
