import type { TopLevelSpec } from "vega-lite";
import type { AccuracyReport } from "../../index.ts";
import type { FigureSpec } from "./figure.ts";

const WIDTH = 320;
const HEIGHT = 240;

/** The figures of an accuracy report; their titles stand outside the drawings. */
export function accuracyFigures(report: AccuracyReport): FigureSpec[] {
  const { title: _accuracy, ...accuracy } = accuracyFigure(report);
  const { title: _trade, ...trade } = tradeFigure(report);
  return [
    {
      name: "accuracy",
      title: "Accuracy by open wordlines",
      caption: `Top-1 on ${report.samples} samples, mean and standard deviation over ${report.chips} chips a point; dashed: the float network.`,
      spec: accuracy,
    },
    {
      name: "trade",
      title: "Accuracy and speed-up",
      caption:
        "Each OU height of each scheme, named by its open wordlines; filled: not beaten in accuracy, time and energy together.",
      spec: trade,
    },
  ];
}

/** Top-1 accuracy against open wordlines: a line for each device with its spread over chips, a panel for each scheme. */
export function accuracyFigure(report: AccuracyReport): TopLevelSpec {
  const values = report.points.map(({ device, scheme, openWordlines, top1 }) => ({
    ...{ device, scheme, openWordlines },
    accuracy: top1.mean,
    low: Math.max(0, top1.mean - top1.std),
    high: Math.min(1, top1.mean + top1.std),
  }));
  const ticks = [...new Set(values.map(({ openWordlines }) => openWordlines))].sort((a, b) => a - b);
  const x = {
    field: "openWordlines",
    type: "quantitative" as const,
    scale: { type: "log" as const, base: 2, nice: false },
    axis: { values: ticks, format: "d", title: "open wordlines (OU rows)" },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    scale: { domain: [0, 1] },
    axis: { format: ".0%", title: "top-1 accuracy" },
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `${report.network.name}: accuracy by open wordlines (${report.samples} samples, ${report.chips} chips a point)`,
    data: { values },
    facet: { column: { field: "scheme", type: "nominal", title: null, sort: values.map(({ scheme }) => scheme) } },
    spec: {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          mark: { type: "rule", strokeDash: [4, 4], color: "gray" },
          encoding: { y: { datum: report.float.top1, type: "quantitative" } },
        },
        {
          mark: { type: "errorbar", ticks: true },
          encoding: {
            x,
            y: { ...y("low"), title: "top-1 accuracy" },
            y2: { field: "high" },
            color: { field: "device", type: "nominal" },
          },
        },
        {
          mark: { type: "line", point: true },
          encoding: { x, y: y("accuracy"), color: { field: "device", type: "nominal", title: "device" } },
        },
      ],
    },
  };
}

/** Accuracy against speed-up: every point with its OU height, those that none beats filled. */
export function tradeFigure(report: AccuracyReport): TopLevelSpec {
  const values = report.points.map(({ device, scheme, openWordlines, top1, cost, isPareto }) => ({
    ...{ device, scheme, openWordlines, isPareto },
    accuracy: top1.mean,
    speedup: cost.speedup,
  }));
  const x = {
    field: "speedup",
    type: "quantitative" as const,
    scale: { type: "log" as const, nice: true },
    axis: { title: "speed-up against naive at the configured OU" },
  };
  const y = {
    field: "accuracy",
    type: "quantitative" as const,
    scale: { domain: [0, 1] },
    axis: { format: ".0%", title: "top-1 accuracy" },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `${report.network.name}: accuracy and speed-up of each OU height (filled: not beaten in accuracy, time and energy)`,
    data: { values },
    facet: { column: { field: "device", type: "nominal", title: null, sort: report.devices.map(({ name }) => name) } },
    spec: {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          mark: { type: "point", size: 60 },
          encoding: {
            x,
            y,
            color: { field: "scheme", type: "nominal" },
            fill: { condition: { test: "datum.isPareto", field: "scheme", type: "nominal" }, value: "white" },
          },
        },
        { mark: { type: "text", dy: -10, fontSize: 9 }, encoding: { x, y, text: { field: "openWordlines" } } },
      ],
    },
  };
}
