import type { Report, Scheme, SchemeTotals } from "../../../index.ts";
import { VEGA_LITE, logBars } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { stackParts } from "../parts.ts";
import { partColours } from "../theme.ts";

const WIDTH = 320;

type Totals = readonly (readonly [scheme: Scheme, totals: SchemeTotals])[];

/** The network as a whole under each scheme. */
export function schemeFigures(report: Report): FigureSpec[] {
  const totals = Object.entries(report.totals) as [Scheme, SchemeTotals][];
  return [speedupFigure(totals), timeFigure(totals, report.samples), energyFigure(totals), energyShareFigure(totals)];
}

function speedupFigure(totals: Totals): FigureSpec {
  const values = totals.flatMap(([scheme, { speedup, latencySpeedup }]) => [
    { scheme, kind: "speed-up", value: speedup },
    { scheme, kind: "latency speed-up", value: latencySpeedup },
  ]);
  return {
    name: "speedup",
    title: "Speed-up against naive",
    caption:
      "Speed-up: OU operations times cycle, equal hardware kept busy. Latency speed-up: one copy of the network, no replicas.",
    spec: {
      $schema: VEGA_LITE,
      data: { values: values.filter(({ value }) => value !== null) },
      width: WIDTH,
      height: { step: 13 },
      mark: "bar",
      encoding: {
        x: { field: "value", type: "quantitative", title: "times faster than naive" },
        y: { field: "scheme", type: "nominal", sort: null, title: null },
        yOffset: { field: "kind", type: "nominal", sort: null },
        color: {
          field: "kind",
          type: "nominal",
          sort: null,
          title: null,
          scale: { range: [partColours[2]!, partColours[7]!] },
          legend: { orient: "bottom" },
        },
      },
    },
  };
}

function timeFigure(totals: Totals, samples: number): FigureSpec {
  const values = totals
    .flatMap(([scheme, { latency_ns, pipelined_ns }]) => [
      { scheme, kind: "sequential", value: latency_ns / samples / 1e3 },
      { scheme, kind: "pipelined", value: (pipelined_ns ?? 0) / 1e3 },
    ])
    .filter(({ value }) => value > 0);
  const { scale, axis, from } = logBars(values.map(({ value }) => value));
  return {
    name: "time",
    title: "Time per sample",
    caption:
      "Sequential: layer after layer on one copy. Pipelined: all layers at once, replicas on the chip's spare crossbars; missing where one copy does not fit on the chip. Log scale.",
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      width: WIDTH,
      height: { step: 13 },
      mark: "bar",
      encoding: {
        x: {
          field: "value",
          type: "quantitative",
          title: "µs per sample",
          scale,
          axis,
        },
        x2: from,
        y: { field: "scheme", type: "nominal", sort: totals.map(([scheme]) => scheme), title: null },
        yOffset: { field: "kind", type: "nominal", sort: ["sequential", "pipelined"] },
        color: {
          field: "kind",
          type: "nominal",
          title: null,
          scale: { domain: ["sequential", "pipelined"], range: [partColours[0]!, partColours[1]!] },
          legend: { orient: "bottom" },
        },
      },
    },
  };
}

function energyFigure(totals: Totals): FigureSpec {
  return {
    name: "energy",
    title: "Energy",
    caption: "Of all samples, by component. Components below 2 % of every scheme are in the rest.",
    spec: energySpec(totals, false),
  };
}

function energyShareFigure(totals: Totals): FigureSpec {
  return {
    name: "energy-share",
    title: "Energy, each scheme as a whole",
    caption: "The same as shares: what a scheme spends its energy on.",
    spec: energySpec(totals, true),
  };
}

function energySpec(totals: Totals, isShare: boolean): FigureSpec["spec"] {
  const { values, colour } = stackParts(
    totals.map(([scheme, { energyByComponent_pJ }]) => ({ label: scheme, parts: energyByComponent_pJ })),
  );
  return {
    $schema: VEGA_LITE,
    data: { values: values.map(({ value, ...part }) => ({ ...part, energy_uJ: value / 1e6 })) },
    width: WIDTH,
    height: { step: 22 },
    mark: "bar",
    encoding: {
      x: {
        field: "energy_uJ",
        type: "quantitative",
        stack: isShare ? "normalize" : "zero",
        title: isShare ? "share of the scheme's energy" : "µJ",
        axis: isShare ? { format: "%", tickCount: 5 } : { tickCount: 4, format: "~s" },
      },
      y: { field: "label", type: "nominal", sort: null, title: null },
      color: colour,
      order: { field: "rank" },
    },
  };
}
