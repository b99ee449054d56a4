import { setTimeout } from "node:timers/promises";
import { Piscina } from "piscina";
import { SharedMemory, instantiateOnSharedMemory, readWasm, runTask } from "../../index.ts";
import { WORKERS_READY } from "./counters.ts";
import { TaskQueue } from "./taskQueue.ts";
import type { Executor, Region, TaskResults, WindowTask } from "../../index.ts";

/** What crosses to a worker for one task. */
export interface PoolJob {
  readonly task: WindowTask;
  readonly windows: Uint32Array;
}

/** What a worker gets when it starts: the kernels, their memory, and the counters that deal out the scratch regions. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly regions: readonly Region[];
  readonly counters: Int32Array;
}

export interface PoolExecutor {
  /** undefined on one thread: the engine has its own. */
  readonly executor: Executor | undefined;
  readonly threads: number;
  close(): Promise<void>;
}

/** A worker that has not started by then will not. */
const START_LIMIT_MS = 10_000;
const MEMORY_BYTES = 4 * 2 ** 30 - 2 ** 20;
/** Scratch of all threads together, and of one at most. */
const SCRATCH_BYTES = 1.5 * 2 ** 30;
const THREAD_SCRATCH_BYTES = 2 ** 28;

/**
 * Window tasks on `threads` threads, this one among them, over one memory: arrays shared through the executor are read in
 * place. Results are integers, so that any number of threads adds up to the same report. A worker that dies fails its
 * task, by the layer's name.
 */
export async function createExecutor(threads: number, workerFile = "worker.js"): Promise<PoolExecutor> {
  if (threads === 1) return { executor: undefined, threads, close: async () => {} };
  const workerCount = threads - 1;
  const scratchBytes = Math.min(THREAD_SCRATCH_BYTES, Math.floor(SCRATCH_BYTES / threads / 65536) * 65536);
  const maximumBytes = MEMORY_BYTES - threads * scratchBytes;
  const shared = new SharedMemory({ threadCount: threads, scratchBytes, initialBytes: 2 ** 20, maximumBytes });
  const [ownRegion, ...regions] = Array.from({ length: threads }, (_, thread) => shared.region(thread));
  const workerData: WorkerSetup = {
    module: await WebAssembly.compile(await readWasm("worker")),
    memory: shared.memory,
    regions,
    counters: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
  };
  const pool = new Piscina<PoolJob, TaskResults[WindowTask["kind"]]>({
    filename: new URL(workerFile, import.meta.url).href,
    minThreads: workerCount,
    maxThreads: workerCount,
    concurrentTasksPerWorker: 2,
    workerData,
  });
  const { start, end } = ownRegion!;
  const kernels = await instantiateOnSharedMemory(workerData.module, shared.memory, start, end);
  const queue = new TaskQueue<PoolJob, TaskResults[WindowTask["kind"]]>(
    workerCount,
    (job) => pool.run(job),
    ({ task, windows }) => runTask(kernels, task, windows),
  );
  const running = new Set<Promise<unknown>>();
  let hasFailed = false;
  const executor: Executor = {
    threads,
    share: (values) => shared.share(values),
    mark() {
      const mark = shared.mark();
      return () => shared.reset(mark);
    },
    async run<T extends WindowTask>(task: T, windows: Uint32Array, label: string): Promise<TaskResults[T["kind"]]> {
      const job = queue.run({ task, windows });
      running.add(job);
      try {
        return (await job) as TaskResults[T["kind"]];
      } catch (error) {
        hasFailed = true;
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`layer ${label}: a worker failed: ${reason}`, { cause: error });
      } finally {
        running.delete(job);
      }
    },
  };
  const close = async (): Promise<void> => {
    // A result that arrives after the end would be an uncaught exception: after a failure, let the other tasks finish.
    await Promise.allSettled(running);
    // Node aborts the process when a worker is ended while it still loads its module.
    for (let waited_ms = 0; !hasFailed && waited_ms < START_LIMIT_MS; waited_ms += 5) {
      if (Atomics.load(workerData.counters, WORKERS_READY) >= workerCount) break;
      await setTimeout(5);
    }
    await pool.destroy();
  };
  return { executor, threads, close };
}
