import { ABI_VERSION } from "../assembly/shared/abi.ts";
import type { Arena, Payload } from "./arena.ts";

type RawKernel = (...values: number[]) => number;

/** How every kernel of a Wasm instance is called: mark → copy in → call → copy out → reset. */
export class KernelCalls {
  /** @throws Error when the module was built for another ABI version. */
  constructor(
    private readonly raw: WebAssembly.Exports,
    readonly arena: Arena,
  ) {
    const version = this.call("abiVersion");
    if (version !== ABI_VERSION)
      throw new Error(`Wasm module: expected ABI version ${ABI_VERSION}, got ${version} (npm run build:wasm)`);
  }

  /** Runs a kernel whose result is written in full. */
  fill(result: Payload, run: (address: number) => void): void {
    this.withBlocks(() => {
      const address = this.arena.allocate(result.byteLength);
      run(address);
      this.arena.copyOut(address, result);
    });
  }

  /** Runs a kernel that adds into its result. */
  addTo(result: Payload, run: (address: number) => void): void {
    this.withBlocks(() => {
      const address = this.arena.copyIn(result);
      run(address);
      this.arena.copyOut(address, result);
    });
  }

  /** Gives back what `run` allocates, also when it throws. */
  withBlocks(run: () => void): void {
    const mark = this.arena.mark();
    try {
      run();
    } finally {
      this.arena.reset(mark);
    }
  }

  /** Calls an export with addresses and numbers as they are; a trap comes out as a RuntimeError. */
  call(kernel: string, ...values: number[]): number {
    return (this.raw[kernel] as RawKernel)(...values);
  }
}
