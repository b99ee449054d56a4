import { computed, signal } from "@preact/signals";
import { InputError, faultLine } from "../../index.ts";
import type { Config, KeptRows, Progress, Report } from "../../index.ts";
import { startEngine } from "../browser/index.ts";
import type { BrowserEngine } from "../browser/index.ts";
import { sampleFaults, samples, schemeFaults, schemes } from "./choice.ts";
import { parsed } from "./settings.ts";
import { source } from "./source.ts";

/** What is running, what came of it, and what went wrong; one line each, as the command line says it. */
export const progress = signal<Progress | null>(null);
export const errors = signal<readonly string[]>([]);
export interface Finished {
  readonly report: Report;
  readonly keptRows: readonly (KeptRows | null)[];
  readonly config: Config;
  readonly took_s: number;
}
export const result = signal<Finished | null>(null);

let starting: Promise<BrowserEngine> | undefined;
let abort: AbortController | null = null;

/** False where anything that is written is at fault. */
export const isReady = computed(
  (): boolean => parsed.value.config !== null && schemeFaults.value.length + sampleFaults.value.length === 0,
);

/** Started at the first call, and anew after a start that failed. */
export function engine(): Promise<BrowserEngine> {
  if (starting === undefined) {
    const start = (starting = startEngine());
    start.catch(() => (starting = undefined));
  }
  return starting;
}

export async function run(): Promise<void> {
  const { config } = parsed.value;
  if (config === null || !isReady.value || progress.value !== null) return;
  const controller = (abort = new AbortController());
  const { signal: stop } = controller;
  progress.value = { label: "loading", done: 0, total: 1 };
  errors.value = [];
  result.value = null;
  const start = performance.now();
  try {
    const chosen = { config, schemes: schemes.value, samples: samples.value };
    const request = { ...(await source.value.load()), ...chosen, seed: 0, verifyWindows: 0, collectDetail: true };
    const running = await engine();
    progress.value = { label: "quantising", done: 0, total: 1 };
    const facts = await running.record(request, { signal: stop });
    const onProgress = (now: Progress): void => void (stop.aborted || (progress.value = now));
    const answer =
      facts === null
        ? await running.simulate(request, { signal: stop, onProgress })
        : await running.recount(request, { signal: stop, onProgress });
    const { report, keptRows } = answer;
    result.value = { report, keptRows, config, took_s: (performance.now() - start) / 1000 };
  } catch (error) {
    errors.value = stop.aborted ? ["cancelled"] : linesOf(error);
  } finally {
    progress.value = null;
    abort = null;
  }
}

export function cancel(): void {
  abort?.abort(new Error("cancelled"));
}

export function linesOf(error: unknown): string[] {
  if (error instanceof InputError) return error.faults.map(faultLine);
  return [error instanceof Error ? error.message : String(error)];
}
