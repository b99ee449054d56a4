import { instantiateAlone, instantiateOnSharedMemory, readWasm, runTask } from "../../index.ts";
import type { Kernels } from "../../index.ts";
import { queueExecutor } from "../pool/queueExecutor.ts";
import type { PoolJob, PoolResult, QueueExecutor } from "../pool/queueExecutor.ts";
import { TaskQueue } from "../pool/taskQueue.ts";
import { createThreadMemory } from "../pool/threadMemory.ts";
import { valueOf } from "./outcome.ts";
import type { PoolService } from "./poolService.ts";
import { openRemote } from "./remote.ts";
import type { RemoteWorker } from "./remote.ts";

/** Name of a worker that is a thread of a pool; the same file serves the engine. */
export const POOL_WORKER = "sre-pool";

export interface BrowserPool {
  readonly executor: QueueExecutor;
  /** For what is no window task, with a memory of their own: a page with threads loads one module. */
  readonly kernels: Kernels;
  /** Rejects the tasks that no thread has begun. */
  drop(reason: unknown): void;
}

interface Thread {
  readonly remote: RemoteWorker<PoolService>;
  held: number;
}

/**
 * Window tasks on `threads` threads, this one among them, over one memory: the pool of edges/pool, with workers of the
 * browser. Needs SharedArrayBuffer. @throws RangeError when the browser gives no such memory, WebAssembly.CompileError when
 * it knows no SIMD.
 */
export async function createPool(threads: number, wasmFolder: string | undefined): Promise<BrowserPool> {
  const {
    shared,
    regions: [ownRegion, ...regions],
  } = createThreadMemory(threads);
  const module = await WebAssembly.compile(await readWasm("worker", wasmFolder));
  const alone = await instantiateAlone(module);
  const pool = await Promise.all(
    regions.map(async (region): Promise<Thread> => {
      // The file that runs here: as itself, or a Blob of it.
      const worker = new Worker(self.location.href, { type: "module", name: POOL_WORKER });
      const remote = openRemote<PoolService>(worker, "a worker of the pool");
      valueOf(await Promise.race([remote.service.start(module, shared.memory, region), remote.ended]));
      return { remote, held: 0 };
    }),
  );
  const kernels = await instantiateOnSharedMemory(module, shared.memory, ownRegion!.start, ownRegion!.end);
  const queue = new TaskQueue<PoolJob, PoolResult>(
    pool.length,
    async (job) => {
      const thread = pool.reduce((least, other) => (other.held < least.held ? other : least));
      thread.held++;
      try {
        return valueOf(await Promise.race([thread.remote.service.run(job), thread.remote.ended])) as PoolResult;
      } finally {
        thread.held--;
      }
    },
    ({ task, windows }) => runTask(kernels, task, windows),
    nextTurns(),
  );
  return {
    executor: queueExecutor(threads, shared, queue),
    kernels: alone,
    drop: (reason) => queue.drop(reason),
  };
}

/** Work after what waits already, messages of other threads among it; a timer would wait for milliseconds. */
function nextTurns(): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (work) => {
    waiting.push(work);
    port2.postMessage(null);
  };
}
