import type { SweepAxis, SweepReport } from "../../../index.ts";
import type { PointRow } from "../../sweep/rows.ts";
import { VEGA_LITE } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { schemeScale } from "../theme.ts";
import { ACCURACY, AREA, ENERGY, TIME, extentOf, spread, valueOf } from "./measures.ts";
import type { Measure } from "./measures.ts";
import type { DrawnNetwork } from "./trade.ts";

const STEP = 112;
const HEIGHT = 250;
const MOST_LINES = 200;
/** Breadth of the rows that share a setting. */
const BUNDLE = 0.06;
/** Labels on one axis. */
const MOST_LABELS = 9;

/** Text in the colour of the ground, broadened: lines do not strike the text above it. */
const HALO = {
  stroke: "var(--ground, white)",
  fill: "var(--ground, white)",
  strokeWidth: 4,
  strokeJoin: "round" as const,
};

/** An upright axis: where rows cross it, from 0 at the foot to 1, and its labels. */
interface Upright {
  readonly title: string;
  readonly isSetting: boolean;
  readonly place: (row: PointRow) => number | null;
  readonly labels: readonly { readonly at: number; readonly text: string }[];
}

/** Rows of the front as lines over settings and measures: which settings lead where. */
export function frontFigure(
  { network, suffix, rows }: DrawnNetwork,
  { axes, schemes }: Pick<SweepReport, "axes" | "schemes">,
): FigureSpec[] {
  const front = rows.filter(({ isPareto }) => isPareto).sort((a, b) => a.time_ns - b.time_ns);
  const shown = spread(front, MOST_LINES);
  const uprights = [
    ...axes.filter(({ values }) => values.length > 1).map(settingUpright),
    ...[TIME, ENERGY, AREA, ACCURACY].flatMap((measure) => measureUpright(measure, shown)),
  ];
  if (shown.length < 2) return [];
  const titles = uprights.map(({ title }) => title);
  const values = shown.flatMap((row, line) =>
    uprights.flatMap(({ title, place, isSetting }) => {
      const at = place(row);
      // Rows of one setting side by side, not on each other.
      const aside = isSetting ? BUNDLE * (line / (shown.length - 1) - 0.5) : 0;
      return at === null ? [] : [{ line, scheme: row.scheme, title, at: at + aside }];
    }),
  );
  const x = {
    field: "title",
    type: "nominal" as const,
    sort: titles,
    axis: {
      title: null,
      orient: "top" as const,
      labelAngle: 0,
      labelLimit: 0,
      // Room for a second line, which stands below the first one.
      labelPadding: titles.some((title) => title.includes(".")) ? 18 : 4,
      labelExpr: "split(datum.label, '.')",
      domain: false,
      ticks: false,
      grid: true,
    },
  };
  const y = { field: "at", type: "quantitative" as const, scale: { domain: [-0.05, 1.05], nice: false }, axis: null };
  return [
    {
      name: `front${suffix}`,
      title: `${network}: what the front is made of`,
      caption:
        `${shown.length < front.length ? `${shown.length} of ${front.length}, evenly over their times` : `The ${front.length}`}` +
        " rows of the front, each a line over its settings and what they come to; time and energy on log scales.",
      spec: {
        $schema: VEGA_LITE,
        width: STEP * titles.length,
        height: HEIGHT,
        layer: [
          {
            data: { values },
            mark: { type: "line", strokeWidth: 1.2, opacity: 0.55, aria: false },
            encoding: {
              x: { ...x, scale: { type: "point", padding: 0.5 } },
              y,
              detail: { field: "line" },
              color: {
                field: "scheme",
                type: "nominal",
                title: null,
                scale: schemeScale(schemes),
                legend: { orient: "bottom", columns: 7, symbolOpacity: 1 },
              },
            },
          },
          ...[true, false].map((isHalo) => ({
            data: { values: uprights.flatMap(({ title, labels }) => labels.map((label) => ({ title, ...label }))) },
            mark: {
              type: "text" as const,
              align: "left" as const,
              dx: 5,
              fontSize: 10,
              aria: false,
              ...(isHalo ? HALO : {}),
            },
            encoding: { x: { ...x, scale: { type: "point" as const, padding: 0.5 } }, y, text: { field: "text" } },
          })),
        ],
      },
    },
  ];
}

function settingUpright({ path, values }: SweepAxis): Upright {
  const order = values.map(String);
  const stride = Math.ceil(order.length / MOST_LABELS);
  const at = (value: string): number => order.indexOf(value) / (order.length - 1);
  return {
    title: path,
    isSetting: true,
    place: ({ point }) => {
      const value = point.settings[path];
      return value === undefined || !order.includes(String(value)) ? null : at(String(value));
    },
    labels: order.filter((_, index) => index % stride === 0).map((text) => ({ at: at(text), text })),
  };
}

/** Nothing where no row has it. */
function measureUpright(measure: Measure, rows: readonly PointRow[]): Upright[] {
  const known = rows.flatMap((row) => valueOf(measure, row) ?? []);
  if (known.length === 0) return [];
  const [low, high] = extentOf(known);
  const scaled = measure.isLog ? Math.log : (value: number): number => value;
  const at = (value: number): number =>
    low === high ? 0.5 : (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
  return [
    {
      title: measure.title,
      isSetting: false,
      place: (row) => {
        const value = valueOf(measure, row);
        return value === null ? null : at(value);
      },
      labels: [...new Set([low, high])].map((value) => ({ at: at(value), text: measure.show(value) })),
    },
  ];
}
