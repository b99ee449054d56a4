import { memoryError, orAborted } from "../../index.ts";
import type { Executor, SharedMemory, TaskResults, WindowTask } from "../../index.ts";
import { Dropped } from "./taskQueue.ts";
import type { TaskQueue } from "./taskQueue.ts";

/** What crosses to a worker for one task. */
export interface PoolJob {
  readonly task: WindowTask;
  readonly windows: Uint32Array;
}

export type PoolResult = TaskResults[WindowTask["kind"]];

export interface QueueExecutor extends Executor {
  hold: NonNullable<Executor["hold"]>;
  readonly hasFailed: boolean;
  /** Resolves when no task runs any more. */
  settle(): Promise<void>;
}

/**
 * Window tasks through a queue over one memory: arrays shared through it are read in place. It serves one run at a
 * time, because what a run shares is a stack.
 */
export function queueExecutor(
  threads: number,
  shared: SharedMemory,
  queue: TaskQueue<PoolJob, PoolResult>,
): QueueExecutor {
  const running = new Set<Promise<unknown>>();
  let hasFailed = false;
  /** Resolves when the last run that wanted the executor has let it go. */
  let lastRun: Promise<void> = Promise.resolve();

  const mark = (): (() => void) => {
    const start = shared.mark();
    return () => shared.reset(start);
  };
  const run = async <T extends WindowTask>(
    task: T,
    windows: Uint32Array,
    label: string,
  ): Promise<TaskResults[T["kind"]]> => {
    const job = queue.run({ task, windows });
    running.add(job);
    try {
      return (await job) as TaskResults[T["kind"]];
    } catch (error) {
      if (error instanceof Dropped) throw error.reason;
      const noMemory = memoryError(label, error);
      if (noMemory !== null) throw noMemory;
      hasFailed = true;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`layer ${label}: a worker failed: ${reason}`, { cause: error });
    } finally {
      running.delete(job);
    }
  };
  const settle = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  const base: Executor = { threads, share: (values) => shared.share(values), mark, run };

  return {
    ...base,
    async hold(signal) {
      const before = lastRun;
      let leave = (): void => {};
      lastRun = new Promise((resolve) => (leave = resolve));
      try {
        await orAborted(before, signal);
      } catch (reason) {
        void before.then(leave);
        throw reason;
      }
      const giveBack = mark();
      const rejecters = new Set<(reason: unknown) => void>();
      const stop = (): void => {
        queue.drop(signal?.reason);
        for (const reject of rejecters) reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop);
      return {
        ...base,
        run: (task, windows, label) =>
          new Promise((resolve, reject) => {
            if (signal?.aborted) return reject(signal.reason);
            rejecters.add(reject);
            run(task, windows, label)
              .then(resolve, reject)
              .finally(() => rejecters.delete(reject));
          }),
        async release() {
          signal?.removeEventListener("abort", stop);
          await settle();
          giveBack();
          leave();
        },
      };
    },
    get hasFailed() {
      return hasFailed;
    },
    settle,
  };
}
