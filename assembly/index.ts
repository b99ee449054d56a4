// The ABI on one screen: bulk kernels by address, and the control API, whose strings and arrays cross by as-bind.
import { fitsByteLanes } from "./kernels/mvmBitSerial";
import { decodeIndexEntries, encodeIndexEntries } from "./kernels/orcIndex";

export * from "./kernels";

/** Takes the name of a key that is out of range; the bindings have the words for it. */
// @ts-ignore: decorator
@external("diagnostics", "report")
declare function report(key: string): void;

/** How the module was built; one constant, because strings that are put together bring the code for it along. */
export function describe(): string {
  if (!ASC_FEATURE_SIMD) return "release, scalar";
  return ASC_NO_ASSERT ? "release, simd128" : "debug, simd128";
}

/** [crossbarRows, ouRows, cellBits, weightBits, activationBits] → which product loop takes it; reports what is out of range. */
export function configure(geometry: Int32Array): string {
  // The caller's array has its five; a check would bring strings of the standard library along.
  const crossbarRows = unchecked(geometry[0]);
  const ouRows = unchecked(geometry[1]);
  const cellBits = unchecked(geometry[2]);
  if (
    isInRange("crossbarRows", crossbarRows, 1, i32.MAX_VALUE) &&
    isInRange("ouRows", ouRows, 1, crossbarRows) &&
    isInRange("cellBits", cellBits, 1, 8) &&
    isInRange("weightBits", unchecked(geometry[3]), 1, 16) &&
    isInRange("activationBits", unchecked(geometry[4]), 1, 16)
  ) {
    return fitsByteLanes(ouRows, cellBits) ? "mvm=u8x16" : "mvm=general";
  }
  return "";
}

/** Row mask → index entries (§6). */
export function encodeIndex(mask: Uint32Array, rowStart: i32, rowCount: i32, indexBits: i32): Uint32Array {
  // Every entry is a row of its own, so rowCount bounds their count.
  const entries = new Uint32Array(rowCount);
  return entries.slice(0, encodeIndexEntries(mask.dataStart, rowStart, rowCount, indexBits, entries.dataStart));
}

/** Index entries → rows (§6). */
export function decodeIndex(entries: Uint32Array, previousRow: i32): Int32Array {
  const rows = new Int32Array(entries.length);
  decodeIndexEntries(entries.dataStart, entries.length, previousRow, rows.dataStart);
  return rows;
}

/** Block outside the reach of the collector, 16-byte aligned. */
export function arenaAllocate(byteCount: usize): usize {
  return heap.alloc(byteCount);
}

export function arenaFree(address: usize): void {
  heap.free(address);
}

function isInRange(name: string, value: i32, min: i32, max: i32): bool {
  if (value >= min && value <= max) return true;
  report(name);
  return false;
}
