export type WasmName = "debug" | "release" | "scalar" | "worker";

/** Beside the bundle. Written out one by one: bundlers find and carry files that are named so. */
const FILES: Readonly<Record<Exclude<WasmName, "debug">, () => URL>> = {
  release: () => new URL("./release.wasm", import.meta.url),
  scalar: () => new URL("./scalar.wasm", import.meta.url),
  worker: () => new URL("./worker.wasm", import.meta.url),
};

/** Takes the place of load.node.ts in bundles for browsers. `folder`: URL of a folder that has NAME.wasm instead. */
export async function readWasm(name: WasmName, folder?: string): Promise<Uint8Array<ArrayBuffer>> {
  if (name === "debug" && folder === undefined) throw new Error("debug.wasm: expected the URL of its folder, got none");
  const url = folder === undefined ? FILES[name as keyof typeof FILES]() : new URL(`${name}.wasm`, folder);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href}: expected the kernels, got status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
