import { ARENA_ALIGN_BYTES } from "../assembly/shared/abi.ts";
import { alignUp, BumpArena, PAGE_BYTES, type Payload } from "./arena.ts";

/** "SREm", then 12 random bytes: a posted view comes with a buffer object of its own, so identity does not tell. */
const MAGIC = 0x6d455253;
const TAG_WORDS = 4;

/** Sizes of a shared memory. */
export interface SharedMemoryOptions {
  readonly threadCount: number;
  /** Bytes that one thread's calls may take for what is not shared, results and scratch. */
  readonly scratchBytes: number;
  /** Bytes of shared arrays at the start, and at most (4 GiB with everything else). */
  readonly initialBytes: number;
  readonly maximumBytes: number;
}

/** Half-open range of addresses. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/**
 * One memory for the kernels of all threads: a scratch region for each of them, then arrays placed once and read by all.
 * Post `memory` and a region to a worker; views returned by `share` may be posted in any message.
 */
export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  private readonly firstShared: number;
  private readonly end: number;
  private next: number;

  constructor(private readonly options: SharedMemoryOptions) {
    const { threadCount, scratchBytes, initialBytes, maximumBytes } = options;
    this.firstShared = alignUp(TAG_WORDS * 4) + threadCount * alignUp(scratchBytes);
    this.next = this.firstShared;
    this.memory = new WebAssembly.Memory({
      initial: Math.ceil((this.firstShared + initialBytes) / PAGE_BYTES),
      maximum: Math.ceil((this.firstShared + maximumBytes) / PAGE_BYTES),
      shared: true,
    });
    this.end = this.firstShared + maximumBytes;
    const tag = crypto.getRandomValues(new Uint32Array(TAG_WORDS));
    tag[0] = MAGIC;
    new Uint32Array(this.memory.buffer, 0, TAG_WORDS).set(tag);
  }

  /** Scratch region of thread 0 … threadCount-1. */
  region(thread: number): Region {
    const bytes = alignUp(this.options.scratchBytes);
    const start = alignUp(TAG_WORDS * 4) + thread * bytes;
    return { start, end: start + bytes };
  }

  /**
   * Places a copy of an array and returns a view of it, which kernels on this memory read in place.
   * @throws RangeError with the bytes needed when maximumBytes is reached.
   */
  share<T extends Payload>(values: T): T {
    // Kernels load whole vectors: what follows an array must be readable.
    const end = alignUp(this.next + values.byteLength) + ARENA_ALIGN_BYTES;
    if (end > this.end) {
      const needed = end - this.firstShared;
      throw new RangeError(`shared memory: expected at most ${this.options.maximumBytes} bytes, got ${needed}`);
    }
    const missing = end - this.memory.buffer.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (error) {
      const message = `shared memory: expected bytes that the system has room for, got ${missing} more`;
      throw new RangeError(message, { cause: error });
    }
    const constructor = values.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => T;
    const view = new constructor(this.memory.buffer, this.next, values.length);
    view.set(values);
    this.next = end;
    return view;
  }

  /** Where sharing stands, for `reset`. */
  mark(): number {
    return this.next;
  }

  /** Gives back what was shared since the mark, or everything; no thread may read it any more. */
  reset(mark = this.firstShared): void {
    this.next = mark;
  }
}

/** Blocks from one thread's region; arrays that already lie in the same memory cross by their address. */
export class SharedArena extends BumpArena {
  private readonly known = new WeakMap<ArrayBufferLike, boolean>();

  override copyIn(values: Payload, tailBytes = 0): number {
    const isAligned = values.byteOffset % ARENA_ALIGN_BYTES === 0;
    return isAligned && this.holds(values.buffer) ? values.byteOffset : super.copyIn(values, tailBytes);
  }

  private holds(buffer: ArrayBufferLike): boolean {
    if (buffer === this.memory.buffer) return true;
    if (!(buffer instanceof SharedArrayBuffer)) return false;
    let isSame = this.known.get(buffer);
    if (isSame === undefined) this.known.set(buffer, (isSame = hasTagOf(buffer, this.memory.buffer)));
    return isSame;
  }
}

function hasTagOf(buffer: ArrayBufferLike, memory: ArrayBufferLike): boolean {
  if (buffer.byteLength < TAG_WORDS * 4) return false;
  const tag = new Uint32Array(memory, 0, TAG_WORDS);
  const other = new Uint32Array(buffer, 0, TAG_WORDS);
  return tag[0] === MAGIC && tag.every((word, i) => word === other[i]);
}
