import { ARENA_ALIGN_BYTES } from "../assembly/shared/abi.ts";

export const PAGE_BYTES = 65536;

/** Arrays that cross into Wasm memory. */
export type Payload = Uint8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** No block is larger: what the allocator of the AssemblyScript runtime gives at most. */
const MOST_BLOCK_BYTES = 2 ** 30 - 64;

/**
 * The one place that knows Wasm addresses. A call marks, copies in, runs, copies out and resets; every view is made
 * anew, because memory may have grown in between.
 */
export abstract class Arena {
  constructor(readonly memory: WebAssembly.Memory) {}

  /** Address of a new block, 16-byte aligned, contents undefined. @throws RangeError with the bytes when there is no room. */
  abstract allocate(byteCount: number): number;
  /** Where allocation stands, for `reset`. */
  abstract mark(): number;
  /** Gives back everything allocated since the mark. */
  abstract reset(mark: number): void;

  /** Before a module adds up what it needs, which would wrap beyond its addresses. @throws RangeError as allocate does. */
  expectRoom(byteCount: number): void {
    if (byteCount > MOST_BLOCK_BYTES)
      throw new RangeError(noRoom(`at most ${MOST_BLOCK_BYTES} bytes a block`, byteCount));
  }

  /** Copies an array in; `tailBytes` more are readable after it. */
  copyIn(values: Payload, tailBytes = 0): number {
    const address = this.allocate(values.byteLength + tailBytes);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.memory.buffer, address, values.byteLength).set(bytes);
    return address;
  }

  /** Fills an array from an address. */
  copyOut(address: number, values: Payload): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    bytes.set(new Uint8Array(this.memory.buffer, address, values.byteLength));
  }
}

/** Blocks from the heap of a module that carries the AssemblyScript runtime. */
export class HeapArena extends Arena {
  private readonly blocks: number[] = [];
  private readonly heapAllocate: (byteCount: number) => number;
  private readonly heapFree: (address: number) => void;

  constructor(raw: WebAssembly.Exports) {
    super(raw["memory"] as WebAssembly.Memory);
    this.heapAllocate = raw["arenaAllocate"] as (byteCount: number) => number;
    this.heapFree = raw["arenaFree"] as (address: number) => void;
  }

  allocate(byteCount: number): number {
    this.expectRoom(byteCount);
    let address: number;
    try {
      address = this.heapAllocate(byteCount) >>> 0;
    } catch (error) {
      // The allocator traps, before it has changed anything, where memory cannot grow.
      throw new RangeError(noRoom("a block that memory has room for", byteCount), { cause: error });
    }
    this.blocks.push(address);
    return address;
  }

  mark(): number {
    return this.blocks.length;
  }

  reset(mark: number): void {
    while (this.blocks.length > mark) this.heapFree(this.blocks.pop()!);
  }
}

/** Blocks from a region of an imported memory that is this arena's alone: one worker's share. */
export class BumpArena extends Arena {
  private next: number;

  /** [start, end) in bytes. */
  constructor(
    memory: WebAssembly.Memory,
    start: number,
    private readonly end: number,
  ) {
    super(memory);
    this.next = alignUp(start);
  }

  /** @throws RangeError when the region is full. */
  allocate(byteCount: number): number {
    const address = this.next;
    const after = alignUp(address + byteCount);
    if (after > this.end) throw new RangeError(noRoom(`at most ${this.end - address} bytes more`, byteCount));
    this.next = after;
    return address;
  }

  mark(): number {
    return this.next;
  }

  reset(mark: number): void {
    this.next = mark;
  }
}

/** Blocks from `start` on, in a memory that grows with them. */
export class GrowingArena extends BumpArena {
  constructor(memory: WebAssembly.Memory, start: number) {
    super(memory, start, 2 ** 32);
  }

  override allocate(byteCount: number): number {
    const address = super.allocate(byteCount);
    const missing = this.mark() - this.memory.buffer.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (error) {
      this.reset(address);
      throw new RangeError(noRoom("a block that memory has room for", byteCount), { cause: error });
    }
    return address;
  }
}

function noRoom(expected: string, byteCount: number): string {
  return `arena: expected ${expected}, got ${byteCount} bytes`;
}

/** Next multiple of ARENA_ALIGN_BYTES. */
export function alignUp(address: number): number {
  return Math.ceil(address / ARENA_ALIGN_BYTES) * ARENA_ALIGN_BYTES;
}
