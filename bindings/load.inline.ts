import release from "../build/release.wasm";
import scalar from "../build/scalar.wasm";
import worker from "../build/worker.wasm";

export type WasmName = "debug" | "release" | "scalar" | "worker";

const FILES: Partial<Record<WasmName, Uint8Array<ArrayBuffer>>> = { release, scalar, worker };

/** Takes the place of load.node.ts in the bundle that is one file: its bytes are in it. */
export async function readWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = FILES[name];
  if (bytes === undefined) throw new Error(`${name}.wasm is not in this bundle`);
  return bytes;
}
