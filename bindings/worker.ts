import { WasmBulkKernels } from "./bulk.ts";
import { SharedArena } from "./sharedMemory.ts";

/**
 * Bulk kernels of worker.wasm over a memory that several threads share; [start, end) is this thread's own region, in
 * bytes. Arrays that lie in this memory are read in place (sharedMemory.ts). The module has no allocator and no data, so any number of instances may live on one memory.
 */
export async function instantiateOnSharedMemory(
  source: WebAssembly.Module,
  memory: WebAssembly.Memory,
  start: number,
  end: number,
): Promise<WasmBulkKernels> {
  const instance = await WebAssembly.instantiate(source, { env: { memory } });
  return new WasmBulkKernels(instance.exports, new SharedArena(memory, start, end));
}
