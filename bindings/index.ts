import type { Kernels } from "./kernels.ts";
import { readWasm, type WasmName } from "./load.node.ts";
import { WasmKernels } from "./wasm.ts";

export type * from "./kernels.ts";
export { BumpArena, HeapArena } from "./arena.ts";
export type { Arena, Payload } from "./arena.ts";
export type { WasmBulkKernels } from "./bulk.ts";
export { readWasm } from "./load.node.ts";
export type { WasmName } from "./load.node.ts";
export { tableProbabilities } from "./sensingTable.ts";
export { SharedMemory } from "./sharedMemory.ts";
export type { Region, SharedMemoryOptions } from "./sharedMemory.ts";
export { WasmKernels } from "./wasm.ts";
export { instantiateOnSharedMemory } from "./worker.ts";

/** Which build of the kernels, and where it lies. */
export interface LoadOptions {
  /** Default "auto": Wasm with SIMD where it validates, else Wasm without, else TypeScript. "debug" has asserts. */
  readonly target?: "auto" | "simd" | "scalar" | "typescript" | "debug";
  /** URL of the folder (with a slash at the end) that has the modules; default: where the package keeps them. */
  readonly folder?: string | undefined;
}

const MODULES: Record<"simd" | "scalar" | "debug", WasmName> = { simd: "release", scalar: "scalar", debug: "debug" };

/** @throws Error when the module asked for is missing, does not validate or has another ABI version. */
export async function loadKernels(options: LoadOptions = {}): Promise<Kernels> {
  const target = options.target ?? "auto";
  if (target === "typescript") return loadTwin();
  if (target !== "auto") {
    const bytes = await readWasm(MODULES[target], options.folder);
    return WasmKernels.instantiate(bytes, target === "scalar" ? "wasm-scalar" : "wasm-simd");
  }
  if (typeof WebAssembly === "undefined") return loadTwin();
  for (const simdOrNot of ["simd", "scalar"] as const) {
    const bytes = await readWasm(MODULES[simdOrNot], options.folder);
    if (WebAssembly.validate(bytes)) return WasmKernels.instantiate(bytes, `wasm-${simdOrNot}`);
  }
  return loadTwin();
}

/** The plain twin weighs a fifth of the bindings, and few need it. */
async function loadTwin(): Promise<Kernels> {
  const { ScalarKernels } = await import("./scalar.ts");
  return new ScalarKernels();
}
