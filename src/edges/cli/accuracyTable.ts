import type { AccuracyReport, Spread } from "../../index.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
import { errorCells } from "../tableCells.ts";
import { renderTable } from "./table.ts";

/** Accuracy beside cost of every point, the errors behind them, and the largest OU of each device. */
export function renderAccuracy(report: AccuracyReport): string {
  const { float, integer, samples, chips, network, engine } = report;
  return [
    pc.bold(`${network.name}: ${formatCount(samples)} samples, ${formatCount(chips)} chips a point, engine ${engine}`),
    `float ${percent(float.top1)}, quantised on ideal cells ${percent(integer.top1)}`,
    pointTable(report),
    pc.dim(
      "top-1: mean over chips ± standard deviation (least … most) · speed-up, saving: against naive at the configured OU · * no point of the device is better in accuracy, time and energy together",
    ),
    errorTable(report),
    pc.dim(
      "of all reads (one bitline of one OU operation): misread, bias and RMS error in codes of the ADC · SNR of the layer's output",
    ),
    ...report.largestOu.map(({ sentence }) => sentence),
    ...report.skipped.map(({ name, op, reason }) => pc.yellow(`skipped ${name} (${op}): ${reason}`)),
  ].join("\n");
}

function pointTable({ points }: AccuracyReport): string {
  const hasTop5 = points.some(({ top5 }) => top5 !== null);
  const head = [
    "device",
    "scheme",
    "open\nwordlines",
    "ADC\nbits",
    "top-1",
    ...(hasTop5 ? ["top-5"] : []),
    "OU operations",
    "busy time",
    "energy",
    "speed-up",
    "saving",
    "",
  ];
  const rows = points.map(({ device, scheme, openWordlines, adcBits, top1, top5, holds, isPareto, cost }) => [
    device,
    scheme,
    String(openWordlines),
    String(adcBits),
    holds ? pc.green(spread(top1)) : spread(top1),
    ...(hasTop5 ? [top5 === null ? "" : percent(top5.mean)] : []),
    formatCount(cost.ouOps),
    formatTime(cost.busyTime_ns),
    formatEnergy(cost.energy_pJ),
    formatFactor(cost.speedup),
    formatRatio(cost.energySavingRatio),
    isPareto ? "*" : "",
  ]);
  return renderTable(head, rows, 2);
}

function errorTable({ points }: AccuracyReport): string {
  const head = ["device", "scheme", "open\nwordlines", "layer", "reads", "misread", "bias", "RMS", "SNR"];
  const rows = points.flatMap(({ device, scheme, openWordlines, layers }) =>
    layers.map((errors, index) => [
      ...(index === 0 ? [device, scheme, String(openWordlines)] : ["", "", ""]),
      errors.name,
      ...errorCells(errors),
    ]),
  );
  return renderTable(head, rows, 2);
}

function spread({ mean, std, min, max }: Spread): string {
  return `${percent(mean)} ± ${(std * 100).toFixed(1)} (${(min * 100).toFixed(1)} … ${(max * 100).toFixed(1)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
