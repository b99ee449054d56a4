import {
  checkArray,
  checkCount,
  checkCounts,
  checkEmptyVectors,
  checkInteger,
  checkList,
  checkObject,
  checkPair,
  checkRun,
  checkUnit,
  rangeError,
} from "./check.ts";
import { checkPlanSizes, mostRowsOf } from "./checkPlan.ts";
import { fitsTable } from "./countPlan.ts";
import type { ConvWindows, CountPlan, Run, WindowSource } from "./kernels.ts";

export function checkGatherWindows(source: WindowSource, windows: Uint32Array): void {
  checkSource(source);
  checkArray("windows", windows, "Uint32Array");
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
  checkUnit("ouRows", ouRows);
  checkCount("emptyPlaneCycles", emptyPlaneCycles);
  checkList("plans", plans);
  plans.forEach((plan, i) => {
    checkPlanSizes(plan, source, i);
    if (plan.by !== "table") return;
    const mostRows = mostRowsOf(plan.lists);
    if (!fitsTable(mostRows, bits, ouRows, emptyPlaneCycles))
      throw rangeError(`plans[${i}].table`, "counts that fit a code table", `${mostRows} rows in a group`);
  });
}

function checkSource(source: WindowSource): void {
  checkCounts("source", source, "windowCount", "vectorCount", "rowCount");
  const { windowCount, vectorCount, rowCount, codes, conv } = source;
  checkArray("source.codes", codes, "Uint16Array");
  checkEmptyVectors("source", windowCount * vectorCount, rowCount);
  if (conv === null) {
    checkArray("source.codes", codes, "Uint16Array", windowCount * vectorCount * rowCount);
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

function checkConv(source: ConvWindows): void {
  checkObject("source.conv", source);
  const { geometry, ...conv } = source;
  checkObject("source.conv.geometry", geometry);
  for (const [name, value] of Object.entries(conv)) {
    const least = /^out|height|width/.test(name) ? 1 : 0;
    checkInteger(`source.conv.${name}`, value, least, 2 ** 31 - 1);
  }
  for (const name of ["kernel", "strides", "dilations"] as const) {
    checkPair(`source.conv.geometry.${name}`, geometry[name]);
    for (const value of geometry[name]) checkUnit(`source.conv.geometry.${name}`, value);
  }
}
