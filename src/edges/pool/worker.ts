import { loadKernels, runTask } from "../../index.ts";
import type { TaskResults, WindowTask } from "../../index.ts";
import type { PoolJob } from "./executor.ts";

const kernels = await loadKernels();

/** Runs one window task with this thread's kernels. */
export default function run({ task, windows }: PoolJob): TaskResults[WindowTask["kind"]] {
  return runTask(kernels, task, windows);
}
