import type { KeptRows, Report } from "../../index.ts";
import type { FigureSpec } from "./figure.ts";
import { chipFigures } from "./run/chip.ts";
import { keptRowsFigure } from "./run/keptRows.ts";
import { layerFigures } from "./run/layers.ts";
import { schemeFigures } from "./run/schemes.ts";
import { sparsityFigures } from "./run/sparsity.ts";

/** Figures of a run, in the chapters of its report. */
export interface RunFigures {
  readonly schemes: readonly FigureSpec[];
  readonly layers: readonly FigureSpec[];
  readonly sparsity: readonly FigureSpec[];
  readonly chip: readonly FigureSpec[];
}

export function runFigures(report: Report, keptRows: readonly (KeptRows | null)[]): RunFigures {
  const keptRowsMap = keptRowsFigure(report, keptRows);
  return {
    schemes: schemeFigures(report),
    layers: layerFigures(report),
    sparsity: [...(keptRowsMap === null ? [] : [keptRowsMap]), ...sparsityFigures(report)],
    chip: chipFigures(report),
  };
}
