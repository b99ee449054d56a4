import type { BulkKernels } from "../../../bindings/kernels.ts";
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
}

/** The calling thread gives way to other work about so often: a timer costs a millisecond or more, and tasks may be shorter. */
const GIVE_WAY_MS = 10;

/** Everything on the calling thread, giving way to other work between tasks. */
export function inlineExecutor(kernels: BulkKernels): Executor {
  let gaveWay = performance.now();
  return {
    threads: 1,
    share: (values) => values,
    mark: () => () => {},
    async run(task, windows) {
      if (performance.now() - gaveWay >= GIVE_WAY_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        gaveWay = performance.now();
      }
      return runTask(kernels, task, windows);
    },
  };
}
