import type { SweepReport } from "../../index.ts";
import { pointRows } from "../sweep/rows.ts";
import type { PointRow } from "../sweep/rows.ts";
import type { FigureSpec } from "./figure.ts";
import { axisFigures } from "./sweep/axes.ts";
import { frontFigure } from "./sweep/front.ts";
import { tradeFigures } from "./sweep/trade.ts";

/** Figures of a sweep, in the chapters of its report. */
export interface SweepFigures {
  readonly fronts: readonly FigureSpec[];
  readonly axes: readonly FigureSpec[];
}

/** So many networks have figures; all are in the tables. */
export const MOST_DRAWN_NETWORKS = 12;

/** Marks of beaten rows, of all networks: the page stays light. */
const MOST_MARKS = 6000;

export function sweepFigures(report: SweepReport, rows: readonly PointRow[] = pointRows(report)): SweepFigures {
  const mostMarks = Math.floor(MOST_MARKS / Math.max(1, Math.min(MOST_DRAWN_NETWORKS, report.networks.length)));
  const drawn = report.networks.slice(0, MOST_DRAWN_NETWORKS).flatMap(({ name }, index) => {
    const own = rows.filter(({ point }) => point.network === name);
    // Names of networks may be paths: files are numbered.
    return own.length === 0
      ? []
      : [{ network: name, suffix: report.networks.length > 1 ? `-${index + 1}` : "", rows: own, mostMarks }];
  });
  return {
    fronts: drawn.flatMap((network) => [...tradeFigures(network, report.schemes), ...frontFigure(network, report)]),
    axes: axisFigures(report, drawn),
  };
}
