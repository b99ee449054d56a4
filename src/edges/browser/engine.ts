import { proxy } from "comlink";
import type { ProxyMarked, Remote } from "comlink";
import type { Config, CrossbarChoice, CrossbarView, GroupChoice, GroupTrace, LayerChoices } from "../../index.ts";
import type {
  ConfigSource,
  NumericArray,
  Progress,
  SimulateRequest,
  SimulateResult,
  zooWorkload,
} from "../../index.ts";
import type { EngineFacts, EngineService, EngineSetup, RecordedRequest } from "./engineService.ts";
import { detachReaders } from "./externalReaders.ts";
import { valueOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import type { RecordedFacts } from "./recordedFacts.ts";
import { openRemote } from "./remote.ts";
import type { RemoteWorker } from "./remote.ts";
import { spawnEngine } from "./spawn.ts";

/** How an engine starts. */
export interface EngineOptions {
  /** Threads at most; default: all processors. One where the page is not cross-origin isolated. */
  readonly threads?: number;
  /** URL of the folder that has release.wasm, scalar.wasm and worker.wasm; default: that of this bundle. */
  readonly wasm?: string | URL;
  /** URL of the folder that has the files of ONNX Runtime; default: onnxruntime/ beside this bundle. */
  readonly onnxRuntime?: string | URL;
}

/** How one call is watched and stopped. */
export interface CallOptions {
  /** Called after each piece of work. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between tasks, or by ending the worker where it does not listen; then nothing is recorded any more. */
  readonly signal?: AbortSignal;
}

/** An engine in a worker of its own. Calls wait for one another. Faulty input rejects with InputError, as in Node. */
export interface BrowserEngine {
  /** Threads that count; 1 where memory cannot be shared. */
  readonly threads: number;
  /** Whether the page is cross-origin isolated. */
  readonly isIsolated: boolean;
  /** Name of the kernels, as reports of speed want it. */
  readonly backend: string;
  /** Runs the whole pipeline, as `simulate` of the door does. */
  simulate(request: SimulateRequest, options?: CallOptions): Promise<SimulateResult>;
  /** Quantises a workload and keeps it, in place of the one before; null (and none kept) where it takes more than `maxBytes`. */
  record(
    request: SimulateRequest,
    options?: CallOptions & { readonly maxBytes?: number },
  ): Promise<RecordedFacts | null>;
  /** `simulate` of the workload that is kept: no inference, and no counting where only prices differ from the last call. */
  recount(request: RecordedRequest, options?: CallOptions): Promise<SimulateResult>;
  /** What there is to look at of the workload that is kept, under a configuration. */
  choices(config: Config): Promise<LayerChoices[]>;
  /** One window through one OU column group, round by round. */
  trace(config: Config, choice: GroupChoice, window: number): Promise<GroupTrace>;
  /** Cells and kept rows of one crossbar. */
  crossbar(config: Config, choice: CrossbarChoice): Promise<CrossbarView>;
  /** `parseConfig` of the door, in the worker: a page that calls it here needs no code for it. */
  parseConfig(sources: readonly ConfigSource[], overrides?: readonly string[]): Promise<Config>;
  /** `decodeArray` of the door, in the worker. */
  decodeArray(bytes: Uint8Array, place: string): Promise<NumericArray>;
  /** `zooWorkload` of the door, in the worker. */
  zooWorkload(name: string, seed: number): Promise<ReturnType<typeof zooWorkload>>;
  /** Ends the worker; calls under way reject. */
  close(): void;
}

type OnProgress = NonNullable<CallOptions["onProgress"]>;

const RECORDING_BYTES = 2 ** 30;
/** A worker that has not listened by then is inside a call that nothing else ends. */
const PATIENCE_MS = 500;

interface RunningWorker extends RemoteWorker<EngineService> {
  readonly facts: Promise<EngineFacts>;
}

/** Starts the worker and loads the kernels. @throws Error when a file is not where it should be. */
export async function startEngine(options: EngineOptions = {}): Promise<BrowserEngine> {
  const isIsolated = globalThis.crossOriginIsolated === true;
  const setup: EngineSetup = {
    threads: isIsolated ? Math.max(1, options.threads ?? navigator.hardwareConcurrency) : 1,
    wasm: options.wasm === undefined ? undefined : folderUrl(options.wasm),
    onnxRuntime: folderUrl(options.onnxRuntime ?? new URL("onnxruntime/", ownUrl())),
  };
  let current: RunningWorker | null = null;
  const worker = (): RunningWorker => {
    if (current !== null) return current;
    const started = (current = startWorker(setup));
    started.ended.catch(() => {
      if (current === started) current = null;
    });
    return started;
  };
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  const { threads, backend } = await worker().facts;

  /** Runs when the calls before are over. An abort rejects at once; the next call waits until the worker is free. */
  const call = <T>(
    { signal, onProgress }: CallOptions,
    work: (service: Remote<EngineService>, report: ReturnType<typeof proxied<OnProgress>>) => Promise<Outcome<T>>,
  ): Promise<T> => {
    const run = async (): Promise<T> => {
      if (isClosed) throw closedError();
      signal?.throwIfAborted();
      const running = worker();
      await running.facts;
      const stop = stopper(running);
      signal?.addEventListener("abort", stop.abort, { once: true });
      // The signal may have fired while the worker started.
      if (signal?.aborted) stop.abort();
      // Progress comes by a port of its own, and may come after the result.
      let isOver = false;
      const report = onProgress && ((now: Progress): void => void (isOver || signal?.aborted || onProgress(now)));
      try {
        return valueOf(await Promise.race([work(running.service, proxied(report)), running.ended]));
      } finally {
        isOver = true;
        stop.settle();
        signal?.removeEventListener("abort", stop.abort);
      }
    };
    const result = last.then(run);
    last = result.catch(() => {});
    return signal === undefined ? result : rejectOnAbort(result, signal);
  };

  return {
    ...{ threads, backend, isIsolated },
    simulate(request, options = {}) {
      const { read, ...data } = detachReaders(request);
      return call<SimulateResult>(options, (service, report) => service.simulate(data, proxied(read), report));
    },
    record(request, options = {}) {
      const { read, ...data } = detachReaders(request);
      return call<RecordedFacts | null>(options, (service) =>
        service.record(data, proxied(read), options.maxBytes ?? RECORDING_BYTES),
      );
    },
    recount: (request, options = {}) =>
      call<SimulateResult>(options, (service, report) => service.recount(request, report)),
    choices: (config) => call<LayerChoices[]>({}, (service) => service.choices(config)),
    trace: (config, choice, window) => call<GroupTrace>({}, (service) => service.trace(config, choice, window)),
    crossbar: (config, choice) => call<CrossbarView>({}, (service) => service.crossbar(config, choice)),
    parseConfig: (sources, overrides = []) => call({}, (service) => service.parseConfig(sources, overrides)),
    decodeArray: (bytes, place) => call({}, (service) => service.decodeArray(bytes, place)),
    zooWorkload: (name, seed) => call({}, (service) => service.zooWorkload(name, seed)),
    close() {
      isClosed = true;
      current?.end(closedError());
    },
  };
}

function startWorker(setup: EngineSetup): RunningWorker {
  const remote = openRemote<EngineService>(spawnEngine(), "the engine's worker");
  const facts = Promise.race([remote.service.start(setup), remote.ended]).then((outcome) =>
    valueOf<EngineFacts>(outcome),
  );
  facts.catch(remote.end);
  return { ...remote, facts };
}

function proxied<T extends (...values: never[]) => unknown>(callback: T | null | undefined): (T & ProxyMarked) | null {
  return callback == null ? null : proxy(callback);
}

/** With the slash that makes it a folder; relative ones belong to the page. */
function folderUrl(folder: string | URL): string {
  const { href } = new URL(folder, globalThis.location?.href);
  return href.endsWith("/") ? href : `${href}/`;
}

/** Some bundlers leave no URL of the file: then the page's. */
function ownUrl(): string {
  return (import.meta.url as string | undefined) ?? globalThis.location.href;
}

/** Asks a worker to stop, and ends it when it does not listen. */
function stopper(running: RunningWorker): { abort(): void; settle(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    abort() {
      void running.service.abort();
      timer = setTimeout(() => running.end(new Error("the worker did not stop in time")), PATIENCE_MS);
    },
    settle: () => clearTimeout(timer),
  };
}

function rejectOnAbort<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function closedError(): Error {
  return new Error("the engine is closed");
}
