import type { CountPlan, SegmentTable } from "../../../bindings/kernels.ts";
import {
  CLASS_FIELDS,
  LANE_BYTES,
  LIST_BITLINES,
  LIST_FIELDS,
  LIST_GROUPS,
  LIST_OFFSET_COUNT,
  LIST_OFFSET_START,
  LIST_ROW_COUNT,
  LIST_STEP,
  MEMBER_FIELDS,
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
  WORD_BITS,
} from "../../../assembly/shared/abi.ts";

/**
 * Plan of a segment table for windows of `vectorCount` vectors of `rowCount` rows. Segments with the same rows share a
 * list (structured pruning makes most of them equal); of crossbars that open the same lists only those stay that no other
 * one exceeds in every multiplicity.
 */
export function countPlan(segments: SegmentTable, vectorCount: number, rowCount: number): CountPlan {
  const lists = new RowLists(vectorCount * rowCount);
  const crossbars = new CrossbarClasses();
  let members = new Map<number, number>();
  for (let i = 0; i < segments.segmentCount; i++) {
    const record = segments.records.subarray(i * SEGMENT_FIELDS, (i + 1) * SEGMENT_FIELDS);
    const previous = i === 0 ? record[SEGMENT_CROSSBAR] : segments.records[(i - 1) * SEGMENT_FIELDS + SEGMENT_CROSSBAR];
    if (record[SEGMENT_CROSSBAR] !== previous) {
      crossbars.add(members);
      members = new Map();
    }
    const multiplicity = record[SEGMENT_MULTIPLICITY]!;
    const list = lists.add(segments.masks, record, rowCount);
    if (list >= 0) members.set(list, (members.get(list) ?? 0) + multiplicity);
  }
  crossbars.add(members);
  const { ranks, ...built } = lists.build();
  return { segments, rowCount: vectorCount * rowCount, ...built, ...crossbars.build(ranks) };
}

/** Distinct row lists, found by a hash of their rows. */
class RowLists {
  private offsets = new Uint32Array(1 << 12);
  private offsetCount = 0;
  private readonly lists: number[] = [];
  private readonly byHash = new Map<number, number[]>();
  private readonly rowGroups: Uint32Array;
  private readonly rowBitlines: Uint32Array;

  constructor(private readonly rowCount: number) {
    this.rowGroups = new Uint32Array(rowCount);
    this.rowBitlines = new Uint32Array(rowCount);
  }

  /** Index of the list that a segment opens, or -1 when it keeps no row. */
  add(masks: Uint32Array, record: Int32Array, vectorRows: number): number {
    const multiplicity = record[SEGMENT_MULTIPLICITY]!;
    const bitlines = record[SEGMENT_BITLINES]!;
    const wordCount = record[SEGMENT_WORD_COUNT]!;
    const maskStart = record[SEGMENT_MASK_START]!;
    const firstRow = record[SEGMENT_VECTOR]! * vectorRows + record[SEGMENT_WORD_START]! * WORD_BITS;
    this.reserve(wordCount * WORD_BITS + LIST_STEP);
    const { offsets, rowGroups, rowBitlines } = this;
    const start = this.offsetCount;
    let end = start;
    let hash = 0;
    for (let w = 0; w < wordCount; w++) {
      for (let word = masks[maskStart + w]!; word !== 0; word &= word - 1) {
        const row = firstRow + w * WORD_BITS + 31 - Math.clz32(word & -word);
        rowGroups[row]! += multiplicity;
        rowBitlines[row]! += bitlines;
        hash = Math.imul(hash ^ row, 0x01000193) + 1;
        offsets[end++] = row * LANE_BYTES;
      }
    }
    if (end === start) return -1;
    const list = this.find(hash, start, end) ?? this.keep(hash, start, end);
    this.lists[list * LIST_FIELDS + LIST_GROUPS]! += multiplicity;
    this.lists[list * LIST_FIELDS + LIST_BITLINES]! += bitlines;
    return list;
  }

