import type { TopLevelSpec } from "vega-lite";
import type { FigurePlot } from "../../index.ts";

const WIDTH = 220;
const HEIGHT = 160;
const PANELS_PER_LINE = 3;

/** A figure of the evaluation: a panel for each network, bars or lines by series. */
export function figurePlot({ title, kind, x, y, log, values }: FigurePlot): TopLevelSpec {
  const panels = [...new Set(values.map(({ panel }) => panel))];
  const order = [...new Set(values.map((value) => value.x))];
  const isLogX = log.includes("x");
  const isLines = kind === "lines";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title,
    data: { values: [...values] },
    facet: { field: "panel", type: "nominal", title: null, sort: panels },
    columns: PANELS_PER_LINE,
    resolve: { scale: { y: "independent" } },
    spec: {
      width: WIDTH,
      height: HEIGHT,
      mark: isLines ? { type: "line", point: true } : { type: "bar" },
      encoding: {
        x: {
          field: "x",
          type: isLogX ? "quantitative" : "ordinal",
          sort: order as string[],
          axis: { title: x, ...(isLogX ? { values: order as number[], format: "d" } : { labelAngle: -40 }) },
          ...(isLogX ? { scale: { type: "log", base: 2, nice: false } } : {}),
        },
        y: {
          field: "y",
          type: "quantitative",
          axis: { title: y },
          ...(log.includes("y") && isLines ? { scale: { type: "log" } } : {}),
          ...(isLines ? {} : { stack: "zero" as const }),
        },
        color: {
          field: "series",
          type: "nominal",
          title: null,
          sort: [...new Set(values.map(({ series }) => series))],
        },
      },
    },
    config: { background: "white" },
  };
}
