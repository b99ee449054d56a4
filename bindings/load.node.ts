import { readFile } from "node:fs/promises";

export type WasmName = "debug" | "release" | "scalar" | "worker";

/** Bytes of build/NAME.wasm: one folder up both from bindings/ and from the bundles in dist/. */
export async function readWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../build/${name}.wasm`, import.meta.url)));
}
