import type { CrossbarClasses, SegmentTable } from "../../../bindings/kernels.ts";
import {
  CLASS_FIELDS,
  MEMBER_FIELDS,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MULTIPLICITY,
} from "../../../assembly/shared/abi.ts";

/**
 * The crossbars that can be the slowest: of those that open the same lists only the ones stay that no other one exceeds in
 * every multiplicity. `listOf`: list of each segment, or -1.
 */
export function crossbarClasses({ records, segmentCount }: SegmentTable, listOf: Int32Array): CrossbarClasses {
  const found = new FoundClasses();
  for (let segment = 0; segment < segmentCount; segment++) {
    const at = segment * SEGMENT_FIELDS;
    if (segment > 0 && records[at + SEGMENT_CROSSBAR] !== records[at - SEGMENT_FIELDS + SEGMENT_CROSSBAR])
      found.close();
    if (listOf[segment]! >= 0) found.open(listOf[segment]!, records[at + SEGMENT_MULTIPLICITY]!);
  }
  found.close();
  return found.build();
}

class FoundClasses {
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

  build(): CrossbarClasses {
    const records: number[] = [];
    const members: number[] = [];
    for (const { lists, multiplicities } of this.byLists.values()) {
      for (const counts of multiplicities) {
        records.push(members.length / MEMBER_FIELDS, lists.length);
        for (const [i, list] of lists.entries()) members.push(list, counts[i]!);
      }
    }
    return {
      records: Int32Array.from(records),
      classCount: records.length / CLASS_FIELDS,
      members: Int32Array.from(members),
    };
  }
}

/** Is every element of `a` at least that of `b`? */
function covers(a: readonly number[], b: readonly number[]): boolean {
  return a.every((count, i) => count >= b[i]!);
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
