import type { LayerSchemeReport, Report, Scheme } from "../../../index.ts";
import { layerTitle } from "../../format.ts";
import { ROW_HEADER, VEGA_LITE, logBars } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { schemeScale } from "../theme.ts";

/** Layers beyond which the schemes stand below each other, not side by side. */
const MOST_GROUPED = 12;
const BAR_STEP = 8;
const LARGEST_BAR_STEP = 13;
/** Bars of few layers are broader, up to this width of the whole. */
const GROUPED_WIDTH = 300;
const LAYER_STEP = 15;
const HEIGHT = 200;
const ROW_HEIGHT = 64;

interface Bar {
  readonly layer: string;
  readonly scheme: string;
  readonly value: number;
}

interface Measure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly axis: string;
  readonly isLog: boolean;
  readonly of: (sums: LayerSchemeReport) => number | null;
}

/** Every layer under every scheme. */
export function layerFigures(report: Report): FigureSpec[] {
  const { samples } = report;
  const measures: Measure[] = [
    {
      name: "layers-speedup",
      title: "Speed-up of each layer",
      caption: "OU operations times cycle against naive.",
      axis: "times faster than naive",
      isLog: false,
      of: ({ speedup }) => speedup,
    },
    {
      name: "layers-latency",
      title: "Latency of each layer",
      caption: "Per sample, on one copy of its crossbars. Log scale.",
      axis: "µs per sample",
      isLog: true,
      of: ({ latency_ns }) => latency_ns / samples / 1e3,
    },
    {
      name: "layers-energy",
      title: "Energy of each layer",
      caption: "Per sample. Log scale.",
      axis: "µJ per sample",
      isLog: true,
      of: ({ energy_pJ }) => energy_pJ / samples / 1e6,
    },
  ];
  return measures.map((measure) => measureFigure(report, measure));
}

function measureFigure({ layers, totals }: Report, measure: Measure): FigureSpec {
  const schemes = Object.keys(totals) as Scheme[];
  const bars = layers.flatMap((layer): Bar[] =>
    schemes.flatMap((scheme) => {
      const value = measure.of(layer.schemes[scheme]!);
      return value === null || (measure.isLog && value <= 0)
        ? []
        : [{ layer: layerTitle(layer, layers), scheme, value }];
    }),
  );
  const { name, title, caption } = measure;
  const isGrouped = layers.length <= MOST_GROUPED;
  const spec = isGrouped ? groupedSpec(bars, schemes, measure) : stackedRowsSpec(bars, schemes, measure);
  return { name, title, caption, spec };
}

/** Schemes side by side above each layer. */
function groupedSpec(bars: readonly Bar[], schemes: readonly string[], measure: Measure): FigureSpec["spec"] {
  const step = Math.min(LARGEST_BAR_STEP, Math.max(BAR_STEP, Math.floor(GROUPED_WIDTH / bars.length)));
  return {
    $schema: VEGA_LITE,
    data: { values: [...bars] },
    width: { step },
    height: HEIGHT,
    mark: "bar",
    encoding: {
      x: { field: "layer", type: "nominal", sort: null, title: null, axis: { labelAngle: 0, labelLimit: 110 } },
      xOffset: { field: "scheme", type: "nominal", sort: [...schemes] },
      ...valueChannels(bars, measure, 5),
      color: schemeColour(schemes),
    },
  };
}

/** A row of bars for each scheme: many layers stay narrow. */
function stackedRowsSpec(bars: readonly Bar[], schemes: readonly string[], measure: Measure): FigureSpec["spec"] {
  return {
    $schema: VEGA_LITE,
    data: { values: [...bars] },
    facet: {
      row: {
        field: "scheme",
        type: "nominal",
        sort: [...schemes],
        title: null,
        header: ROW_HEADER,
      },
    },
    spacing: 12,
    spec: {
      width: { step: LAYER_STEP },
      height: ROW_HEIGHT,
      mark: "bar",
      encoding: {
        x: { field: "layer", type: "nominal", sort: null, title: null, axis: { labelAngle: -60 } },
        ...valueChannels(bars, { ...measure, axis: "" }, 3),
        color: { ...schemeColour(schemes), legend: null },
      },
    },
  };
}

function valueChannels(bars: readonly Bar[], { axis, isLog }: Measure, tickCount: number) {
  const title = axis === "" ? null : axis;
  const shared = { field: "value", type: "quantitative" as const };
  if (!isLog) return { y: { ...shared, title, axis: { tickCount } } };
  const { scale, axis: powers, from } = logBars(bars.map(({ value }) => value));
  return { y: { ...shared, title, scale, axis: powers }, y2: from };
}

function schemeColour(schemes: readonly string[]) {
  return {
    field: "scheme",
    type: "nominal" as const,
    title: null,
    sort: [...schemes],
    scale: schemeScale(schemes),
    legend: { orient: "top" as const, columns: 4 },
  };
}
