import { workerData } from "node:worker_threads";
import { instantiateOnSharedMemory, runTask } from "../../index.ts";
import type { TaskResults, WindowTask } from "../../index.ts";
import { REGIONS_TAKEN, WORKERS_READY } from "./counters.ts";
import type { PoolJob, WorkerSetup } from "./executor.ts";

/** What counting a layer of VGG-16 takes. */
const WARM_BYTES = 8 * 2 ** 20;

const { module, memory, regions, counters } = workerData as WorkerSetup;
const region = regions[Atomics.add(counters, REGIONS_TAKEN, 1)];
// A region belongs to one thread for good: a successor of a dead worker has none, and the run has failed by then.
if (region === undefined) throw new Error(`no scratch region left for another worker (${regions.length} threads)`);
// A page of memory is slow to get: the first megabytes of scratch are there before the first task wants them.
new Uint8Array(memory.buffer, region.start, Math.min(WARM_BYTES, region.end - region.start)).fill(0);
const kernels = await instantiateOnSharedMemory(module, memory, region.start, region.end);
Atomics.add(counters, WORKERS_READY, 1);

/** Runs one window task with this thread's kernels. */
export default function run({ task, windows }: PoolJob): TaskResults[WindowTask["kind"]] {
  return runTask(kernels, task, windows);
}
