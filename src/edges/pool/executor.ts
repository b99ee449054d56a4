import { Piscina } from "piscina";
import type { Executor, TaskResults, WindowTask } from "../../index.ts";

/** What crosses to a worker for one task. */
export interface PoolJob {
  readonly task: WindowTask;
  readonly windows: Uint32Array;
}

export interface PoolExecutor {
  /** undefined on one thread: the engine has its own. */
  readonly executor: Executor | undefined;
  readonly threads: number;
  close(): Promise<void>;
}

/**
 * Window tasks on `threads` threads. What tasks read lies in shared memory; the results are integers, so that any
 * number of threads adds up to the same report. A worker that dies fails the task, by the layer's name.
 */
export function createExecutor(threads: number): PoolExecutor {
  if (threads === 1) return { executor: undefined, threads, close: async () => {} };
  const pool = new Piscina<PoolJob, TaskResults[WindowTask["kind"]]>({
    filename: new URL("worker.js", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
  });
  const executor: Executor = {
    share(values) {
      const shared = new SharedArrayBuffer(values.byteLength);
      const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => typeof values)(shared);
      copy.set(values);
      return copy;
    },
    async run<T extends WindowTask>(task: T, windows: Uint32Array, label: string): Promise<TaskResults[T["kind"]]> {
      try {
        return (await pool.run({ task, windows })) as TaskResults[T["kind"]];
      } catch (error) {
        throw new Error(`layer ${label}: a worker failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    },
  };
  return { executor, threads, close: () => pool.destroy() };
}
