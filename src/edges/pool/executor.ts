import { setTimeout } from "node:timers/promises";
import { Piscina } from "piscina";
import { instantiateOnSharedMemory, readWasm, runTask } from "../../index.ts";
import { WORKERS_READY } from "./counters.ts";
import { queueExecutor } from "./queueExecutor.ts";
import type { PoolJob, PoolResult } from "./queueExecutor.ts";
import { TaskQueue } from "./taskQueue.ts";
import { createThreadMemory } from "./threadMemory.ts";
import type { Executor, Region } from "../../index.ts";

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

/**
 * Window tasks on `threads` threads, this one among them, over one memory: arrays shared through the executor are read in
 * place. Results are integers, so that any number of threads adds up to the same report. A worker that dies fails its
 * task, by the layer's name.
 */
export async function createExecutor(threads: number, workerFile = "worker.js"): Promise<PoolExecutor> {
  if (threads === 1) return { executor: undefined, threads, close: async () => {} };
  const workerCount = threads - 1;
  const { shared, regions: allRegions } = createThreadMemory(threads);
  const [ownRegion, ...regions] = allRegions;
  const workerData: WorkerSetup = {
    module: await WebAssembly.compile(await readWasm("worker")),
    memory: shared.memory,
    regions,
    counters: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
  };
  const pool = new Piscina<PoolJob, PoolResult>({
    filename: new URL(workerFile, import.meta.url).href,
    minThreads: workerCount,
    maxThreads: workerCount,
    concurrentTasksPerWorker: 2,
    workerData,
  });
  const { start, end } = ownRegion!;
  const kernels = await instantiateOnSharedMemory(workerData.module, shared.memory, start, end);
  const queue = new TaskQueue<PoolJob, PoolResult>(
    workerCount,
    (job) => pool.run(job),
    ({ task, windows }) => runTask(kernels, task, windows),
  );
  const executor = queueExecutor(threads, shared, queue);
  const close = async (): Promise<void> => {
    // A result that arrives after the end would be an uncaught exception: after a failure, let the other tasks finish.
    await executor.settle();
    // Node aborts the process when a worker is ended while it still loads its module.
    for (let waited_ms = 0; !executor.hasFailed && waited_ms < START_LIMIT_MS; waited_ms += 5) {
      if (Atomics.load(workerData.counters, WORKERS_READY) >= workerCount) break;
      await setTimeout(5);
    }
    await pool.destroy();
  };
  return { executor, threads, close };
}
