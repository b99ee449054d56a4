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
  for (const [i, plan] of plans.entries()) {
    checkPlanSizes(plan, source, i);
    if (plan.by !== "table") continue;
    const mostRows = mostRowsOf(plan.lists);
    if (!fitsTable(mostRows, bits, ouRows, emptyPlaneCycles))
      throw rangeError(`plans[${i}].table`, "counts that fit a code table", `${mostRows} rows in a group`);
  }
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
  if (codes.length < least) throw rangeError("source.codes", `at least ${least} elements`, codes.length);
}

function checkConv(conv: ConvWindows): void {
  checkCounts("source.conv", conv, "padTop", "padLeft", "channelCount", "firstChannel", "channelsPerVector");
  for (const name of ["outHeight", "outWidth", "height", "width"] as const)
    checkUnit(`source.conv.${name}`, conv[name]);
  const { geometry } = conv;
  checkObject("source.conv.geometry", geometry);
  for (const name of ["kernel", "strides", "dilations"] as const) {
    const pair = geometry[name];
    checkPair(`source.conv.geometry.${name}`, pair);
    for (const i of [0, 1] as const) checkUnit(`source.conv.geometry.${name}`, pair[i]);
  }
}
