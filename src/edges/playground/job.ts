import { batch, computed, signal } from "@preact/signals";
import { InputError, faultLine, orAborted } from "../../index.ts";
import type { Config, KeptRows, Progress, Report } from "../../index.ts";
import { startEngine } from "../browser/index.ts";
import type { BrowserEngine } from "../browser/index.ts";
import { sampleFaults, samples, schemeFaults, schemes } from "./choice.ts";
import { parsed } from "./settings.ts";
import { isReading, source } from "./source.ts";
import type { Source } from "./source.ts";

/** What is running (of a `total` of 0 nothing is counted), and what went wrong; one line each, as the command line says it. */
export const progress = signal<Progress | null>(null);
export const errors = signal<readonly string[]>([]);

export interface Finished {
  readonly report: Report;
  readonly keptRows: readonly (KeptRows | null)[];
  readonly config: Config;
  readonly took_s: number;
  readonly source: Source;
  /** What it depends on beside the source. */
  readonly choices: string;
  /** False where it is too large to be kept, and to be looked at. */
  readonly isRecorded: boolean;
}
/** What came of the last run that came to its end. */
export const result = signal<Finished | null>(null);
/** Whether the engine still has the workload of `result`: a later run takes its place. */
export const isKept = signal(false);

let starting: Promise<BrowserEngine> | undefined;
let abort: AbortController | null = null;

/** False where anything that is written is at fault. */
export const isReady = computed(
  (): boolean => parsed.value.config !== null && schemeFaults.value.length + sampleFaults.value.length === 0,
);
/** True while there is something to wait for before the next run. */
export const isBusy = computed((): boolean => progress.value !== null || isReading.value);

const choices = computed((): string => JSON.stringify([parsed.value.config, schemes.value, samples.value]));
/** Whether the result is of something else than what is chosen now. */
export const isStale = computed(
  (): boolean =>
    result.value !== null && (result.value.source !== source.value || result.value.choices !== choices.value),
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
  if (config === null || !isReady.value || isBusy.value) return;
  const controller = (abort = new AbortController());
  const { signal: stop } = controller;
  const phase = (label: string): void => void (progress.value = { label, done: 0, total: 0 });
  phase("loading");
  errors.value = [];
  const start = performance.now();
  const own = { source: source.value, choices: choices.value };
  try {
    const chosen = { config, schemes: schemes.value, samples: samples.value, seed: 0, verifyWindows: 0 };
    // Neither listens to a signal: they end by themselves, unheard.
    const [{ workload, source: named }, running] = await orAborted(Promise.all([own.source.load(), engine()]), stop);
    // The workload is sent once: the engine keeps it.
    const kept = { ...chosen, source: named, collectDetail: true };
    const request = { ...kept, workload };
    phase(workload.kind === "network" ? "inference and quantising" : "drawing and quantising");
    isKept.value = false;
    const facts = await running.record(request, { signal: stop });
    const onProgress = (now: Progress): void => void (progress.value = now);
    const { report, keptRows } =
      facts === null
        ? await running.simulate(request, { signal: stop, onProgress })
        : await running.recount(kept, { signal: stop, onProgress });
    const isRecorded = facts !== null;
    const took_s = (performance.now() - start) / 1000;
    batch(() => {
      // A configuration of its own each: who looks at the result before it asks anew.
      result.value = { ...own, config: { ...config }, report, keptRows, took_s, isRecorded };
      isKept.value = isRecorded;
    });
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