  /** `ranks`: where each list went, in order of their first rows: neighbours read the same rows while they are cached. */
  build(): Pick<CountPlan, "offsets" | "lists" | "listCount" | "rowGroups" | "rowBitlines"> & { ranks: Int32Array } {
    const listCount = this.lists.length / LIST_FIELDS;
    const startOf = (list: number): number => this.lists[list * LIST_FIELDS + LIST_OFFSET_START]!;
    const order = Array.from({ length: listCount }, (_, list) => list);
    order.sort((a, b) => this.offsets[startOf(a)]! - this.offsets[startOf(b)]! || a - b);
    const offsets = new Uint32Array(this.offsetCount);
    const lists = new Int32Array(this.lists.length);
    const ranks = new Int32Array(listCount);
    let at = 0;
    for (const [rank, list] of order.entries()) {
      const start = startOf(list);
      const record = this.lists.slice(list * LIST_FIELDS, (list + 1) * LIST_FIELDS);
      offsets.set(this.offsets.subarray(start, start + record[LIST_OFFSET_COUNT]!), at);
      lists.set(record, rank * LIST_FIELDS);
      lists[rank * LIST_FIELDS + LIST_OFFSET_START] = at;
      at += record[LIST_OFFSET_COUNT]!;
      ranks[list] = rank;
    }
    return { offsets, lists, listCount, rowGroups: this.rowGroups, rowBitlines: this.rowBitlines, ranks };
  }

  private find(hash: number, start: number, end: number): number | undefined {
    return this.byHash.get(hash)?.find((list) => {
      const other = this.lists[list * LIST_FIELDS + LIST_OFFSET_START]!;
      if (this.lists[list * LIST_FIELDS + LIST_ROW_COUNT] !== end - start) return false;
      for (let i = 0; i < end - start; i++) if (this.offsets[other + i] !== this.offsets[start + i]) return false;
      return true;
    });
  }

  private keep(hash: number, start: number, end: number): number {
    const list = this.lists.length / LIST_FIELDS;
    const offsetCount = Math.ceil((end - start) / LIST_STEP) * LIST_STEP;
    this.offsets.fill(this.rowCount * LANE_BYTES, end, start + offsetCount);
    this.offsetCount = start + offsetCount;
    // abi.ts: first offset, offsets, rows; groups and bitlines are added by every segment.
    this.lists.push(start, offsetCount, end - start, 0, 0);
    const equalHash = this.byHash.get(hash);
    if (equalHash === undefined) this.byHash.set(hash, [list]);
    else equalHash.push(list);
    return list;
  }

  private reserve(count: number): void {
    if (this.offsetCount + count <= this.offsets.length) return;
    const grown = new Uint32Array(Math.max(2 * this.offsets.length, this.offsetCount + count));
    grown.set(this.offsets.subarray(0, this.offsetCount));
    this.offsets = grown;
  }
}

/** Crossbars by the lists that they open; each keeps its multiplicities in the order of the lists. */
class CrossbarClasses {
  private readonly byLists = new Map<string, { lists: number[]; multiplicities: number[][] }>();

  add(members: ReadonlyMap<number, number>): void {
    if (members.size === 0) return;
    const lists = [...members.keys()].sort((a, b) => a - b);
    const multiplicities = lists.map((list) => members.get(list)!);
    const key = lists.join();
    const known = this.byLists.get(key);
    if (known === undefined) {
      this.byLists.set(key, { lists, multiplicities: [multiplicities] });
    } else if (!known.multiplicities.some((others) => covers(others, multiplicities))) {
      known.multiplicities = known.multiplicities.filter((others) => !covers(multiplicities, others));
      known.multiplicities.push(multiplicities);
    }
  }

  /** `ranks`: index of each list in the plan. */
  build(ranks: Int32Array): Pick<CountPlan, "classes" | "classCount" | "members"> {
    const classes: number[] = [];
    const members: number[] = [];
    for (const { lists, multiplicities } of this.byLists.values()) {
      for (const counts of multiplicities) {
        classes.push(members.length / MEMBER_FIELDS, lists.length);
        for (const [i, list] of lists.entries()) members.push(ranks[list]!, counts[i]!);
      }
    }
    return {
      classes: Int32Array.from(classes),
      classCount: classes.length / CLASS_FIELDS,
      members: Int32Array.from(members),
    };
  }
}

/** Is every element of `a` at least that of `b`? */
function covers(a: readonly number[], b: readonly number[]): boolean {
  return a.every((count, i) => count >= b[i]!);
}
