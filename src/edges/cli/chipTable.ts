import type { PipelineReport, Report, Scheme, SchemeTotals } from "../../index.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatCount, formatRatio } from "../format.ts";
import { renderTable } from "../terminal/grid.ts";

/** Components of an area that are named; the others are the rest. */
const NAMED_COMPONENTS = 4;

const LIMITS: Readonly<Record<PipelineReport["limit"], string>> = {
  crossbars: "no crossbars left",
  windows: "a copy per window",
  empty: "takes no crossbar",
};

/** What limits each pipeline, and how busy it keeps the chip. */
export function pipelineTable(totals: Report["totals"]): string {
  const head = ["pipeline", "limited by", "because", "crossbars", "of", "busy", "CUs busy"];
  const entries = Object.entries(totals) as [Scheme, SchemeTotals][];
  const rows = entries.map(([scheme, { pipelineLimitedBy, pipeline }]) => [
    scheme,
    pipelineLimitedBy ?? "–",
    pipeline === null ? "does not fit" : LIMITS[pipeline.limit],
    formatCount(pipeline?.crossbars),
    formatCount(pipeline?.crossbarsAvailable),
    formatRatio(pipeline?.busyRatio),
    pipeline?.cuBusy ? `${formatRatio(pipeline.cuBusy.min)} … ${formatRatio(pipeline.cuBusy.max)}` : "–",
  ]);
  const legend =
    "crossbars: those that hold a copy, of the chip's · busy: share of the time in which a crossbar opens an OU · CUs: least … most, in runs with --out";
  return `${renderTable(head, rows, 3)}\n${pc.dim(legend)}`;
}

/** What the area of each placement is made of, the largest components first. */
export function areaLines({ placements, chip }: Report["area"]): string[] {
  const wholes = [...Object.entries(placements), ["chip", chip] as const];
  return wholes.map(([name, { area_mm2, areaByComponent_mm2 }]) => {
    const parts = Object.entries(areaByComponent_mm2).sort(([, a], [, b]) => b - a);
    const named = parts
      .slice(0, NAMED_COMPONENTS)
      .map(([part, own]) => `${part} ${formatRatio(area_mm2 === 0 ? null : own / area_mm2)}`);
    return `area of ${name}: ${area_mm2.toFixed(3)} mm2: ${named.join(", ")}, rest`;
  });
}
