import { instantiate } from "as-bind/dist/as-bind.esm.js";

/** One instance of debug, release or scalar.wasm: exports by address, and the control API with converted values. */
export interface BoundModule {
  readonly raw: WebAssembly.Exports;
  /** How it was built. */
  describe(): string;
  configure(geometry: Int32Array): string;
  encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array;
  decodeIndex(entries: Uint32Array, previousRow: number): Int32Array;
  /** Keys that `configure` has found out of range since this was last asked. */
  takeDiagnostics(): string[];
}

export async function instantiateBound(bytes: Uint8Array): Promise<BoundModule> {
  const diagnostics: string[] = [];
  const report = (key: string) => void diagnostics.push(key);
  const bound = await instantiate(bytes, { diagnostics: { report } });
  const { describe, configure, encodeIndex, decodeIndex, __collect } = bound.exports;
  // A returned array is an unpinned view of Wasm memory: it is copied before the module, which never does so by itself,
  // collects what nothing holds.
  const copied = <T extends Uint32Array | Int32Array>(view: unknown): T => {
    const copy = (view as T).slice() as T;
    __collect!();
    return copy;
  };
  return {
    raw: bound.loadedModule.instance.exports,
    describe: () => describe!() as string,
    configure: (geometry) => configure!(geometry) as string,
    encodeIndex: (mask, rowStart, rowCount, indexBits) => copied(encodeIndex!(mask, rowStart, rowCount, indexBits)),
    decodeIndex: (entries, previousRow) => copied(decodeIndex!(entries, previousRow)),
    takeDiagnostics: () => diagnostics.splice(0),
  };
}
