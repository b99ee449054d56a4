import { Arena } from "../../bindings/arena.ts";

const GUARD_BYTES = 64;
/** As a float of either size no number: what a kernel reads beyond its arrays may be one in the product, too. */
const POISON = [0xa5, 0xff];

/** Blocks filled with poison and fenced by guard bytes, looked at when they are given back. */
export class GuardedArena extends Arena {
  private readonly blocks: { address: number; byteCount: number; innerMark: number }[] = [];

  constructor(private readonly inner: Arena) {
    super(inner.memory);
  }

  allocate(byteCount: number): number {
    const innerMark = this.inner.mark();
    const fenced = this.inner.allocate(byteCount + 2 * GUARD_BYTES);
    new Uint8Array(this.memory.buffer, fenced, byteCount + 2 * GUARD_BYTES).forEach((_, i, bytes) => {
      bytes[i] = POISON[i % 2]!;
    });
    if (fenced % 16 !== 0) throw new Error(`arena: expected a 16-byte aligned block, got ${fenced}`);
    this.blocks.push({ address: fenced + GUARD_BYTES, byteCount, innerMark });
    return fenced + GUARD_BYTES;
  }

  mark(): number {
    return this.blocks.length;
  }

  reset(mark: number): void {
    while (this.blocks.length > mark) {
      const { address, byteCount, innerMark } = this.blocks.pop()!;
      this.checkGuard(address - GUARD_BYTES, "before");
      this.checkGuard(address + byteCount, "after");
      this.inner.reset(innerMark);
    }
  }

  private checkGuard(start: number, side: string): void {
    const guard = new Uint8Array(this.memory.buffer, start, GUARD_BYTES);
    const at = guard.findIndex((byte, i) => byte !== POISON[(start + i) % 2]);
    if (at >= 0) throw new Error(`guard: a kernel wrote ${side} its block, guard byte ${at}`);
  }
}
