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
  const { records, segmentCount } = segments;
  const lists = new RowLists(segments, vectorCount, rowCount);
  const crossbars = new CrossbarClasses();
  for (let at = 0; at < segmentCount * SEGMENT_FIELDS; at += SEGMENT_FIELDS) {
    if (at > 0 && records[at + SEGMENT_CROSSBAR] !== records[at - SEGMENT_FIELDS + SEGMENT_CROSSBAR]) crossbars.close();
    const list = lists.add(at);
    if (list >= 0) crossbars.open(list, records[at + SEGMENT_MULTIPLICITY]!);
  }
  crossbars.close();
  const { ranks, ...built } = lists.build();
  return { segments, rowCount: vectorCount * rowCount, ...built, ...crossbars.build(ranks) };
}

/** An offset, shifted by this, is its row. */
const LANE_SHIFT = Math.log2(LANE_BYTES);

/** Distinct row lists, found by a hash of their rows. */
class RowLists {
  private offsets = new Uint32Array(1 << 12);
  private offsetCount = 0;
  private readonly lists: number[] = [];
  private readonly byHash = new Map<number, number[]>();
  private readonly rowCount: number;
  /** Where the last record read its rows, and their list. */
  private lastRecord = -1;
  private lastList = -1;

  constructor(
    private readonly segments: SegmentTable,
    vectorCount: number,
    private readonly vectorRows: number,
  ) {
    this.rowCount = vectorCount * vectorRows;
  }

  /** Index of the list that the segment at `records[at]` opens, or -1 when it keeps no row. */
  add(at: number): number {
    const { records } = this.segments;
    // The column blocks of dense crossbars read one mask, one after the other.
    if (!this.readsLastRows(at)) this.lastList = this.listOf(at);
    this.lastRecord = at;
    const list = this.lastList;
    if (list < 0) return list;
    this.lists[list * LIST_FIELDS + LIST_GROUPS]! += records[at + SEGMENT_MULTIPLICITY]!;
    this.lists[list * LIST_FIELDS + LIST_BITLINES]! += records[at + SEGMENT_BITLINES]!;
    return list;
  }

  /** `ranks`: where each list went, in order of their first rows: neighbours read the same rows while they are cached. */
  build(): Pick<CountPlan, "offsets" | "lists" | "listCount" | "rowGroups" | "rowBitlines"> & { ranks: Int32Array } {
    const listCount = this.lists.length / LIST_FIELDS;
    const startOf = (list: number): number => this.lists[list * LIST_FIELDS + LIST_OFFSET_START]!;
    const firsts = Array.from({ length: listCount }, (_, list) => this.offsets[startOf(list)]!);
    const order = Uint32Array.from({ length: listCount }, (_, list) => list);
    order.sort((a, b) => firsts[a]! - firsts[b]! || a - b);
    const offsets = new Uint32Array(this.offsetCount);
    const rowGroups = new Uint32Array(this.rowCount);
    const rowBitlines = new Uint32Array(this.rowCount);
    const lists = new Int32Array(this.lists.length);
    const ranks = new Int32Array(listCount);
    let at = 0;
    for (const [rank, list] of order.entries()) {
      const start = startOf(list);
      const record = this.lists.slice(list * LIST_FIELDS, (list + 1) * LIST_FIELDS);
      const opened = this.offsets.subarray(start, start + record[LIST_OFFSET_COUNT]!);
      offsets.set(opened, at);
      lists.set(record, rank * LIST_FIELDS);
      lists[rank * LIST_FIELDS + LIST_OFFSET_START] = at;
      at += record[LIST_OFFSET_COUNT]!;
      ranks[list] = rank;
      addAtRows(rowGroups, opened, record[LIST_ROW_COUNT]!, record[LIST_GROUPS]!);
      addAtRows(rowBitlines, opened, record[LIST_ROW_COUNT]!, record[LIST_BITLINES]!);
    }
    return { offsets, lists, listCount, rowGroups, rowBitlines, ranks };
  }

  private readsLastRows(at: number): boolean {
    const { records } = this.segments;
    const last = this.lastRecord;
    return (
      last >= 0 &&
      records[at + SEGMENT_MASK_START] === records[last + SEGMENT_MASK_START] &&
      records[at + SEGMENT_WORD_COUNT] === records[last + SEGMENT_WORD_COUNT] &&
      records[at + SEGMENT_WORD_START] === records[last + SEGMENT_WORD_START] &&
      records[at + SEGMENT_VECTOR] === records[last + SEGMENT_VECTOR]
    );
  }

  private listOf(at: number): number {
    const { records, masks } = this.segments;
    const wordCount = records[at + SEGMENT_WORD_COUNT]!;
    const maskStart = records[at + SEGMENT_MASK_START]!;
    const firstRow = records[at + SEGMENT_VECTOR]! * this.vectorRows + records[at + SEGMENT_WORD_START]! * WORD_BITS;
    this.reserve(wordCount * WORD_BITS + LIST_STEP);
    const { offsets } = this;
    const start = this.offsetCount;
    let end = start;
    let hash = 0;
    for (let w = 0; w < wordCount; w++) {
      for (let word = masks[maskStart + w]!; word !== 0; word &= word - 1) {
        const row = firstRow + w * WORD_BITS + 31 - Math.clz32(word & -word);
        hash = Math.imul(hash ^ row, 0x01000193) + 1;
        offsets[end++] = row * LANE_BYTES;
      }
    }
    return end === start ? -1 : (this.find(hash, start, end) ?? this.keep(hash, start, end));
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
  /** Of the current crossbar and of the one before: list, multiplicity, list, … */
  private members: number[] = [];
  private lastMembers: number[] = [];

  /** The current crossbar opens a list. */
  open(list: number, multiplicity: number): void {
    this.members.push(list, multiplicity);
  }

  /** What follows belongs to the next crossbar. */
  close(): void {
    const { members, lastMembers } = this;
    // Dense crossbars side by side are equal.
    if (members.length > 0 && !areEqual(members, lastMembers)) this.add(members);
    this.lastMembers = members;
    this.members = lastMembers;
    lastMembers.length = 0;
  }

  private add(members: readonly number[]): void {
    const counts = new Map<number, number>();
    for (let i = 0; i < members.length; i += 2)
      counts.set(members[i]!, (counts.get(members[i]!) ?? 0) + members[i + 1]!);
    const lists = [...counts.keys()].sort((a, b) => a - b);
    const multiplicities = lists.map((list) => counts.get(list)!);
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

/** Adds `amount` at each of the first `rowCount` rows of a list. */
function addAtRows(sums: Uint32Array, offsets: Uint32Array, rowCount: number, amount: number): void {
  for (let i = 0; i < rowCount; i++) sums[offsets[i]! >>> LANE_SHIFT]! += amount;
}

/** Is every element of `a` at least that of `b`? */
function covers(a: readonly number[], b: readonly number[]): boolean {
  return a.every((count, i) => count >= b[i]!);
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
