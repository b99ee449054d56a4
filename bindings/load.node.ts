import { readFile } from "node:fs/promises";

/** A build of the kernels (asconfig.json). */
export type WasmName = "debug" | "release" | "scalar" | "worker";

/**
 * Bytes of build/NAME.wasm: one folder up both from bindings/ and from the bundles in dist/. `folder`: URL of a folder that
 * has NAME.wasm instead. Bundles for browsers have load.browser.ts or load.inline.ts in this place.
 */
export async function readWasm(name: WasmName, folder?: string): Promise<Uint8Array<ArrayBuffer>> {
  const url =
    folder === undefined ? new URL(`../build/${name}.wasm`, import.meta.url) : new URL(`${name}.wasm`, folder);
  return new Uint8Array(await readFile(url));
}
