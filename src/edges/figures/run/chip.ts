import type { Distribution, Report, Scheme, SchemeTotals } from "../../../index.ts";
import { layerTitle } from "../../format.ts";
import { ROW_HEADER, VEGA_LITE, logBars } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { stackParts } from "../parts.ts";
import { colourOf, schemeScale } from "../theme.ts";

const WIDTH = 320;
const PANEL_HEIGHT = 56;
const LAYER_STEP = 15;
const BIN_PERCENT = 10;

/** The network on the chip. */
export function chipFigures(report: Report): FigureSpec[] {
  const totals = Object.entries(report.totals) as [Scheme, SchemeTotals][];
  const piped = totals.filter(([, { pipeline }]) => pipeline !== null);
  const placements = Object.entries(report.area.placements);
  const use = placements.map(([name, { crossbarUse }]) => [name, crossbarUse] as const);
  const busy = piped.map(([scheme, { pipeline }]) => [scheme, pipeline?.cuBusy ?? null] as const);
  return [
    ...(piped.length > 0 ? [pipelineFigure(report, piped)] : []),
    ...(busy.some(([, distribution]) => distribution !== null)
      ? [
          tenthsFigure(
            {
              name: "cu-busy",
              title: "Busy share of the CUs",
              caption:
                "CUs by the share of the time in which their crossbars open an OU, in the steady state of the pipeline, replicas included. Shares of the dynamic schemes follow the windows that were looked at.",
              axis: "busy share",
            },
            busy,
            schemeScale(busy.map(([scheme]) => scheme)),
          ),
        ]
      : []),
    tenthsFigure(
      {
        name: "crossbar-use",
        title: "Use of the crossbars",
        caption: "Crossbars of one copy by the share of their cells that hold something, in each placement.",
        axis: "cells used",
      },
      use,
      { domain: use.map(([name]) => name), range: [colourOf("naive"), colourOf("recom"), colourOf("orc")] },
    ),
    areaFigure(report),
  ];
}

function pipelineFigure({ layers, samples }: Report, piped: readonly (readonly [Scheme, SchemeTotals])[]): FigureSpec {
  const values = piped.flatMap(([scheme]) =>
    layers.flatMap((layer) => {
      const { latency_ns, pipeline } = layer.schemes[scheme]!;
      const title = layerTitle(layer, layers);
      return [
        { scheme, layer: title, kind: "one copy", value: latency_ns / samples / 1e3 },
        { scheme, layer: title, kind: "with replicas", value: (pipeline?.timePerSample_ns ?? 0) / 1e3 },
      ].filter(({ value }) => value > 0);
    }),
  );
  const { scale, axis, from } = logBars(values.map(({ value }) => value));
  return {
    name: "pipeline",
    title: "Balance of the pipeline",
    caption:
      "Time per sample of each layer on one copy, and on the replicas that the chip's spare crossbars hold; the tallest dark bar is the time of the pipeline. Log scale, µs.",
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      facet: {
        row: {
          field: "scheme",
          type: "nominal",
          sort: piped.map(([scheme]) => scheme),
          title: null,
          header: ROW_HEADER,
        },
      },
      spacing: 12,
      spec: {
        width: layers.length < 16 ? 16 * LAYER_STEP : { step: LAYER_STEP },
        height: PANEL_HEIGHT,
        mark: "bar",
        encoding: {
          x: {
            field: "layer",
            type: "nominal",
            sort: null,
            title: null,
            axis: { labelAngle: layers.length < 6 ? 0 : -60 },
          },
          y: {
            field: "value",
            type: "quantitative",
            stack: null,
            title: null,
            scale,
            axis,
          },
          y2: from,
          color: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: ["one copy", "with replicas"], range: ["#9fb8d6", "#2a5d94"] },
            legend: { orient: "top" },
          },
        },
      },
    },
  };
}

function tenthsFigure(
  { name, title, caption, axis }: Pick<FigureSpec, "name" | "title" | "caption"> & { readonly axis: string },
  distributions: readonly (readonly [label: string, distribution: Distribution | null])[],
  scale: { domain: string[]; range: string[] },
): FigureSpec {
  const values = distributions.flatMap(([label, distribution]) =>
    (distribution?.tenths ?? []).map((count, tenth) => ({
      label,
      from: (tenth * BIN_PERCENT) / 100,
      to: ((tenth + 1) * BIN_PERCENT) / 100,
      share: count / distribution!.count,
    })),
  );
  return {
    name,
    title,
    caption,
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      facet: {
        row: {
          field: "label",
          type: "nominal",
          sort: scale.domain,
          title: null,
          header: ROW_HEADER,
        },
      },
      spacing: 12,
      spec: {
        width: WIDTH - 40,
        height: PANEL_HEIGHT * 0.7,
        mark: { type: "bar", binSpacing: 1 },
        encoding: {
          x: { field: "from", type: "quantitative", bin: "binned", title: axis, axis: { format: "%", tickCount: 5 } },
          x2: { field: "to" },
          y: {
            field: "share",
            type: "quantitative",
            title: null,
            scale: { domain: [0, 1] },
            axis: { values: [0, 1], format: "%" },
          },
          color: { field: "label", type: "nominal", scale, legend: null },
        },
      },
    },
  };
}

function areaFigure({ area }: Report): FigureSpec {
  const { values, colour } = stackParts(
    Object.entries(area.placements).map(([name, { tiles, areaByComponent_mm2 }]) => ({
      label: `${name}: ${tiles} ${tiles === 1 ? "tile" : "tiles"}`,
      parts: areaByComponent_mm2,
    })),
  );
  return {
    name: "area",
    title: "Area of one copy",
    caption:
      "Whole tiles that hold one copy of the network in each placement, by component [isaac16, sre19]; the index buffer is an estimate. Components below 2 % are in the rest.",
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      width: WIDTH,
      height: { step: 26 },
      mark: "bar",
      encoding: {
        x: { field: "value", type: "quantitative", title: "mm²", axis: { tickCount: 5 } },
        y: { field: "label", type: "nominal", sort: null, title: null },
        color: colour,
        order: { field: "rank" },
      },
    },
  };
}
