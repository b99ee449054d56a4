import type { BulkKernels } from "../../../bindings/kernels.ts";
import { withinMemory } from "../../model/base/memory.ts";
import { Pace } from "../../model/base/pace.ts";
import { runTask } from "./tasks.ts";
import type { TaskResults, WindowTask } from "./tasks.ts";

/** Runs window tasks somewhere: on this thread, or in a pool. Results come in any order; callers add integers. */
export interface Executor {
  /** Tasks that run at the same time. */
  readonly threads: number;
  /** Makes an array cheap to send with many tasks; the identity on one thread. */
  share<T extends Uint8Array | Int16Array | Int32Array | Uint16Array | Uint32Array | Float32Array>(values: T): T;
  /** What is shared from now on is given back by the function returned; the latest mark goes first. */
  mark(): () => void;
  /** Runs a task on the windows of these numbers; `label` names the layer in errors and progress. */
  run<T extends WindowTask>(task: T, windows: Uint32Array, label: string): Promise<TaskResults[T["kind"]]>;
  /**
   * The executor for one run alone, once earlier ones have let it go; absent where it is one run's already. An abort
   * drops the tasks that nobody has begun, with the signal's reason. @throws that reason while it waits.
   */
  hold?(signal: AbortSignal | undefined): Promise<HeldExecutor>;
}

/** An executor that one run has to itself. */
export interface HeldExecutor extends Executor {
  /** Gives everything back that was shared, once no task reads it any more, and lets the next run in. */
  release(): Promise<void>;
}

/** Everything on the calling thread, one task after the other, giving way to other work between them. */
export function inlineExecutor(kernels: BulkKernels, signal?: AbortSignal): Executor {
  const pace = new Pace(signal);
  let last: Promise<unknown> = Promise.resolve();
  return {
    threads: 1,
    share: (values) => values,
    mark: () => () => {},
    run(task, windows, label) {
      // Behind a task that fails nothing runs any more: the run that asked for it is over.
      const turn = last.then(async () => {
        await pace.step();
        return withinMemory(label, () => runTask(kernels, task, windows));
      });
      last = turn;
      return turn;
    },
  };
}

/** Runs some work on an executor of its own, or on one that it has for itself until it ends. */
export async function withExecutor<T>(
  kernels: BulkKernels,
  { executor, signal }: { readonly executor?: Executor | undefined; readonly signal?: AbortSignal | undefined },
  work: (executor: Executor) => Promise<T>,
): Promise<T> {
  if (executor?.hold === undefined) return work(executor ?? inlineExecutor(kernels, signal));
  const held = await executor.hold(signal);
  let result: T;
  try {
    result = await work(held);
  } catch (error) {
    // Whoever comes next waits for tasks that are still at work; the caller of this run need not.
    void held.release();
    throw error;
  }
  await held.release();
  return result;
}
