import type { DrawKey, SensingSpec, SensingTable } from "./deviceKernels.ts";
import { CompositionRuns } from "./compositions.ts";
import { valueOf } from "./scalar/sense.ts";

// What is common to all implementations of buildSensingTable: which cells a sample sums, and the alias table of the codes
// that come out (Walker 1977, in integers as Vose 1991 lays it out). Only drawing and counting differ.

/** Probabilities are whole units of 2^-16. */
const UNIT_BITS = 16;
const MAX_TABLE_BYTES = 2 ** 29;

/** Counts the codes of an entry: `runs` as CompositionRuns gives them; result per raw code 0 … topCode. */
export type CodeCounter = (openRows: number, runs: Int32Array) => Uint32Array;

/** Values that one entry gives, ascending, and how many samples gave each. */
interface Distribution {
  readonly values: number[];
  readonly counts: number[];
}

/** Entries of a table before k = openRows: those of k are sums 0 … k · topLevel. */
export function firstEntry(openRows: number, topLevel: number): number {
  return (openRows - 1) * (1 + (topLevel * openRows) / 2);
}

/** @throws RangeError when the slots take more than MAX_TABLE_BYTES. */
export function tabulate(spec: SensingSpec, key: DrawKey, countCodes: CodeCounter): SensingTable {
  const topLevel = spec.device.base.length - 1;
  const compositions = new CompositionRuns(spec.ouRows, topLevel, spec.sampleCount, key);
  const entries: Distribution[] = [];
  for (let openRows = 1; openRows <= spec.ouRows; openRows++)
    for (let sum = 0; sum <= openRows * topLevel; sum++)
      entries.push(distributionOf(countCodes(openRows, compositions.of(openRows, sum)), spec, topLevel));
  let mostValues = 2;
  let topValue = 0;
  for (const { values } of entries) {
    mostValues = Math.max(mostValues, values.length);
    topValue = Math.max(topValue, values[values.length - 1]!);
  }
  const slotBits = Math.ceil(Math.log2(mostValues));
  const isWide = topValue > 255;
  const slotWords = entries.length * (isWide ? 2 : 1) * 2 ** slotBits;
  if (4 * slotWords > MAX_TABLE_BYTES)
    throw new RangeError(`sensing table: expected at most ${MAX_TABLE_BYTES} bytes, got ${4 * slotWords}`);
  const slots = new Uint32Array(slotWords);
  entries.forEach((entry, index) => fillSlots(slots, index, slotBits, isWide, entry));
  const cellBits = Math.log2(topLevel + 1);
  return { ouRows: spec.ouRows, cellBits, slotBits, isWide, slots, topValue, adc: spec.adc };
}

function distributionOf(codeCounts: Uint32Array, spec: SensingSpec, topLevel: number): Distribution {
  const values: number[] = [];
  const counts: number[] = [];
  for (let code = 0; code < codeCounts.length; code++) {
    const count = codeCounts[code]!;
    if (count === 0) continue;
    const value = valueOf(code, spec.adc, spec.ouRows * topLevel);
    // More codes than sums: several of them stand for the same one.
    if (values[values.length - 1] === value) counts[counts.length - 1]! += count;
    else {
      values.push(value);
      counts.push(count);
    }
  }
  return { values, counts };
}

/** Counts → whole units that add up to `unitCount`, each less than one off; what is left over goes to the largest rests. */
function apportion(counts: readonly number[], unitCount: number): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  const units = counts.map((count) => Math.floor((count * unitCount) / total));
  const left = unitCount - units.reduce((a, b) => a + b, 0);
  const rests = counts.map((count, i) => ({ i, rest: (count * unitCount) / total - units[i]! }));
  rests.sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of rests.slice(0, left)) units[i]!++;
  return units;
}

/** Alias table of one entry: slots of 2^(16 - slotBits) units, each shared by at most two values. */
function fillSlots(
  slots: Uint32Array,
  entryIndex: number,
  slotBits: number,
  isWide: boolean,
  entry: Distribution,
): void {
  const slotUnits = 2 ** (UNIT_BITS - slotBits);
  const units = apportion(entry.counts, 2 ** UNIT_BITS);
  while (units.length < 2 ** slotBits) units.push(0);
  const small: number[] = [];
  const large: number[] = [];
  units.forEach((count, i) => (count < slotUnits ? small : large).push(i));
  const valueAt = (i: number): number => entry.values[i] ?? 0;
  const set = (slot: number, count: number, value: number, alias: number): void => {
    const at = entryIndex * 2 ** slotBits + slot;
    const threshold = count * 2 ** slotBits;
    if (isWide) {
      slots[2 * at] = threshold;
      slots[2 * at + 1] = alias * 65536 + value;
    } else slots[at] = threshold * 65536 + alias * 256 + value;
  };
  while (small.length > 0) {
    const i = small.pop()!;
    const j = large[large.length - 1]!;
    set(i, units[i]!, valueAt(i), valueAt(j));
    units[j]! -= slotUnits - units[i]!;
    if (units[j]! < slotUnits) small.push(large.pop()!);
  }
  // A full slot needs no threshold: both its values are the same.
  for (const i of large) set(i, 0, valueAt(i), valueAt(i));
}

/**
 * Sensed sum → probability, for `openRows` = 1 … ouRows and one ideal sum; adds up to 1 exactly.
 * @throws RangeError when there is no such entry.
 */
export function tableProbabilities(table: SensingTable, openRows: number, sum: number): Map<number, number> {
  const { slotBits, isWide, slots, cellBits, ouRows } = table;
  const topLevel = 2 ** cellBits - 1;
  if (!(openRows >= 1 && openRows <= ouRows && sum >= 0 && sum <= openRows * topLevel))
    throw new RangeError(
      `sensing table: expected 1..${ouRows} open rows with a sum they can have, got ${openRows}, ${sum}`,
    );
  const units = new Map<number, number>();
  const add = (value: number, count: number): void => {
    if (count > 0) units.set(value, (units.get(value) ?? 0) + count);
  };
  const first = (firstEntry(openRows, topLevel) + sum) * 2 ** slotBits;
  for (let slot = first; slot < first + 2 ** slotBits; slot++) {
    const threshold = isWide ? slots[2 * slot]! : slots[slot]! >>> 16;
    const pair = isWide ? slots[2 * slot + 1]! : slots[slot]!;
    add(isWide ? pair & 0xffff : pair & 0xff, threshold / 2 ** slotBits);
    add(isWide ? pair >>> 16 : (pair >>> 8) & 0xff, (2 ** UNIT_BITS - threshold) / 2 ** slotBits);
  }
  const ascending = [...units].sort(([a], [b]) => a - b);
  return new Map(ascending.map(([value, count]) => [value, count / 2 ** UNIT_BITS]));
}
