import type { Arena, Payload } from "../../bindings/arena.ts";

const GUARD_BYTES = 64;
/** As a float of either size no number: what a kernel reads beyond its arrays may be one in the product, too. */
const poisonAt = (address: number): number => (address % 2 === 0 ? 0xa5 : 0xff);

/** One byte of one block (by its number since the arena was made) that counts as a guard byte. */
export interface Withheld {
  readonly block: number;
  readonly side: "before" | "after";
}

/** Blocks filled with poison and fenced by guard bytes, looked at when they are given back. */
export interface GuardedArena extends Arena {
  /** Blocks given so far. */
  readonly blockCount: number;
  withheld: Withheld | null;
}

type ArenaModule = typeof import("../../bindings/arena.ts");

/** The arenas of a module, guarded: it is handed in, because tests have these classes in the place of its own. */
export function guardArenas(module: ArenaModule): ArenaModule {
  class Guarded extends module.Arena implements GuardedArena {
    withheld: Withheld | null = null;
    blockCount = 0;
    private readonly blocks: { address: number; byteCount: number; innerMark: number }[] = [];

    constructor(private readonly inner: Arena) {
      super(inner.memory);
    }

    allocate(byteCount: number): number {
      const innerMark = this.inner.mark();
      const fenced = this.inner.allocate(byteCount + 2 * GUARD_BYTES);
      new Uint8Array(this.memory.buffer, fenced, byteCount + 2 * GUARD_BYTES).forEach((_, i, bytes) => {
        bytes[i] = poisonAt(fenced + i);
      });
      if (fenced % 16 !== 0) throw new Error(`arena: expected a 16-byte aligned block, got ${fenced}`);
      const address = fenced + GUARD_BYTES;
      const isAfter = this.isWithheld("after", byteCount);
      const isBefore = this.isWithheld("before", byteCount);
      this.blocks.push(
        isBefore
          ? { address: address + 1, byteCount: byteCount - 1, innerMark }
          : { address, byteCount: isAfter ? byteCount - 1 : byteCount, innerMark },
      );
      this.blockCount++;
      return address;
    }

    override copyIn(values: Payload, tailBytes = 0): number {
      const isAfter = this.isWithheld("after", values.byteLength);
      const isBefore = this.isWithheld("before", values.byteLength);
      const address = super.copyIn(values, tailBytes);
      // What the bindings write is no fault of the kernel's.
      if (isBefore) new Uint8Array(this.memory.buffer)[address] = poisonAt(address);
      const last = address + values.byteLength - 1;
      if (isAfter) new Uint8Array(this.memory.buffer)[last] = poisonAt(last);
      return address;
    }

    mark(): number {
      return this.blocks.length;
    }

    reset(mark: number): void {
      let fault: Error | null = null;
      while (this.blocks.length > mark) {
        const { address, byteCount, innerMark } = this.blocks.pop()!;
        fault = this.faultAt(address - GUARD_BYTES, "before") ?? this.faultAt(address + byteCount, "after") ?? fault;
        this.inner.reset(innerMark);
      }
      if (fault !== null) throw fault;
    }

    private isWithheld(side: Withheld["side"], byteCount: number): boolean {
      return this.withheld?.block === this.blockCount && this.withheld.side === side && byteCount > 0;
    }

    private faultAt(start: number, side: string): Error | null {
      const guard = new Uint8Array(this.memory.buffer, start, GUARD_BYTES);
      const at = guard.findIndex((byte, i) => byte !== poisonAt(start + i));
      return at < 0 ? null : new Error(`guard: a kernel wrote ${side} its block, guard byte ${at}`);
    }
  }

  class HeapArena extends Guarded {
    constructor(raw: WebAssembly.Exports) {
      super(new module.HeapArena(raw));
    }
  }

  class BumpArena extends Guarded {
    constructor(memory: WebAssembly.Memory, start: number, end: number) {
      super(new module.BumpArena(memory, start, end));
    }
  }

  class GrowingArena extends Guarded {
    constructor(memory: WebAssembly.Memory, start: number) {
      super(new module.GrowingArena(memory, start));
    }
  }

  return { ...module, HeapArena, BumpArena, GrowingArena } as unknown as ArenaModule;
}
