import { BumpArena, HeapArena, type Arena } from "../../bindings/arena.ts";
import { instantiateBound } from "../../bindings/boundModule.ts";
import { WasmBulkKernels } from "../../bindings/bulk.ts";
import type { BulkKernels, Kernels } from "../../bindings/kernels.ts";
import { readWasm } from "../../bindings/load.node.ts";
import { WasmKernels } from "../../bindings/wasm.ts";
import type { GuardedArena } from "./guardedArena.ts";

/** Runtime of the AssemblyScript compiler, not ours: no kernel. */
const RUNTIME_EXPORTS = /^__|^memory$|^table$/;

export interface Implementation<K extends BulkKernels> {
  readonly kernels: K;
  readonly arena: GuardedArena;
  /** Exports of ours that nothing has called yet. */
  uncalledExports(): string[];
}

/** debug, release or scalar.wasm, in guarded blocks, with its exports watched. */
export async function watchedWasm(name: "debug" | "release" | "scalar"): Promise<Implementation<Kernels>> {
  const bound = await instantiateBound(await readWasm(name));
  const watched = watch(bound.raw);
  const control = watch(bound);
  const module = { ...bound, ...control.proxies, raw: watched.proxies };
  const arena = new HeapArena(watched.proxies);
  const kernels = new WasmKernels(module, name === "scalar" ? "wasm-scalar" : "wasm-simd", arena);
  // The control exports are called through as-bind, so their raw names stay unseen.
  const uncalled = () => watched.uncalled().filter((name) => !(name in control.proxies));
  return { kernels, arena: guarded(arena), uncalledExports: () => [...uncalled(), ...control.uncalled()] };
}

/** worker.wasm over shared memory, in a region that starts off a vector boundary. */
export async function watchedWorker(): Promise<Implementation<BulkKernels>> {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const { instance } = await WebAssembly.instantiate(await readWasm("worker"), { env: { memory } });
  const watched = watch(instance.exports);
  const arena = new BumpArena(memory, 1001, 64 * 65536);
  const kernels = new WasmBulkKernels(watched.proxies, arena);
  return { kernels, arena: guarded(arena), uncalledExports: watched.uncalled };
}

/** @throws Error when test/guards.ts has not put guards around the blocks of an arena. */
export function guarded(arena: Arena): GuardedArena {
  if (!("withheld" in arena)) throw new Error("arena: expected guards around its blocks");
  return arena as GuardedArena;
}

function watch<T extends object>(functions: T): { proxies: T; uncalled: () => string[] } {
  const names = Object.keys(functions).filter((name) => typeof functions[name as keyof T] === "function");
  const uncalled = new Set(names.filter((name) => !RUNTIME_EXPORTS.test(name)));
  const proxies = Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : new Proxy(value, {
            apply(target, self, values) {
              uncalled.delete(name);
              return Reflect.apply(target, self, values);
            },
          }),
    ]),
  ) as T;
  return { proxies, uncalled: () => [...uncalled] };
}
