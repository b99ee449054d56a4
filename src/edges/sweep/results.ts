import { createHash } from "node:crypto";
import { parquetWriteBuffer } from "hyparquet-writer";
import { dump } from "js-yaml";
import { assumptions, isZooName } from "../../index.ts";
import type { PointOutcome, SweepNetwork, SweepReport } from "../../index.ts";
import { toColumns, toCsv } from "../files/layerRows.ts";
import type { InputFile } from "../files/readFiles.ts";
import { RESULT_FILES, writeInto } from "./folder.ts";
import { OutcomeBook, orderResult } from "./outcomes.ts";
import { outlineOf } from "./outline.ts";
import type { SweepOutline } from "./outline.ts";
import type { SweepPlan } from "./plan.ts";
import { rowColumns, resultRows } from "./rows.ts";

/**
 * What a sweep came to, points in the order of the plan. It depends on the plan and the results alone: not on who ran a
 * point, when, and how often.
 * @throws Error when a point has two different results.
 */
export function sweepReport(plan: SweepPlan | SweepOutline, outcomes: Iterable<PointOutcome>): SweepReport {
  const { sweep, files, ids, tool } = outlineOf(plan);
  const { name, seed, schemes, accuracy, axes } = sweep;
  const book = new OutcomeBook(schemes);
  for (const outcome of outcomes) if (!book.add(outcome)) throw new Error(`point ${outcome.id}: two different results`);
  // Points of different settings may come to one configuration, and then have one id and one result.
  const points = sweep.points.map(({ network, settings }, index) => ({ id: ids[index]!, network, settings }));
  return {
    schemaVersion: 1,
    tool,
    sweep: name,
    seed,
    schemes,
    accuracy,
    assumptions: assumptions.map(({ id }) => id),
    networks: sweep.networks.map((network, index) => sourceOf(network, files[index] ?? [])),
    axes,
    pointCount: points.length,
    points: points.flatMap((point) => {
      const found = book.finished.get(point.id);
      return found === undefined ? [] : [{ ...point, ...orderResult(found.result, schemes) }];
    }),
    failed: points.flatMap((point) => {
      const found = book.failed.get(point.id);
      return found === undefined ? [] : [{ ...point, error: found.error }];
    }),
  };
}

/** Files of a sweep's folder by name, but those that say how it was run. */
export function resultFiles(plan: SweepPlan | SweepOutline, report: SweepReport): Record<string, string | Uint8Array> {
  const outline = outlineOf(plan);
  const rows = resultRows(report);
  const columns = rowColumns(report);
  const { points: _points, ...sweep } = outline.sweep;
  const resolved = { ...sweep, pointCount: report.pointCount, hash: outline.hash, base: outline.base };
  return {
    [RESULT_FILES.report]: `${JSON.stringify(report, null, 2)}\n`,
    [RESULT_FILES.csv]: toCsv(rows, columns),
    [RESULT_FILES.parquet]: new Uint8Array(parquetWriteBuffer({ columnData: toColumns(rows, columns) })),
    [RESULT_FILES.resolved]: dump(resolved, { noRefs: true }),
  };
}

/**
 * Writes what a sweep came to into its folder, each file whole or not at all. `manifest` has what may differ between equal
 * sweeps: times, threads, counts of shared and saved work.
 * @throws Error that names the file which cannot be written, or a point that has two different results.
 */
export async function writeSweepResults(
  dir: string,
  plan: SweepPlan | SweepOutline,
  outcomes: Iterable<PointOutcome>,
  manifest: object | null,
): Promise<SweepReport> {
  const report = sweepReport(plan, outcomes);
  for (const [name, data] of Object.entries(resultFiles(plan, report))) await writeInto(dir, name, data);
  if (manifest !== null) await writeInto(dir, RESULT_FILES.manifest, manifestText(plan, manifest));
  return report;
}

function manifestText(plan: SweepPlan | SweepOutline, manifest: object): string {
  const { tool, files } = outlineOf(plan);
  return `${JSON.stringify({ schemaVersion: 1, tool, inputs: files.flat(), ...manifest }, null, 2)}\n`;
}

function sourceOf(network: SweepNetwork, files: readonly InputFile[]): SweepReport["networks"][number] {
  const source = network.input ?? network.weights ?? network.name;
  // `x.npz:name` is a member of x.npz.
  const file = files.find(({ path }) => `${source}:`.startsWith(`${path}:`) || path.endsWith(`/${source}`)) ?? files[0];
  const isFile = file !== undefined && !isZooName(source);
  const sha256 = isFile ? file.sha256 : createHash("sha256").update(source).digest("hex");
  return { name: network.name, source, sha256 };
}
