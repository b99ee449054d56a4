import { readFile } from "node:fs/promises";
import { benchCounting } from "./counting.ts";
import type { CaseResult } from "./counting.ts";
import { benchGrid, gridCells, GRID_HEAD } from "./grid.ts";
import { benchDevice } from "./device.ts";
import { benchProduct } from "./product.ts";
import { benchThreads } from "./threads.ts";

export interface BenchOptions {
  readonly json: boolean;
  /** How often each variant has its turn, and how long a turn lasts. */
  readonly rounds: number;
  readonly seconds: number;
  /** Instead: is the rule that chooses how a plan is counted right? */
  readonly grid?: boolean;
}

/** rate of each variant / rate of the first one: {case: {variant: ratio}}. */
type Ratios = Record<string, Record<string, number>>;

/** Kernel variants against each other and against C; ratios within the run, beside those of bench/baseline.json. */
export async function bench({ json, rounds, seconds, grid }: BenchOptions): Promise<void> {
  if (grid) return printGrid(json, rounds);
  const products = [await benchProduct(rounds, seconds), await benchDevice(rounds, seconds)];
  const results = [...(await benchCounting(rounds, seconds)), await benchThreads(rounds), ...products];
  const ratios = ratiosOf(results);
  const baseline = await readBaseline();
  if (json) process.stdout.write(`${JSON.stringify({ results, ratios, baseline }, null, 2)}\n`);
  else process.stdout.write(`${results.map((result) => table(result, ratios, baseline)).join("\n\n")}\n`);
}

async function printGrid(json: boolean, rounds: number): Promise<void> {
  const rows = await benchGrid(rounds);
  const text = json ? JSON.stringify(rows, null, 2) : aligned([GRID_HEAD, ...rows.map(gridCells)]);
  process.stdout.write(`${text}\n`);
}

function ratiosOf(results: readonly CaseResult[]): Ratios {
  return Object.fromEntries(
    results.map(({ name, rows }) => [
      name,
      Object.fromEntries(rows.map(({ variant, rate }) => [variant, Number((rows[0]!.rate / rate).toPrecision(3))])),
    ]),
  );
}

async function readBaseline(): Promise<Ratios> {
  const text = await readFile(new URL("../bench/baseline.json", import.meta.url), "utf8");
  return JSON.parse(text) as Ratios;
}

function table({ name, unit, rows }: CaseResult, ratios: Ratios, baseline: Ratios): string {
  const head = [name, unit, "best ms", "± %", "samples", "first / this", "baseline"];
  const body = rows.map(({ variant, rate, best_s, rme, sampleCount }) => [
    variant,
    rate.toPrecision(3),
    (best_s * 1e3).toPrecision(4),
    rme === 0 ? "" : rme.toFixed(1),
    String(sampleCount),
    `${ratios[name]![variant]!.toPrecision(3)}x`,
    baseline[name]?.[variant] === undefined ? "" : `${baseline[name][variant].toPrecision(3)}x`,
  ]);
  return aligned([head, ...body]);
}

/** Columns; the first one starts on the left. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, col) => Math.max(...lines.map((line) => line[col]!.length)));
  return lines
    .map((line) =>
      line.map((cell, col) => (col === 0 ? cell.padEnd(widths[col]!) : cell.padStart(widths[col]!))).join("  "),
    )
    .join("\n");
}
