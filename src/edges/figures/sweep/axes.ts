import type { SweepAxis, SweepReport } from "../../../index.ts";
import type { PointRow } from "../../sweep/rows.ts";
import { VEGA_LITE } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { schemeScale } from "../theme.ts";
import { ACCURACY, AREA, ENERGY, SPEEDUP, channel, extentOf, valueOf } from "./measures.ts";
import type { Measure } from "./measures.ts";
import type { DrawnNetwork } from "./trade.ts";

const WIDTH = 190;
const HEIGHT = 120;
/** More values are not all labelled. */
const MOST_LABELS = 8;
const MOST_VALUES = 60;
/** Of all schemes around a value, in steps from value to value. */
const BREADTH = 0.66;
const MEASURES: readonly Measure[] = [SPEEDUP, ENERGY, AREA, ACCURACY];

interface Spread {
  readonly value: string;
  readonly scheme: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What each axis does, whatever the others are: a row of panels for each network. */
export function axisFigures(
  { axes, schemes }: Pick<SweepReport, "axes" | "schemes">,
  networks: readonly DrawnNetwork[],
): FigureSpec[] {
  return axes.map(drawnPart).flatMap((axis): FigureSpec[] => {
    const rows = networks.flatMap(({ network, rows: own }) => {
      const panels = MEASURES.flatMap((measure) => {
        const spreads = spreadsOf(axis, measure, own);
        return spreads.length === 0 ? [] : [panelSpec(axis, measure, spreads, schemes, network)];
      });
      return panels.length === 0 ? [] : [{ hconcat: panels, spacing: 48, bounds: "flush" as const }];
    });
    if (axis.values.length < 2 || rows.length === 0) return [];
    return [
      {
        name: `axis-${axis.path.replaceAll(".", "-")}`,
        title: axis.path,
        caption: `Median over all other axes, with least and most: ${MEASURES.map(({ title }) => title).join(", ")} where known. Speed-up and energy on log scales.`,
        spec: { $schema: VEGA_LITE, vconcat: rows, spacing: 20 },
      },
    ];
  });
}

/** An axis of very many values is drawn by some of them, spread evenly from the first to the last. */
function drawnPart(axis: SweepAxis): SweepAxis {
  const { length } = axis.values;
  if (length <= MOST_VALUES) return axis;
  const places = Array.from({ length: MOST_VALUES }, (_, i) => Math.round((i * (length - 1)) / (MOST_VALUES - 1)));
  return { ...axis, values: places.map((place) => axis.values[place]!) };
}

function panelSpec(
  axis: SweepAxis,
  measure: Measure,
  spreads: readonly Spread[],
  schemes: readonly string[],
  network: string,
) {
  const extent = extentOf(spreads.flatMap(({ low, high }) => [low, high]));
  const y = (field: string) => {
    const own = channel(measure, field, extent);
    return { ...own, axis: { ...own.axis, title: null } };
  };
  const labels = axis.values.map(String);
  const isLong = labels.some((label) => label.length > 5);
  const shared = {
    // Values stand at whole numbers, schemes beside each other around them: an ordinal scale would part the lines.
    x: {
      field: "place",
      type: "quantitative" as const,
      scale: { domain: [-0.5, labels.length - 0.5], nice: false, zero: false },
      axis: {
        title: axis.path,
        values: [...labels.keys()],
        labelExpr: `${JSON.stringify(labels)}[datum.value]`,
        labelAngle: isLong ? -40 : 0,
        labelLimit: 120,
        labelOverlap: labels.length > MOST_LABELS,
        grid: false,
      },
    },
    color: {
      field: "scheme",
      type: "nominal" as const,
      title: null,
      scale: schemeScale(schemes),
      legend: { orient: "top" as const, columns: 8, symbolType: "circle", symbolOpacity: 1 },
    },
  };
  return {
    title: { text: `${network}: ${measure.axis}`, fontSize: 11, offset: 6, frame: "group" as const },
    data: {
      values: spreads.map(({ value, scheme, ...own }) => ({
        ...own,
        scheme,
        place: labels.indexOf(value) + BREADTH * ((schemes.indexOf(scheme) + 0.5) / schemes.length - 0.5),
      })),
    },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        mark: { type: "rule" as const, opacity: 0.45, aria: false },
        encoding: { ...shared, y: y("low"), y2: { field: "high" } },
      },
      { mark: { type: "line" as const, strokeWidth: 1, aria: false }, encoding: { ...shared, y: y("median") } },
      {
        mark: { type: "circle" as const, size: 22, opacity: 1, aria: false },
        encoding: { ...shared, y: y("median") },
      },
    ],
  };
}

function spreadsOf({ path, values }: SweepAxis, measure: Measure, rows: readonly PointRow[]): Spread[] {
  const groups = new Map<string, { row: PointRow; value: string; numbers: number[] }>();
  const drawn = new Set(values);
  for (const row of rows) {
    const setting = row.point.settings[path];
    const number = valueOf(measure, row);
    if (setting === undefined || number === null || !drawn.has(setting)) continue;
    const value = String(setting);
    const key = JSON.stringify([value, row.scheme]);
    const group = groups.get(key) ?? { row, value, numbers: [] };
    group.numbers.push(number);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ row, value, numbers }) => {
    const sorted = numbers.sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    return {
      value,
      scheme: row.scheme,
      median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
      low: sorted[0]!,
      high: sorted.at(-1)!,
    };
  });
}
