import type { InspectReport, LayerReport, Report, Scheme, SchemeTotals } from "../../index.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatCount, formatFactor, formatRatio, layerTitle } from "../format.ts";
import { totalsCells, layerSchemeCells } from "../tableCells.ts";
import { pipelineTable, areaLines } from "./chipTable.ts";
import { renderTable } from "../terminal/grid.ts";

export { renderTable } from "../terminal/grid.ts";

/** The report as text for a terminal: layers, layers under each scheme, totals, and what deserves a word. */
export function renderReport(report: Report): string {
  const parts = [
    pc.bold(`${report.network.name}: ${formatCount(report.layers.length)} matrix layers`),
    layerTable(report.layers),
    schemeTable(report.layers),
    totalsTable(report.totals),
    pipelineTable(report.totals),
    ...remarks(report),
  ];
  return parts.join("\n");
}

/** Weights per OU column group whose zero OU rows the table of `inspect` shows; the JSON has more. */
const SHOWN_WIDTHS = ["2", "4", "8", "16"];

/** The layer table of `inspect`. */
export function renderInspection(report: InspectReport): string {
  const head = [
    ...["layer", "op", "rows x cols", "windows", "MACs", "crossbars", "zero\nweights", "zero\nrows", "zero\ncols"],
    ...SHOWN_WIDTHS.map((width) => `zero\n1 x ${width}`),
    "ORC gain",
  ];
  const rows = report.layers.map((layer) => [
    layerTitle(layer, report.layers),
    layer.op,
    `${layer.matrixRows} x ${layer.matrixCols}`,
    formatCount(layer.windows),
    formatCount(layer.macs),
    crossbarsOf(layer),
    formatRatio(layer.weights.zeroRatio),
    formatRatio(layer.weights.zeroRowRatio),
    formatRatio(layer.weights.zeroColRatio),
    ...SHOWN_WIDTHS.map((width) => formatRatio(layer.weights.zeroSegmentRatios[width])),
    formatFactor(layer.orcGain),
  ]);
  const legend =
    "zero 1 x n: OU rows that are all zero where n weights share an OU column group · ORC gain: OU operations of naive against orc, weights alone";
  return [renderTable(head, rows, 2), pc.dim(legend), ...weightLines(report), ...report.skipped.map(skippedLine)].join(
    "\n",
  );
}

function layerTable(layers: readonly LayerReport[]): string {
  const head = ["layer", "op", "rows x cols", "windows", "crossbars", "zero weights", "kept rows", "fillers", "index"];
  const rows = layers.map((layer) => [
    layerTitle(layer, layers),
    layer.op,
    `${layer.matrixRows} x ${layer.matrixCols}`,
    formatCount(layer.windows),
    crossbarsOf(layer),
    formatRatio(layer.weights.zeroRatio),
    `${formatCount(layer.orc.keptRows)} (${formatRatio(ratio(layer.orc.keptRows, layer.orc.ouRowSegments))})`,
    formatCount(layer.orc.fillerRows),
    formatRatio(ratio(layer.orc.indexBits, layer.orc.weightBitsKept)),
  ]);
  const legend = "crossbars: dense > with ORC · kept rows: of all OU rows · index: bits against kept weight bits";
  return `${renderTable(head, rows, 2)}\n${pc.dim(legend)}`;
}

function schemeTable(layers: readonly LayerReport[]): string {
  const head = [
    "layer",
    "scheme",
    "OU operations",
    "cycles",
    "latency",
    "energy",
    "speed-up",
    "latency\nspeed-up",
    "saving",
  ];
  const rows = layers.flatMap((layer) =>
    Object.entries(layer.schemes).map(([scheme, sums], index) => [
      index === 0 ? layerTitle(layer, layers) : "",
      scheme,
      ...layerSchemeCells(sums),
    ]),
  );
  return renderTable(head, rows, 2);
}

function totalsTable(totals: Report["totals"]): string {
  const head = [
    "total",
    "OU operations",
    "cycles",
    "latency",
    "pipelined",
    "energy",
    "speed-up",
    "latency\nspeed-up",
    "saving",
    "estimated",
  ];
  const entries = Object.entries(totals) as [Scheme, SchemeTotals][];
  const rows = entries.map(([scheme, sums]) => [scheme, ...totalsCells(sums)]);
  const legend =
    "pipelined: per sample · speed-up: equal hardware kept busy; latency speed-up: one copy · estimated: energy at prices not published";
  return `${renderTable(head, rows, 1)}\n${pc.dim(legend)}`;
}

function remarks(report: Report): string[] {
  const lines: string[] = [];
  const { area, accuracy, verify } = report;
  lines.push(...weightLines(report));
  if (report.synthetic) lines.push(pc.yellow(`synthetic: ${report.network.source}, not real data`));
  for (const [name, placement] of Object.entries(area.placements)) {
    const size = `${name}: ${formatCount(placement.crossbars)} crossbars, ${formatCount(placement.cus)} CUs, ${formatCount(placement.tiles)} tiles, ${placement.area_mm2.toFixed(3)} mm2, ${formatRatio(placement.utilisation)} of the cells used`;
    const demand = `${size}; does not fit on ${formatCount(placement.crossbarsAvailable)} crossbars; levers: ${placement.levers.join(", ")}`;
    lines.push(placement.fits ? size : pc.yellow(demand));
  }
  lines.push(...areaLines(area));
  if (accuracy) {
    const { samples, float, integer } = accuracy;
    lines.push(`accuracy on ${formatCount(samples)} samples: float ${percent(float)}, integer ${percent(integer)}`);
  }
  if (verify) {
    for (const [scheme, { mismatches, maxAbsError }] of Object.entries(verify.schemes)) {
      const line = `verify ${scheme}: ${formatCount(mismatches)} mismatches in ${formatCount(verify.windows)} windows`;
      lines.push(mismatches === 0 ? pc.green(line) : pc.red(`${line}, largest error ${formatCount(maxAbsError)}`));
    }
  }
  return [...lines, ...report.skipped.map(skippedLine)];
}

/** Which layers have weights from another file. */
export function weightLines({
  weightsFrom = [],
}: Pick<Report, "weightsFrom"> | Pick<InspectReport, "weightsFrom">): string[] {
  return weightsFrom.map(({ layer, weights, mask }) => {
    const parts = [
      ...(weights.length > 0 ? [`weights of ${weights.join(", ")}`] : []),
      ...(mask.length > 0 ? [`mask of ${mask.join(", ")}`] : []),
    ];
    return `${layer}: ${parts.join("; ")}`;
  });
}

export function percent(accuracy: number): string {
  return `${(accuracy * 100).toFixed(2)} %`;
}

export function skippedLine(node: { name: string; op: string; reason: string }): string {
  return pc.yellow(`skipped ${node.name} (${node.op}): ${node.reason}`);
}

function crossbarsOf(layer: { crossbars: { dense: number; orc: number } }): string {
  const { dense, orc } = layer.crossbars;
  return dense === orc ? formatCount(dense) : `${formatCount(dense)} > ${formatCount(orc)}`;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
