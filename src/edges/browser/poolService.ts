import { instantiateOnSharedMemory, runTask } from "../../index.ts";
import type { BulkKernels, Region } from "../../index.ts";
import type { PoolJob, PoolResult } from "../pool/queueExecutor.ts";
import { warmUp } from "../pool/threadMemory.ts";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

/** One thread of a pool, in its worker. */
export class PoolService {
  private kernels: BulkKernels | null = null;

  start(module: WebAssembly.Module, memory: WebAssembly.Memory, region: Region): Promise<Outcome<void>> {
    return outcomeOf(async () => {
      warmUp(memory, region);
      this.kernels = await instantiateOnSharedMemory(module, memory, region.start, region.end);
    });
  }

  run({ task, windows }: PoolJob): Promise<Outcome<PoolResult>> {
    return outcomeOf(async () => runTask(this.kernels!, task, windows));
  }
}
