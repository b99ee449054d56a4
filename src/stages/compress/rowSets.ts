import type { RowLists, SegmentTable } from "../../../bindings/kernels.ts";
import {
  LIST_BITLINES,
  LIST_FIELDS,
  LIST_FIRST_ROW,
  LIST_GROUPS,
  LIST_MASK_START,
  LIST_ROW_COUNT,
  LIST_WORD_COUNT,
  SEGMENT_BITLINES,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
  WORD_BITS,
} from "../../../assembly/shared/abi.ts";
import { popcount32 } from "../../model/base/bits.ts";

/** The lists of a segment table. */
export interface RowSets {
  readonly lists: RowLists;
  /** Per segment: its list, or -1 when it keeps no row. */
  readonly listOf: Int32Array;
}

/**
 * Collapses segments that open the same rows (structured pruning makes most of them equal). Lists come in order of their
 * first rows: neighbours read the same rows while these are cached.
 */
export function rowSets(segments: SegmentTable, vectorRows: number): RowSets {
  const { records, segmentCount } = segments;
  const found = new FoundSets(segments);
  const setOf = new Int32Array(segmentCount);
  for (let segment = 0, last = -1; segment < segmentCount; last = segment++) {
    // The column blocks of dense crossbars read one mask, one after the other.
    setOf[segment] = last >= 0 && readsSameMask(records, segment, last) ? setOf[last]! : found.setOf(segment);
  }
  return ranked(segments, vectorRows, setOf, found);
}

/** Sets in the order in which they were found, by a hash of their words. */
class FoundSets {
  /** Per set: a segment that opens it, its rows, and its first row counted from the segment's first word. */
  readonly segmentOf: number[] = [];
  readonly rowCounts: number[] = [];
  readonly firstBits: number[] = [];
  private readonly hashes: number[] = [];
  /** Open addressing: set + 1, or 0. */
  private readonly slots: Int32Array;

  constructor(private readonly segments: SegmentTable) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * segments.segmentCount + 2)));
  }

  setOf(segment: number): number {
    const { records, masks } = this.segments;
    const at = segment * SEGMENT_FIELDS;
    const start = records[at + SEGMENT_MASK_START]!;
    const end = start + records[at + SEGMENT_WORD_COUNT]!;
    let hash = Math.imul(records[at + SEGMENT_VECTOR]!, 31) + records[at + SEGMENT_WORD_START]!;
    let rowCount = 0;
    let firstBit = -1;
    for (let w = start; w < end; w++) {
      const word = masks[w]!;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
      rowCount += popcount32(word);
      if (firstBit < 0 && word !== 0) firstBit = (w - start) * WORD_BITS + 31 - Math.clz32(word & -word);
    }
    if (rowCount === 0) return -1;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const set = this.slots[slot]! - 1;
      if (this.hashes[set] === hash && this.openSameRows(segment, this.segmentOf[set]!)) return set;
    }
    this.slots[slot] = this.segmentOf.push(segment);
    this.hashes.push(hash);
    this.rowCounts.push(rowCount);
    this.firstBits.push(firstBit);
    return this.segmentOf.length - 1;
  }

  private openSameRows(segment: number, other: number): boolean {
    const { records, masks } = this.segments;
    const a = segment * SEGMENT_FIELDS;
    const b = other * SEGMENT_FIELDS;
    const wordCount = records[a + SEGMENT_WORD_COUNT]!;
    if (
      wordCount !== records[b + SEGMENT_WORD_COUNT] ||
      records[a + SEGMENT_WORD_START] !== records[b + SEGMENT_WORD_START] ||
      records[a + SEGMENT_VECTOR] !== records[b + SEGMENT_VECTOR]
    )
      return false;
    const maskA = records[a + SEGMENT_MASK_START]!;
    const maskB = records[b + SEGMENT_MASK_START]!;
    for (let w = 0; w < wordCount; w++) if (masks[maskA + w] !== masks[maskB + w]) return false;
    return true;
  }
}

function ranked(
  { records, segmentCount }: SegmentTable,
  vectorRows: number,
  setOf: Int32Array,
  { segmentOf, rowCounts, firstBits }: FoundSets,
): RowSets {
  const listCount = segmentOf.length;
  const firstRows = segmentOf.map((segment) => firstRowOf(records, segment, vectorRows));
  const keys = Float64Array.from(firstRows, (row, set) => (row + firstBits[set]!) * listCount + set).sort();
  const lists = new Int32Array(listCount * LIST_FIELDS);
  const ranks = new Int32Array(listCount);
  for (const [rank, key] of keys.entries()) {
    const set = key % listCount;
    const record = segmentOf[set]! * SEGMENT_FIELDS;
    const at = rank * LIST_FIELDS;
    lists[at + LIST_MASK_START] = records[record + SEGMENT_MASK_START]!;
    lists[at + LIST_WORD_COUNT] = records[record + SEGMENT_WORD_COUNT]!;
    lists[at + LIST_FIRST_ROW] = firstRows[set]!;
    lists[at + LIST_ROW_COUNT] = rowCounts[set]!;
    ranks[set] = rank;
  }
  for (let segment = 0; segment < segmentCount; segment++) {
    if (setOf[segment]! < 0) continue;
    const list = ranks[setOf[segment]!]!;
    setOf[segment] = list;
    lists[list * LIST_FIELDS + LIST_GROUPS]! += records[segment * SEGMENT_FIELDS + SEGMENT_MULTIPLICITY]!;
    lists[list * LIST_FIELDS + LIST_BITLINES]! += records[segment * SEGMENT_FIELDS + SEGMENT_BITLINES]!;
  }
  return { lists: { records: lists, listCount }, listOf: setOf };
}

function readsSameMask(records: Int32Array, segment: number, other: number): boolean {
  const a = segment * SEGMENT_FIELDS;
  const b = other * SEGMENT_FIELDS;
  return (
    records[a + SEGMENT_MASK_START] === records[b + SEGMENT_MASK_START] &&
    records[a + SEGMENT_WORD_COUNT] === records[b + SEGMENT_WORD_COUNT] &&
    records[a + SEGMENT_WORD_START] === records[b + SEGMENT_WORD_START] &&
    records[a + SEGMENT_VECTOR] === records[b + SEGMENT_VECTOR]
  );
}

/** Row of the first bit of a segment's mask, counted through all vectors. */
export function firstRowOf(records: Int32Array, segment: number, vectorRows: number): number {
  const at = segment * SEGMENT_FIELDS;
  return records[at + SEGMENT_VECTOR]! * vectorRows + records[at + SEGMENT_WORD_START]! * WORD_BITS;
}
