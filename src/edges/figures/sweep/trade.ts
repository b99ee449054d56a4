import { markPareto } from "../../../index.ts";
import type { Scheme } from "../../../index.ts";
import type { PointRow } from "../../sweep/rows.ts";
import { VEGA_LITE } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { schemeScale } from "../theme.ts";
import { ACCURACY, ENERGY, TIME, channel, extentOf, spread, valueOf } from "./measures.ts";
import type { Measure } from "./measures.ts";

const WIDTH = 390;
const HEIGHT = 280;
export interface DrawnNetwork {
  readonly network: string;
  /** Of the names of figures. */
  readonly suffix: string;
  readonly rows: readonly PointRow[];
  /** Marks of each kind that a figure of it may have. */
  readonly mostMarks: number;
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly scheme: string;
  readonly isPareto: boolean;
}

/** Energy against time, and accuracy against energy where it is known. */
export function tradeFigures(drawn: DrawnNetwork, schemes: readonly Scheme[]): FigureSpec[] {
  const { network, suffix } = drawn;
  const trade = tradeFigure(drawn, schemes, TIME, ENERGY);
  const accuracy = tradeFigure(drawn, schemes, ENERGY, ACCURACY);
  return [
    ...(trade === null ? [] : [{ ...trade, name: `energy-time${suffix}`, title: `${network}: energy and time` }]),
    ...(accuracy === null
      ? []
      : [{ ...accuracy, name: `accuracy-energy${suffix}`, title: `${network}: accuracy and energy` }]),
  ];
}

function tradeFigure(
  { rows, mostMarks }: DrawnNetwork,
  schemes: readonly Scheme[],
  x: Measure,
  y: Measure,
): Pick<FigureSpec, "caption" | "spec"> | null {
  const all = rows.flatMap((row): Mark[] => {
    const place = { x: valueOf(x, row), y: valueOf(y, row) };
    const { scheme, isPareto } = row;
    return place.x === null || place.y === null ? [] : [{ x: place.x, y: place.y, scheme, isPareto }];
  });
  if (all.length === 0) return null;
  const [front, beaten] = [all.filter(({ isPareto }) => isPareto), all.filter(({ isPareto }) => !isPareto)];
  const shown = [...spread(beaten, mostMarks), ...spread(front, mostMarks)];
  const edge = y === ACCURACY ? "most accurate at each energy" : "least energy at each time";
  const left = all.length - shown.length;
  const encoding = {
    x: channel(x, "x", extentOf(all.map((mark) => mark.x))),
    y: channel(y, "y", extentOf(all.map((mark) => mark.y))),
  };
  const color = {
    field: "scheme",
    type: "nominal" as const,
    title: null,
    scale: schemeScale(schemes),
    legend: { orient: "top" as const, columns: 4, symbolType: "circle", symbolOpacity: 1 },
  };
  return {
    caption:
      `Each point under each scheme. Large: on the front over time, energy, area and accuracy where known; line: ${edge}.` +
      `${y.isLog ? " Log scales." : ""}${left > 0 ? ` ${left} of ${all.length} marks are left out, evenly.` : ""}`,
    spec: {
      $schema: VEGA_LITE,
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          data: { values: shown.filter(({ isPareto }) => !isPareto) },
          mark: { type: "circle", size: 12, opacity: 0.4, aria: false },
          encoding: { ...encoding, color },
        },
        {
          data: { values: edgeOf(all, y === ACCURACY) },
          mark: { type: "line", interpolate: "step-after", color: "gray", strokeWidth: 1.2, aria: false },
          encoding,
        },
        {
          data: { values: shown.filter(({ isPareto }) => isPareto) },
          mark: { type: "circle", size: 48, opacity: 0.9, aria: false },
          encoding: { ...encoding, color },
        },
      ],
    },
  };
}

/** The front over what is drawn, from left to right. */
function edgeOf(marks: readonly Mark[], isMostBest: boolean): Mark[] {
  const isEdge = markPareto(marks.map(({ x, y }) => [x, isMostBest ? -y : y]));
  return marks.filter((_, index) => isEdge[index]).sort((a, b) => a.x - b.x);
}
