import type { CrossbarChoice, CrossbarView, GroupChoice, GroupTrace, LayerChoices } from "../../index.ts";
import {
  countedBy,
  count,
  decodeArray,
  forms,
  inputError,
  layerChoices,
  loadKernels,
  loadParser,
  locateRuntime,
  price,
  record,
  recordedBy,
  requestForm,
  traceGroup,
  viewCrossbar,
  zooWorkload,
} from "../../index.ts";
import type {
  Config,
  ConfigSource,
  NumericArray,
  CountResult,
  Kernels,
  Progress,
  RecordedWorkload,
  SimulateOptions,
  SimulateRequest,
  SimulateResult,
} from "../../index.ts";
import { attachReaders } from "./externalReaders.ts";
import type { DetachedRequest, ReadOf } from "./externalReaders.ts";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { createPool } from "./pool.ts";
import type { BrowserPool } from "./pool.ts";
import { factsOf } from "./recordedFacts.ts";
import type { RecordedFacts } from "./recordedFacts.ts";

/** What the worker is told once. URLs are whole: a worker made of a Blob has no place of its own. */
export interface EngineSetup {
  readonly wasm: string | undefined;
  readonly onnxRuntime: string | undefined;
  readonly threads: number;
}

/** What it answers. */
export interface EngineFacts {
  readonly threads: number;
  readonly backend: string;
}

/** A request whose workload is the one that the engine keeps. */
export type RecordedRequest = Omit<SimulateRequest, "workload">;

/** What crosses as data of a request; its readers are called back. */
export type RequestData = Omit<DetachedRequest, "read">;

/** A page's function, called from here. */
export type OnProgress = ((progress: Progress) => void) | null;

// What the parts of messages must be made of.
const whole = forms.whole(0);
const dataForm = forms.record({ plain: requestForm, files: forms.listOf(forms.text) });
const countedForm = forms.record({ config: forms.record({}) });
const crossbarForm = forms.record({
  layer: whole,
  matrix: whole,
  colBlock: whole,
  isPacked: forms.flag,
  rowBlock: whole,
});
const groupForm = forms.record({ layer: whole, matrix: whole, colBlock: whole, group: whole });
const sourcesForm = forms.record({
  sources: forms.listOf(forms.record({ text: forms.text, place: forms.text })),
  overrides: forms.listOf(forms.text),
});
const fileForm = forms.record({ bytes: forms.arrayOf("Uint8Array"), place: forms.text });
const zooForm = forms.record({ name: forms.text, seed: whole });

/** A page shows no more than that. */
const PROGRESS_MS = 40;

/** The engine's side in its worker: one call at a time, and the last recorded workload with its counts. */
export class EngineService {
  private kernels: Kernels | null = null;
  private recorded: RecordedWorkload | null = null;
  private counted: { readonly key: string; readonly result: CountResult } | null = null;
  private running: AbortController | null = null;
  private pool: BrowserPool | null = null;

  start(setup: EngineSetup): Promise<Outcome<EngineFacts>> {
    return outcomeOf(async () => {
      if (setup.onnxRuntime !== undefined) locateRuntime(setup.onnxRuntime);
      if (setup.threads > 1) this.pool = await createPool(setup.threads, setup.wasm).catch(noThreads);
      this.kernels = this.pool?.kernels ?? (await loadKernels({ folder: setup.wasm }));
      return { threads: this.pool?.executor.threads ?? 1, backend: this.kernels.backend };
    });
  }

  simulate(data: RequestData, read: ReadOf, onProgress: OnProgress): Promise<Outcome<SimulateResult>> {
    return this.run(async (signal) => {
      const request = await this.requestOf(data, read);
      const { counted, accuracy, ...rest } = await this.count(request, onProgress, signal);
      return { report: price(request, { counted, accuracy }), ...rest };
    });
  }

  record(data: RequestData, read: ReadOf, maxBytes: number): Promise<Outcome<RecordedFacts | null>> {
    return this.run(async (signal) => {
      this.recorded = this.counted = null;
      this.recorded = await record(await this.requestOf(data, read), maxBytes, this.options(signal));
      return this.recorded && factsOf(this.recorded);
    });
  }

