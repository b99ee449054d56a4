import type { NetworkSparsity, PruneComparison, PruneLayerReport, PruneReport, SparsityReport } from "../../index.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatCount, formatFactor, formatRatio } from "../format.ts";
import { percent, skippedLine, renderTable, weightLines } from "./table.ts";

const NONE = "–";

/** What was pruned, layer by layer. */
export function renderPruning(report: PruneReport): string {
  const { sparsity, before, after, permutation } = report;
  const head = ["layer", "weights", "zero\nbefore", "zero\nafter", "zero\nrows", "zero\ncols", "zero\nOU rows"];
  const rows = report.layers.map((layer) => [
    layer.name,
    formatCount(layer.weights),
    formatRatio(layer.before.zeroRatio),
    ...sparsityCells(layer.after),
    formatFactor(layer.before.orcGain),
    formatFactor(layer.after.orcGain),
    remark(layer, report.permuted),
  ]);
  const total = [
    "all",
    "",
    formatRatio(before.zeroRatio),
    ...sparsityCells(after),
    formatFactor(before.orcGain),
    formatFactor(after.orcGain),
    "",
  ];
  const reached = `${formatRatio(sparsity.asked)} of the weights asked for, ${formatRatio(sparsity.reached)} reached`;
  const asked = `${method(report)}${sparsity.asked === null ? "" : `: ${reached}`}`;
  const lines = [
    pc.bold(`${report.network.name}, ${asked}`),
    renderTable([...head, "ORC gain\nbefore", "ORC gain\nafter", ""], [...rows, total], 1),
    pc.dim(LEGEND),
    ...accuracyLines(report.samples, before, after),
  ];
  if (permutation !== null) {
    const { samples, maxRelativeError } = permutation;
    const error = maxRelativeError.toExponential(1);
    lines.push(
      `permuted: outputs on ${formatCount(samples)} samples differ by ${error} of the largest, which is rounding`,
    );
  }
  return [...lines, ...weightLines(report), ...report.skipped.map(skippedLine)].join("\n");
}

/** Ways of pruning side by side. */
export function renderComparison(comparison: PruneComparison): string {
  const { before, methods, samples, sparsity } = comparison;
  const head = ["method", "zero\nweights", "zero\nrows", "zero\ncols", "zero\nOU rows", "ORC gain", "accuracy"];
  const rowOf = (name: string, found: NetworkSparsity | null): string[] =>
    found === null
      ? [name, ...head.slice(1).map(() => NONE)]
      : [
          name,
          ...sparsityCells(found),
          formatFactor(found.orcGain),
          found.accuracy === null ? NONE : percent(found.accuracy),
        ];
  const rows = [rowOf("(not pruned)", before), ...methods.map(({ name, after }) => rowOf(name, after))];
  return [
    pc.bold(`${comparison.network.name}: ways of pruning at ${formatRatio(sparsity)} zero weights`),
    renderTable(head, rows, 1),
    pc.dim(samples === 0 ? LEGEND : `${LEGEND} · accuracy: float, on ${formatCount(samples)} samples`),
    ...methods.flatMap(({ name, reason }) => (reason === null ? [] : [pc.yellow(`${name}: ${reason}`)])),
    ...weightLines(comparison),
    ...comparison.skipped.map(skippedLine),
  ].join("\n");
}

const LEGEND =
  "zero rows, columns and OU rows: of the layers that are pruned, as integers · ORC gain: OU operations of naive against orc, all layers";

function sparsityCells({ zeroRatio, zeroRowRatio, zeroColRatio, ouRowZeroRatio }: SparsityReport): string[] {
  return [zeroRatio, zeroRowRatio, zeroColRatio, ouRowZeroRatio].map(formatRatio);
}

function remark({ keptBecause, inOrderBecause }: PruneLayerReport, permuted: boolean): string {
  if (keptBecause !== null) return `not pruned: ${keptBecause}`;
  if (!permuted) return "";
  return inOrderBecause === null ? "permuted" : `in order: ${inOrderBecause}`;
}

function method({ method: name, nOfM, block, scope, permuted }: PruneReport): string {
  if (name === "none") return "permuted";
  const shape = nOfM !== null ? nOfM.join(":") : block !== null ? `${name} ${block.rows}x${block.cols}` : name;
  return [shape, ...(scope === "layer" ? ["each layer"] : []), ...(permuted ? ["permuted"] : [])].join(", ");
}

function accuracyLines(samples: number, before: NetworkSparsity, after: NetworkSparsity): string[] {
  if (before.accuracy === null || after.accuracy === null) return [];
  return [
    `accuracy (float) on ${formatCount(samples)} samples: ${percent(before.accuracy)} before, ${percent(after.accuracy)} after`,
  ];
}
