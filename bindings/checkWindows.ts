import {
  checkAttached,
  checkCount,
  checkElements,
  checkEmptyVectors,
  checkInteger,
  checkRun,
  checkUnit,
  rangeError,
} from "./check.ts";
import { checkPlanSizes, mostRowsOf } from "./checkPlan.ts";
import { fitsTable } from "./countPlan.ts";
import type { ConvWindows, CountPlan, Run, WindowSource } from "./kernels.ts";

export function checkGatherWindows(source: WindowSource, windows: Uint32Array): void {
  checkSource(source);
  checkAttached("windows", windows);
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
  plans.forEach((plan, i) => {
    checkPlanSizes(plan, source, i);
    if (plan.by !== "table") return;
    const mostRows = mostRowsOf(plan.lists);
    if (!fitsTable(mostRows, bits, ouRows, emptyPlaneCycles))
      throw rangeError(`plans[${i}].table`, "counts that fit a code table", `${mostRows} rows in a group`);
  });
}

function checkSource({ windowCount, vectorCount, rowCount, codes, conv }: WindowSource): void {
  checkCount("source.windowCount", windowCount);
  checkCount("source.vectorCount", vectorCount);
  checkCount("source.rowCount", rowCount);
  checkEmptyVectors("source", windowCount * vectorCount, rowCount);
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
    checkElements(`source.conv.geometry.${name}`, geometry[name].length, 2, "height and width");
    for (const value of geometry[name]) checkUnit(`source.conv.geometry.${name}`, value);
  }
}
