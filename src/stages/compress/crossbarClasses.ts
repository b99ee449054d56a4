import type { CrossbarClasses, SegmentTable } from "../../../bindings/kernels.ts";
import {
  CLASS_FIELDS,
  MEMBER_FIELDS,
  MEMBER_LIST,
  MEMBER_MULTIPLICITY,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MULTIPLICITY,
} from "../../../assembly/shared/abi.ts";

/**
 * The crossbars that can be the slowest: of those that open the same lists only the ones stay that no other one exceeds in
 * every multiplicity. `listOf`: list of each segment, or -1.
 */
export function crossbarClasses({ records, segmentCount }: SegmentTable, listOf: Int32Array): CrossbarClasses {
  const found = new FoundClasses(segmentCount);
  for (let segment = 0; segment < segmentCount; segment++) {
    const at = segment * SEGMENT_FIELDS;
    if (segment > 0 && records[at + SEGMENT_CROSSBAR] !== records[at - SEGMENT_FIELDS + SEGMENT_CROSSBAR])
      found.close();
    if (listOf[segment]! >= 0) found.open(listOf[segment]!, records[at + SEGMENT_MULTIPLICITY]!);
  }
  found.close();
  return found.build();
}

/** Crossbars as runs of members, in order of their lists, found by a hash of these. */
class FoundClasses {
  private readonly members: Int32Array;
  /** Members of the classes found, and behind them those of the current crossbar. */
  private start = 0;
  private end = 0;
  /** Per class: first member, members, class with the same lists that was found before it (or -1), and whether it stays. */
  private readonly starts: number[] = [];
  private readonly counts: number[] = [];
  private readonly before: number[] = [];
  private readonly stays: boolean[] = [];
  /** Last class of each hash. */
  private readonly byHash = new Map<number, number>();

  constructor(segmentCount: number) {
    this.members = new Int32Array(segmentCount * MEMBER_FIELDS);
  }

  /** The current crossbar opens a list. */
  open(list: number, multiplicity: number): void {
    const { members } = this;
    let at = this.end;
    while (at > this.start && members[at - MEMBER_FIELDS + MEMBER_LIST]! > list) at -= MEMBER_FIELDS;
    if (at > this.start && members[at - MEMBER_FIELDS + MEMBER_LIST] === list) {
      members[at - MEMBER_FIELDS + MEMBER_MULTIPLICITY]! += multiplicity;
      return;
    }
    members.copyWithin(at + MEMBER_FIELDS, at, this.end);
    members[at + MEMBER_LIST] = list;
    members[at + MEMBER_MULTIPLICITY] = multiplicity;
    this.end += MEMBER_FIELDS;
  }

  /** What follows belongs to the next crossbar. */
  close(): void {
    const count = this.end - this.start;
    if (count === 0) return;
    let hash = count;
    for (let at = this.start; at < this.end; at += MEMBER_FIELDS)
      hash = Math.imul(hash ^ this.members[at + MEMBER_LIST]!, 0x9e3779b1) ^ (hash >>> 15);
    const last = this.byHash.get(hash) ?? -1;
    for (let other = last; other >= 0; other = this.before[other]!) {
      if (this.stays[other] && this.covers(this.starts[other]!, this.counts[other]!, this.start, count)) {
        this.end = this.start;
        return;
      }
    }
    for (let other = last; other >= 0; other = this.before[other]!)
      if (this.covers(this.start, count, this.starts[other]!, this.counts[other]!)) this.stays[other] = false;
    this.byHash.set(hash, this.starts.push(this.start) - 1);
    this.counts.push(count);
    this.before.push(last);
    this.stays.push(true);
    this.start = this.end;
  }

  /** Are the lists of two runs the same, and every multiplicity of the first one at least that of the second? */
  private covers(start: number, count: number, otherStart: number, otherCount: number): boolean {
    if (count !== otherCount) return false;
    const { members } = this;
    for (let i = 0; i < count; i += MEMBER_FIELDS) {
      if (members[start + i + MEMBER_LIST] !== members[otherStart + i + MEMBER_LIST]) return false;
      if (members[start + i + MEMBER_MULTIPLICITY]! < members[otherStart + i + MEMBER_MULTIPLICITY]!) return false;
    }
    return true;
  }

  build(): CrossbarClasses {
    const records: number[] = [];
    for (let index = 0; index < this.starts.length; index++)
      if (this.stays[index]) records.push(this.starts[index]! / MEMBER_FIELDS, this.counts[index]! / MEMBER_FIELDS);
    return {
      records: Int32Array.from(records),
      classCount: records.length / CLASS_FIELDS,
      members: this.members.slice(0, this.start),
    };
  }
}
