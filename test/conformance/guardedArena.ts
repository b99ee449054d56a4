import type { Arena, Payload } from "../../bindings/arena.ts";

const GUARD_BYTES = 64;
/** As a float of either size no number: what a kernel reads beyond its arrays may be one in the product, too. */
const poisonAt = (address: number): number => (address % 2 === 0 ? 0xa5 : 0xff);
/** Of the double that it may be the top of, a number that whatever is added changes. */
const WITHHELD = 0xa5;

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
    private readonly blocks: { address: number; byteCount: number; innerMark: number; withheldAt: number | null }[] =
      [];

    constructor(private readonly inner: Arena) {
      super(inner.memory);
    }

    allocate(byteCount: number): number {
      const innerMark = this.inner.mark();
      const pairs = Math.ceil(byteCount / 2) + GUARD_BYTES;
      const fenced = this.inner.allocate(2 * pairs);
      new Uint16Array(this.memory.buffer, fenced, pairs).fill(poisonAt(0) | (poisonAt(1) << 8));
      if (fenced % 16 !== 0) throw new Error(`arena: expected a 16-byte aligned block, got ${fenced}`);
      const address = fenced + GUARD_BYTES;
      this.blocks.push({ address, byteCount, innerMark, withheldAt: null });
      this.withhold(this.blockCount++, address, byteCount);
      return address;
    }

    override copyIn(values: Payload, tailBytes = 0): number {
      const address = super.copyIn(values, tailBytes);
      // What the bindings write is no fault of the kernel's.
      this.withhold(this.blockCount - 1, address, values.byteLength);
      return address;
    }

    mark(): number {
      return this.blocks.length;
    }

    reset(mark: number): void {
      let fault: Error | null = null;
      while (this.blocks.length > mark) {
        const { address, byteCount, innerMark, withheldAt } = this.blocks.pop()!;
        if (withheldAt !== null && new Uint8Array(this.memory.buffer)[withheldAt] !== WITHHELD)
          fault = new Error(
            `guard: a kernel wrote ${withheldAt === address ? "before" : "after"} its block, a withheld byte`,
          );
        fault = this.faultAt(address - GUARD_BYTES, "before") ?? this.faultAt(address + byteCount, "after") ?? fault;
        this.inner.reset(innerMark);
      }
      if (fault !== null) throw fault;
    }

    /** Where the first `byteCount` bytes of the latest block end or begin, if it is that block's turn. */
    private withhold(block: number, address: number, byteCount: number): void {
      if (this.withheld?.block !== block || byteCount < 2) return;
      const at = this.withheld.side === "before" ? address : address + byteCount - 1;
      this.blocks.at(-1)!.withheldAt = at;
      new Uint8Array(this.memory.buffer)[at] = WITHHELD;
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