  /** Counts only where the configuration differs in more than prices from that of the last call. */
  recount(request: RecordedRequest, onProgress: OnProgress): Promise<Outcome<SimulateResult>> {
    return this.run(async (signal) => {
      forms.checkForm(countedForm, request, "request");
      const config = await checkedConfig(request.config);
      const full = { ...request, config, workload: this.recordedFor({ config }) };
      forms.checkForm(requestForm, full, "request");
      const { config: _config, source: _source, ...others } = request;
      // What executes OU by OU reads through the ADC; counts do not.
      const isExecuted = request.verifyWindows !== 0 || request.outputsOf !== undefined;
      const key = JSON.stringify([others, countedBy(config), isExecuted ? config.adc : null]);
      if (this.counted?.key !== key) this.counted = { key, result: await this.count(full, onProgress, signal) };
      const { counted, accuracy, ...rest } = this.counted.result;
      return { report: price(full, { counted, accuracy }), ...rest };
    });
  }

  /** What there is to look at of the workload that is kept. */
  choices(config: Config): Promise<Outcome<LayerChoices[]>> {
    return outcomeOf(async () => {
      const own = await checkedConfig(config);
      return layerChoices(this.recordedFor({ config: own }), own);
    });
  }

  trace(config: Config, choice: GroupChoice, window: number): Promise<Outcome<GroupTrace>> {
    return outcomeOf(async () => {
      forms.checkForm(groupForm, choice, "choice");
      forms.checkForm(whole, window, "window");
      const own = await checkedConfig(config);
      return traceGroup(this.recordedFor({ config: own }), own, choice, window, this.kernels!);
    });
  }

  crossbar(config: Config, choice: CrossbarChoice): Promise<Outcome<CrossbarView>> {
    return outcomeOf(async () => {
      forms.checkForm(crossbarForm, choice, "choice");
      const own = await checkedConfig(config);
      return viewCrossbar(this.recordedFor({ config: own }), own, choice, this.kernels!);
    });
  }

  parseConfig(sources: readonly ConfigSource[], overrides: readonly string[]): Promise<Outcome<Config>> {
    return outcomeOf(async () => {
      forms.checkForm(sourcesForm, { sources, overrides }, "texts");
      return (await loadParser()).parseConfig(sources, overrides);
    });
  }

  decodeArray(bytes: Uint8Array, place: string): Promise<Outcome<NumericArray>> {
    return outcomeOf(async () => {
      forms.checkForm(fileForm, { bytes, place }, "file");
      return decodeArray(bytes, place);
    });
  }

  zooWorkload(name: string, seed: number): Promise<Outcome<ReturnType<typeof zooWorkload>>> {
    return outcomeOf(async () => {
      forms.checkForm(zooForm, { name, seed }, "zoo");
      return zooWorkload(name, seed);
    });
  }

  abort(): void {
    this.running?.abort();
  }

  /** A request from a message, its readers attached. @throws InputError with every part that is not as it should be. */
  private async requestOf(data: RequestData, read: ReadOf): Promise<SimulateRequest> {
    forms.checkForm(dataForm, data, "message");
    const request = attachReaders({ ...data, read });
    return { ...request, config: await checkedConfig(request.config) };
  }

  private recordedFor({ config }: Pick<RecordedRequest, "config">): RecordedWorkload {
    if (this.recorded === null) throw inputError("workload", "one that was recorded before", "none");
    const own = recordedBy(config);
    if (this.recorded.recordedBy !== own) {
      throw inputError("config", `what the workload was recorded by, ${this.recorded.recordedBy}`, own);
    }
    return this.recorded;
  }

  private count(request: SimulateRequest, onProgress: OnProgress, signal: AbortSignal): Promise<CountResult> {
    let shown = -Infinity;
    return count(request, {
      ...this.options(signal),
      onProgress(progress) {
        const now = performance.now();
        if (now - shown < PROGRESS_MS && progress.done < progress.total) return;
        shown = now;
        onProgress?.(progress);
      },
    });
  }

  private options(signal: AbortSignal): SimulateOptions {
    return { kernels: this.kernels!, executor: this.pool?.executor, signal };
  }

  private run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const { signal } = (this.running = new AbortController());
    signal.addEventListener("abort", () => this.pool?.drop(signal.reason));
    const release = this.pool?.executor.mark();
    return outcomeOf(async () => {
      try {
        return await work(signal);
      } finally {
        // A call that was stopped has given nothing back, and its last tasks may still read.
        await this.pool?.executor.settle();
        release?.();
      }
    });
  }
}

async function checkedConfig(config: Config): Promise<Config> {
  return (await loadParser()).checkConfig(config, "config");
}

/** Some devices have no such memory to give, some know no SIMD; one thread does without. */
function noThreads(error: unknown): null {
  if (error instanceof RangeError || error instanceof WebAssembly.CompileError) return null;
  throw error;
}
