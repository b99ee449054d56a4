import { workerData } from "node:worker_threads";
import { instantiateOnSharedMemory, runTask } from "../../index.ts";
import { REGIONS_TAKEN, WORKERS_READY } from "./counters.ts";
import type { WorkerSetup } from "./executor.ts";
import type { PoolJob, PoolResult } from "./queueExecutor.ts";
import { warmUp } from "./threadMemory.ts";

const { module, memory, regions, counters } = workerData as WorkerSetup;
const region = regions[Atomics.add(counters, REGIONS_TAKEN, 1)];
// A region belongs to one thread for good: a successor of a dead worker has none, and the run has failed by then.
if (region === undefined) throw new Error(`no scratch region left for another worker (${regions.length} threads)`);
warmUp(memory, region);
const kernels = await instantiateOnSharedMemory(module, memory, region.start, region.end);
Atomics.add(counters, WORKERS_READY, 1);

/** Runs one window task with this thread's kernels. */
export default function run({ task, windows }: PoolJob): PoolResult {
  return runTask(kernels, task, windows);
}
