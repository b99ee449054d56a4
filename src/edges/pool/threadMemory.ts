import { SharedMemory } from "../../index.ts";
import type { Region } from "../../index.ts";

const MEMORY_BYTES = 4 * 2 ** 30 - 2 ** 20;
/** Scratch of all threads together, and of one at most. */
const SCRATCH_BYTES = 1.5 * 2 ** 30;
const THREAD_SCRATCH_BYTES = 2 ** 28;
/** What counting a layer of VGG-16 takes. */
const WARM_BYTES = 8 * 2 ** 20;

/** One memory for some threads, and the scratch region of each. */
export interface ThreadMemory {
  readonly shared: SharedMemory;
  readonly regions: readonly Region[];
}

/** All that Wasm can address: pages of it come into being when they are written. */
export function createThreadMemory(threads: number): ThreadMemory {
  const scratchBytes = Math.min(THREAD_SCRATCH_BYTES, Math.floor(SCRATCH_BYTES / threads / 65536) * 65536);
  const maximumBytes = MEMORY_BYTES - threads * scratchBytes;
  const shared = new SharedMemory({ threadCount: threads, scratchBytes, initialBytes: 2 ** 20, maximumBytes });
  return { shared, regions: Array.from({ length: threads }, (_, thread) => shared.region(thread)) };
}

/** A page of memory is slow to get: the first megabytes of scratch are there before the first task wants them. */
export function warmUp(memory: WebAssembly.Memory, { start, end }: Region): void {
  new Uint8Array(memory.buffer, start, Math.min(WARM_BYTES, end - start)).fill(0);
}
