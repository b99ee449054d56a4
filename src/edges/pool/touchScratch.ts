import type { Region } from "../../index.ts";

/** What counting a layer of VGG-16 takes. */
const TOUCHED_BYTES = 8 * 2 ** 20;

/** A page of memory is slow to get: the first megabytes of a thread's scratch are there before a task wants them. */
export function touchScratch(memory: WebAssembly.Memory, { start, end }: Region): void {
  new Uint8Array(memory.buffer, start, Math.min(TOUCHED_BYTES, end - start)).fill(0);
}
