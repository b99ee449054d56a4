import type { Executor, SharedMemory, TaskResults, WindowTask } from "../../index.ts";
import type { TaskQueue } from "./taskQueue.ts";

/** What crosses to a worker for one task. */
export interface PoolJob {
  readonly task: WindowTask;
  readonly windows: Uint32Array;
}

export type PoolResult = TaskResults[WindowTask["kind"]];

export interface QueueExecutor extends Executor {
  readonly hasFailed: boolean;
  /** Resolves when no task runs any more. */
  settle(): Promise<void>;
}

/** Window tasks through a queue over one memory: arrays shared through it are read in place. */
export function queueExecutor(
  threads: number,
  shared: SharedMemory,
  queue: TaskQueue<PoolJob, PoolResult>,
): QueueExecutor {
  const running = new Set<Promise<unknown>>();
  let hasFailed = false;
  return {
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
    get hasFailed() {
      return hasFailed;
    },
    async settle() {
      await Promise.allSettled(running);
    },
  };
}
