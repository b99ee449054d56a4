import { FIGURES, reproduce } from "../../index.ts";
import type { FigureResult } from "../../index.ts";
import { createExecutor } from "../pool/executor.ts";
import { figurePlot } from "../figures/reproduce.ts";
import { renderFigure, writeFigure } from "../figures/render.ts";
import type { Figure } from "../figures/render.ts";
import { colours as pc } from "../terminal/colours.ts";
import { FaultGatherer } from "../faults.ts";
import { toCsv } from "../files/layerRows.ts";
import { refuseExisting } from "./runFolder.ts";
import { findSubjects } from "./subjects.ts";
import { renderTable } from "./table.ts";
import { tableCache } from "../files/tableCache.ts";
import { parseThreads } from "./threads.ts";
import { wholeNumber } from "../terminal/options.ts";
import { replaceFolder } from "../files/writeWhole.ts";

export interface ReproduceCommandOptions {
  readonly data?: string | undefined;
  readonly samples: string;
  readonly seed: string;
  readonly threads: string;
  readonly json?: true | undefined;
  readonly out?: string | undefined;
  readonly force?: true | undefined;
}

/** Makes figures of the paper's evaluation. @throws InputError with every fault of the options and files. */
export async function reproduceCommand(wanted: readonly string[], options: ReproduceCommandOptions): Promise<void> {
  const startedAt = new Date();
  const faults = new FaultGatherer();
  const known: readonly string[] = FIGURES;
  for (const name of wanted)
    if (!known.includes(name)) faults.add("FIGURE", `some of ${FIGURES.join(", ")}`, JSON.stringify(name));
  const samples = wholeNumber("samples", options.samples, 1, faults);
  const seed = wholeNumber("seed", options.seed, 0, faults);
  const threads = parseThreads(options.threads, faults);
  const { out } = options;
  if (out !== undefined) await faults.attempt(() => refuseExisting(out, options.force === true));
  const subjects = await faults.attempt(() => findSubjects(options.data, samples ?? 1, seed ?? 0));
  faults.throwIfAny();
  const figures = FIGURES.filter((name) => wanted.length === 0 || wanted.includes(name));
  const pool = await createExecutor(threads!);
  const results: FigureResult[] = [];
  try {
    const onRun = (label: string): void => void process.stderr.write(`${elapsed(startedAt)} ${label}\n`);
    const engine = { executor: pool.executor, tables: tableCache(), onRun };
    for await (const result of reproduce(figures, subjects!, seed!, engine)) {
      results.push(result);
      if (!options.json) process.stdout.write(`${renderResult(result)}\n\n`);
    }
  } finally {
    await pool.close();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  if (out !== undefined) await writeFolder(out, results, startedAt);
}

function elapsed(startedAt: Date): string {
  return `${((Date.now() - startedAt.getTime()) / 1000).toFixed(0).padStart(4)} s`;
}

function renderResult({ figure, title, subjects, claims, tables, notes }: FigureResult): string {
  const lines = [pc.bold(`${figure}: ${title}`)];
  for (const { name, weights, inputs, note, samples } of subjects)
    lines.push(`${name}: weights ${weights}, inputs ${inputs}, ${samples} samples; ${note}`);
  if (claims.length > 0)
    lines.push(
      renderTable(
        ["", "published", "here", "deviation"],
        claims.map(({ what, published, reached, deviation }) => [what, published, reached, deviation]),
        4,
      ),
    );
  for (const table of tables) {
    const rows = table.rows.map((row) => row.map(shown));
    lines.push(pc.bold(table.title), renderTable([...table.columns], rows, 1));
  }
  return [...lines, ...notes.map((note) => pc.dim(note))].join("\n");
}

function shown(cell: string | number | null): string {
  if (cell === null) return "–";
  if (typeof cell === "string") return cell;
  return Number.isInteger(cell) ? cell.toLocaleString("en-US") : cell.toPrecision(4);
}

/** results.json, a CSV file a table and the plots; whole or not at all. */
async function writeFolder(dir: string, results: readonly FigureResult[], startedAt: Date): Promise<void> {
  const plots: { name: string; figure: Figure }[] = [];
  for (const plot of results.flatMap((result) => result.plots))
    plots.push({ name: plot.name, figure: await renderFigure(figurePlot(plot)) });
  const manifest = {
    schemaVersion: 1,
    startedAt: startedAt.toISOString(),
    elapsed_ms: Date.now() - startedAt.getTime(),
  };
  await replaceFolder(dir, async (write) => {
    await write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
    await write("results.json", `${JSON.stringify(results, null, 2)}\n`);
    for (const { figure, tables } of results) {
      for (const [index, { columns, rows }] of tables.entries()) {
        const named = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
        await write(`${figure}-${index + 1}.csv`, toCsv(named));
      }
    }
    for (const { name, figure } of plots) await writeFigure(write, name, figure);
  });
}
