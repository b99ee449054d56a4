// The package's own types are `any`, and its main entry is the compiler transform: hence the deep path, here alone.
declare module "as-bind/dist/as-bind.esm.js" {
  interface BoundInstance {
    /** Exports with strings and arrays converted; returned typed arrays are views that the collector may reuse. */
    readonly exports: Record<string, (...values: unknown[]) => unknown>;
    readonly loadedModule: WebAssembly.WebAssemblyInstantiatedSource;
  }
  export function instantiate(
    source: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<BoundInstance>;
}
