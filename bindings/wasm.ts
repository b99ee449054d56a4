import { ABI_VERSION } from "../assembly/shared/abi.ts";
import { HeapArena, type Arena } from "./arena.ts";
import { instantiateBound, type BoundModule } from "./boundModule.ts";
import { WasmBulkKernels } from "./bulk.ts";
import * as check from "./check.ts";
import type { Backend, KernelGeometry, Kernels } from "./kernels.ts";

/** All kernels over one instance of debug, release or scalar.wasm; not shared between threads. */
export class WasmKernels extends WasmBulkKernels implements Kernels {
  /** `arena`: where bulk arguments are copied to, in the module's memory. */
  constructor(
    private readonly bound: BoundModule,
    readonly backend: Backend,
    arena: Arena,
  ) {
    super(bound.raw, arena);
  }

  /** Kernels of a module's bytes. @throws Error when they do not compile or have another ABI version. */
  static async instantiate(bytes: Uint8Array, backend: Backend): Promise<WasmKernels> {
    const bound = await instantiateBound(bytes);
    return new WasmKernels(bound, backend, new HeapArena(bound.raw));
  }

  encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array {
    check.checkEncodeIndex(mask, rowStart, rowCount, indexBits);
    return this.bound.encodeIndex(mask, rowStart, rowCount, indexBits);
  }

  decodeIndex(entries: Uint32Array, previousRow: number): Int32Array {
    check.checkDecodeIndex(entries, previousRow);
    return this.bound.decodeIndex(entries, previousRow);
  }

  configure(geometry: KernelGeometry): string {
    // What is no i32 would cross as another number.
    const isWhole = (value: number): boolean => Number.isInteger(value) && value === (value | 0);
    if (!Object.values(geometry ?? [""]).every(isWhole)) check.checkGeometry(geometry);
    const { crossbarRows, ouRows, cellBits, weightBits, activationBits } = geometry;
    const answer = this.bound.configure(Int32Array.of(crossbarRows, ouRows, cellBits, weightBits, activationBits));
    if (this.bound.takeDiagnostics().length > 0) check.checkGeometry(geometry);
    return answer;
  }

  describe(): string {
    return `sparse-reram-engine kernels in Wasm, ABI ${ABI_VERSION}, ${this.bound.describe()}`;
  }
}
