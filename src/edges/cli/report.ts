import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { decodeKeptRows, inputError } from "../../index.ts";
import type { AccuracyReport, KeptRows, Report, SweepReport } from "../../index.ts";
import { accuracyFigures } from "../figures/accuracy.ts";
import type { FigureSpec } from "../figures/figure.ts";
import { renderFigure, writeFigure } from "../figures/render.ts";
import { runFigures } from "../figures/run.ts";
import { sweepFigures } from "../figures/sweep.ts";
import { renderAccuracyPage } from "../html/accuracyPage.ts";
import { renderRunPage } from "../html/runPage.ts";
import { renderSweepPage } from "../html/sweepPage.ts";
import type { SweepManifest } from "../html/sweepPage.ts";
import { isSweepFolder, readSweepFolder } from "../sweep/folder.ts";
import { sweepReport } from "../sweep/results.ts";
import { FaultGatherer } from "../faults.ts";
import { readText } from "../files/readFiles.ts";
import { KEPT_ROWS, MANIFEST } from "./runFolder.ts";
import type { Manifest } from "../files/manifest.ts";
import { refuseUnwritable, refuseUnwritableFile, writeWhole } from "../files/writeWhole.ts";
import type { WriteFile } from "../files/writeWhole.ts";

export interface ReportOptions {
  readonly html?: string | undefined;
  readonly figures?: string | undefined;
}

const REPORT = "report.json";

/** A page and its figures. */
interface Rendered {
  readonly html: string;
  readonly figures: readonly FigureSpec[];
  /** Put before the title of each figure that stands alone. */
  readonly name: string;
}

/**
 * Makes the page of a finished run, or of a sweep as far as it is, and where asked for its figures as files. What was
 * written goes to stdout.
 * @throws InputError when the folder holds no report that this version reads, or a file cannot be written.
 */
export async function reportCommand(dir: string, options: ReportOptions): Promise<void> {
  const page = options.html ?? join(dir, "report.html");
  const faults = new FaultGatherer();
  const report = await faults.attempt(() => readReport(dir));
  if (options.html !== undefined) await faults.attempt(() => refuseUnwritableFile("--html", page));
  const { figures } = options;
  if (figures !== undefined) await faults.attempt(() => refuseFigures(figures));
  faults.throwIfAny();
  const rendered = await render(dir, report!);
  await writeWhole(page, Buffer.from(rendered.html));
  const written = [page, ...(figures === undefined ? [] : await writeFigures(figures, rendered))];
  process.stdout.write(written.map((path) => `${path}\n`).join(""));
}

async function render(dir: string, report: Report | AccuracyReport | SweepReport): Promise<Rendered> {
  if ("sweep" in report) {
    const manifest = await readManifest<SweepManifest>(dir);
    const { fronts, axes } = sweepFigures(report);
    return { html: await renderSweepPage(report, manifest), figures: [...fronts, ...axes], name: report.sweep };
  }
  const manifest = await readManifest<Manifest>(dir);
  const { name } = report.network;
  if ("points" in report)
    return { html: await renderAccuracyPage(report, manifest), figures: accuracyFigures(report), name };
  const keptRows = await readKeptRows(dir, report);
  const { schemes, layers, sparsity, chip } = runFigures(report, keptRows);
  const figures = [...schemes, ...layers, ...sparsity, ...chip];
  return { html: await renderRunPage({ report, manifest, keptRows }), figures, name };
}

async function readReport(dir: string): Promise<Report | AccuracyReport | SweepReport> {
  const path = join(dir, REPORT);
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw inputError(dir, "a run folder", existsSync(dir) ? "a file" : "no such folder");
  // Of a sweep the journal, which may be ahead of the report.
  if (isSweepFolder(await readdir(dir))) {
    const { outline, outcomes } = await readSweepFolder(dir);
    return sweepReport(outline, outcomes.all());
  }
  const found = parseJson(path, await readText(path));
  if ("sweep" in found && "pointCount" in found) return found as SweepReport;
  const report = found as Partial<Report & AccuracyReport>;
  const isAccuracy = report.points !== undefined && report.float !== undefined && report.devices !== undefined;
  const isWhole = isAccuracy || (report.area?.chip !== undefined && report.samples !== undefined);
  if (report.schemaVersion !== 1 || report.network === undefined || !isWhole)
    throw inputError(path, "the report of a run of this version", "something else; run it again");
  return report as Report | AccuracyReport;
}

/** null where there is none: the page does without. */
async function readManifest<T>(dir: string): Promise<T | null> {
  const path = join(dir, MANIFEST);
  return existsSync(path) ? (parseJson(path, await readText(path)) as T) : null;
}

/** One per layer, null where the run left it out; none where it collected no map. */
async function readKeptRows(dir: string, { layers, keptRows }: Report): Promise<(KeptRows | null)[]> {
  const path = join(dir, KEPT_ROWS);
  if (keptRows === undefined || !existsSync(path)) return [];
  const bytes = new Uint8Array(await readFile(path));
  const leftOut = new Set(keptRows.leftOut.map(({ layer }) => layer));
  return layers.map((_, layer) => (leftOut.has(layer) ? null : decodeKeptRows(bytes, path, layer)));
}

function parseJson(path: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw inputError(path, "JSON", error instanceof Error ? error.message : String(error), error);
  }
  if (typeof value !== "object" || value === null) throw inputError(path, "an object", JSON.stringify(value));
  return value;
}

function refuseFigures(dir: string): void {
  refuseUnwritable("--figures", dir);
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw inputError(`--figures ${dir}`, "a folder", "a file");
}

/** Gives the files written. */
async function writeFigures(dir: string, { figures, name }: Rendered): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const written: string[] = [];
  const write: WriteFile = async (file, data) => {
    const path = join(dir, file);
    await writeWhole(path, data);
    written.push(path);
  };
  for (const figure of figures) {
    const drawn = await renderFigure({ ...figure.spec, title: `${name}: ${figure.title}` });
    await writeFigure(write, figure.name, drawn);
  }
  return written;
}
