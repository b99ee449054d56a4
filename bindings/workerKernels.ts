import { ARENA_ALIGN_BYTES } from "../assembly/shared/abi.ts";
import { GrowingArena } from "./arena.ts";
import { checkGeometry } from "./check.ts";
import type { KernelGeometry, Kernels } from "./kernels.ts";
import { decodeIndex, encodeIndex } from "./scalar/orcIndex.ts";
import { WasmKernels } from "./wasm.ts";

/** Largest sum of an OU that a lane of one byte holds. */
const LANE_MAX = 255;

/**
 * All kernels of worker.wasm, over a memory that no other instance has: where threads load that module, release.wasm is not
 * needed beside it. It has no control API, which wants an allocator; that of the plain twin stands in.
 * @throws RangeError when there is no such memory to have.
 */
export async function instantiateAlone(source: WebAssembly.Module): Promise<Kernels> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const { exports } = await WebAssembly.instantiate(source, { env: { memory } });
  const module = {
    raw: exports,
    ...{ encodeIndex, decodeIndex },
    describe: () => "release, simd128, threads",
    configure: ([crossbarRows, ouRows, cellBits, weightBits, activationBits]: Int32Array) => {
      const geometry = { crossbarRows, ouRows, cellBits, weightBits, activationBits } as KernelGeometry;
      checkGeometry(geometry);
      return geometry.ouRows * (2 ** geometry.cellBits - 1) <= LANE_MAX ? "mvm=u8x16" : "mvm=general";
    },
    takeDiagnostics: () => [],
  };
  return new WasmKernels(module, "wasm-simd", new GrowingArena(memory, ARENA_ALIGN_BYTES));
}
