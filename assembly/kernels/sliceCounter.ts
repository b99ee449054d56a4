import { align, field } from "../bits/record";
import { addBit, addSlices, countLanes, foldSlices, maxSlices, sumSlices } from "../bits/slices";
import {
  CLASS_FIELDS,
  CLASS_MEMBER_COUNT,
  CLASS_MEMBER_START,
  COUNT_BITS,
  COUNT_EMPTY_PLANE_CYCLES,
  COUNT_OU_ROWS,
  COUNT_SOURCE,
  LANE_BYTES,
  LIST_BITLINES,
  LIST_FIRST_ROW,
  LIST_GROUPS,
  LIST_MASK_START,
  LIST_ROW_COUNT,
  LIST_STEP,
  LIST_WORD_COUNT,
  MEMBER_FIELDS,
  MEMBER_LIST,
  MEMBER_MULTIPLICITY,
  PLAN_CLASSES,
  PLAN_CLASS_COUNT,
  PLAN_LIST_COUNT,
  PLAN_MASKS,
  PLAN_MEMBERS,
  TOTAL_ADC_CONVERSIONS,
  TOTAL_EMPTY_PLANES,
  TOTAL_LATENCY_CYCLES,
  TOTAL_OU_OPS,
} from "../shared/abi";
import { addOuOps } from "./addOuOps";
import { countRows } from "./countRows";
import { addTotal, listAt } from "./planTotals";
import { countRowsOf, presentLanes, TilePlanes, usedBeforeOf } from "./tilePlanes";

/** Lists that take their turn on a pass together: their offsets and rows stay in the first-level cache. */
const LIST_BATCH = 32;
/** Slices of the largest number of planes, 16. */
const EMPTY_SLICES = 5;

/** Counts one plan in bit slices, tile after tile. */
@unmanaged
export class SliceCounter {
  plan: usize;
  ouRows: i32;
  emptyPlaneCycles: i32;
  /** Slices of open rows, of a list's OU operations, of a crossbar's cycles: wide enough for the largest sums. */
  rowSlices: i32;
  opsSlices: i32;
  cycleSlices: i32;
  /** Bytes of one list's counters: its OU operations, then the planes that open no row (if they cost cycles). */
  counterBytes: usize;
  /** u32[list + 1]: where each list's offsets start; u32 offsets: rows times LANE_BYTES, padded with the zero row. */
  starts: usize;
  offsets: usize;
  /** Slices of one list's open rows, then zeros for addOuOps. */
  rows: usize;
  counters: usize;
  cycles: usize;
  slowest: usize;
  work: usize;
}

/** Sizes the counters by the largest sums and lays them out behind the header, or only measures. Returns the end. */
export function layOutSliceCounter(base: usize, isReal: bool, job: usize, plan: usize): usize {
  const source = <usize>field(job, COUNT_SOURCE);
  const bits = <u64>field(job, COUNT_BITS);
  const ouRows = <u64>field(job, COUNT_OU_ROWS);
  const emptyPlaneCycles = field(job, COUNT_EMPTY_PLANE_CYCLES);
  const listCount = field(plan, PLAN_LIST_COUNT);
  let mostRows: u64 = 0;
  let offsetCount: usize = 0;
  for (let i = 0; i < listCount; i++) {
    const list = listAt(plan, i);
    const rowCount = field(list, LIST_ROW_COUNT);
    mostRows = max(mostRows, <u64>rowCount);
    offsetCount += paddedCount(rowCount);
  }
  const mostOps = bits * ((mostRows + ouRows - 1) / ouRows);
  let mostGroups: u64 = 0;
  for (let i = 0; i < field(plan, PLAN_CLASS_COUNT); i++) mostGroups = max(mostGroups, classGroups(plan, i));
  const rowSlices = max(8, bitLength(mostRows));
  // A multiple of 4: addOuOps adds them four at a time.
  const opsSlices = (bitLength(mostOps) + 3) & ~3;
  const cycleSlices = bitLength(mostGroups * (mostOps + bits * <u64>emptyPlaneCycles));
  const counterBytes = <usize>(opsSlices + (emptyPlaneCycles ? EMPTY_SLICES : 0)) << 4;
  const starts = base + align(offsetof<SliceCounter>());
  const offsets = starts + align(<usize>(listCount + 1) << 2);
  const rows = offsets + align(offsetCount << 2);
  const rowSpace = rowSlices + max(opsSlices, 8);
  const counters = rows + (<usize>rowSpace << 4);
  const cycles = counters + counterBytes * <usize>listCount;
  const slowest = cycles + (<usize>cycleSlices << 4);
  const work = slowest + (<usize>cycleSlices << 4);
  if (isReal) {
    const counter = changetype<SliceCounter>(base);
    counter.plan = plan;
    counter.ouRows = <i32>ouRows;
    counter.emptyPlaneCycles = emptyPlaneCycles;
    counter.rowSlices = rowSlices;
    counter.opsSlices = opsSlices;
    counter.cycleSlices = cycleSlices;
    counter.counterBytes = counterBytes;
    counter.starts = starts;
    counter.offsets = offsets;
    counter.rows = rows;
    counter.counters = counters;
    counter.cycles = cycles;
    counter.slowest = slowest;
    counter.work = work;
    memory.fill(rows, 0, <usize>rowSpace << 4);
    listOffsets(counter, countRowsOf(source));
  }
  return work + (<usize>cycleSlices << 4);
}

function paddedCount(rowCount: i32): usize {
  return <usize>((rowCount + LIST_STEP - 1) & ~(LIST_STEP - 1));
}

/** Writes the offsets of every list, once a call: fresh memory for them in the plan would cost more than the bit scan. */
function listOffsets(counter: SliceCounter, zeroRow: i32): void {
  const plan = counter.plan;
  const masks = <usize>field(plan, PLAN_MASKS);
  let at = counter.offsets;
  for (let i = 0; i < field(plan, PLAN_LIST_COUNT); i++) {
    const list = listAt(plan, i);
    store<u32>(counter.starts + (<usize>i << 2), <u32>at);
    const end = at + (paddedCount(field(list, LIST_ROW_COUNT)) << 2);
    const mask = masks + (<usize>field(list, LIST_MASK_START) << 2);
    const wordCount = field(list, LIST_WORD_COUNT);
    const first = <u32>field(list, LIST_FIRST_ROW) * LANE_BYTES;
    const pairsEnd = mask + ((<usize>wordCount >> 1) << 3);
    let offset = first;
    for (let word = mask; word < pairsEnd; word += 8) {
      at = scanBits(load<u64>(word), offset, at);
      offset += 64 * LANE_BYTES;
    }
    if (wordCount & 1) at = scanBits(<u64>load<u32>(pairsEnd), offset, at);
    for (; at < end; at += 4) store<u32>(at, <u32>zeroRow * LANE_BYTES);
  }
  store<u32>(counter.starts + (<usize>field(plan, PLAN_LIST_COUNT) << 2), <u32>at);
}

// Stores the offset of each bit that is set, bit 0 at `offset`; returns where the next one goes.
// @ts-ignore: decorator
@inline
function scanBits(bits: u64, offset: u32, at: usize): usize {
  for (; bits != 0; bits &= bits - 1) {
    store<u32>(at, offset + <u32>ctz(bits) * LANE_BYTES);
    at += 4;
  }
  return at;
}

/** Adds the totals of one tile. */
export function countSlicedTile(counter: SliceCounter, planes: TilePlanes): void {
  const plan = counter.plan;
  const listCount = field(plan, PLAN_LIST_COUNT);
  memory.fill(counter.counters, 0, counter.counterBytes * <usize>listCount);
  let openGroups: u64 = 0;
  for (let first = 0; first < listCount; first += LIST_BATCH) {
    const end = min(first + LIST_BATCH, listCount);
    for (let pass = 0; pass < planes.passCount; pass++) {
      openGroups += countPass(counter, planes, pass, first, end);
    }
  }
  let ouOps: u64 = 0;
  let adcConversions: u64 = 0;
  for (let i = 0; i < listCount; i++) {
    const list = listAt(plan, i);
    const ops = sumSlices(counterOf(counter, i), counter.opsSlices);
    ouOps += ops * <u64>field(list, LIST_GROUPS);
    adcConversions += ops * <u64>field(list, LIST_BITLINES);
  }
  addTotal(plan, TOTAL_OU_OPS, <f64>ouOps);
  addTotal(plan, TOTAL_ADC_CONVERSIONS, <f64>adcConversions);
  addTotal(plan, TOTAL_EMPTY_PLANES, -(<f64>openGroups));
  addTotal(plan, TOTAL_LATENCY_CYCLES, <f64>sumSlowest(counter, planes.period));
}

/** Counts one pass of some lists; returns Σ groups · lanes that open a row. */
function countPass(counter: SliceCounter, planes: TilePlanes, pass: i32, first: i32, end: i32): u64 {
  const plan = counter.plan;
  const base = planes.planes + <usize>pass * planes.passBytes;
  const present = counter.emptyPlaneCycles ? presentLanes(planes, pass) : i64x2.splat(0);
  const usedBefore = usedBeforeOf(planes, pass);
  const rowSlices = counter.rowSlices;
  const ouRows = counter.ouRows;
  let openGroups: u64 = 0;
  let at = <usize>load<u32>(counter.starts + (<usize>first << 2));
  for (let i = first; i < end; i++) {
    const list = listAt(plan, i);
    const stop = <usize>load<u32>(counter.starts + (<usize>i << 2), 4);
    const rowCount = field(list, LIST_ROW_COUNT);
    const ops = counterOf(counter, i);
    let open = i64x2.splat(0);
    if (isSpanUsed(usedBefore, load<u32>(at), load<u32>(at + (<usize>(rowCount - 1) << 2)))) {
      countRows(at, stop, base, counter.rows, rowSlices);
      open = addOuOps(counter.rows, rowSlices, rowCount, ouRows, ops, counter.opsSlices);
      openGroups += countLanes(open) * <u64>field(list, LIST_GROUPS);
    }
    if (counter.emptyPlaneCycles) {
      const empties = ops + (<usize>counter.opsSlices << 4);
      addBit(empties, empties + (EMPTY_SLICES << 4), v128.andnot(present, open));
    }
    at = stop;
  }
  return openGroups;
}

// Does a row from one offset to another have a bit? The top planes of real activations are nearly empty.
// @ts-ignore: decorator
@inline
function isSpanUsed(usedBefore: usize, firstOffset: u32, lastOffset: u32): bool {
  const first = load<u32>(usedBefore + ((<usize>firstOffset / LANE_BYTES) << 2));
  return load<u32>(usedBefore + ((<usize>lastOffset / LANE_BYTES) << 2), 4) != first;
}

/** Σ over windows of the cycles of the slowest crossbar. */
function sumSlowest(counter: SliceCounter, period: i32): u64 {
  const plan = counter.plan;
  const cycleSlices = counter.cycleSlices;
  memory.fill(counter.slowest, 0, <usize>cycleSlices << 4);
  for (let i = 0; i < field(plan, PLAN_CLASS_COUNT); i++) {
    const crossbar = classAt(plan, i);
    memory.fill(counter.cycles, 0, <usize>cycleSlices << 4);
    let member = memberAt(plan, crossbar);
    for (let k = field(crossbar, CLASS_MEMBER_COUNT); k > 0; k--, member += MEMBER_FIELDS << 2) {
      const ops = counterOf(counter, field(member, MEMBER_LIST));
      const multiplicity = <u64>field(member, MEMBER_MULTIPLICITY);
      addMultiple(counter, ops, counter.opsSlices, multiplicity);
      if (counter.emptyPlaneCycles) {
        const empties = ops + (<usize>counter.opsSlices << 4);
        addMultiple(counter, empties, EMPTY_SLICES, multiplicity * <u64>counter.emptyPlaneCycles);
      }
    }
    foldSlices(counter.cycles, cycleSlices, period, counter.work);
    maxSlices(counter.slowest, counter.cycles, cycleSlices);
  }
  return sumSlices(counter.slowest, cycleSlices);
}

// cycles += factor · x
function addMultiple(counter: SliceCounter, x: usize, xCount: i32, factor: u64): void {
  for (; factor != 0; factor &= factor - 1) {
    const shift = <i32>ctz(factor);
    // The bound on the sum says that higher slices of x are zero.
    addSlices(counter.cycles, counter.cycleSlices, x, min(xCount, counter.cycleSlices - shift), shift);
  }
}

function classGroups(plan: usize, index: i32): u64 {
  const crossbar = classAt(plan, index);
  let groups: u64 = 0;
  let member = memberAt(plan, crossbar);
  for (let k = field(crossbar, CLASS_MEMBER_COUNT); k > 0; k--, member += MEMBER_FIELDS << 2) {
    groups += <u64>field(member, MEMBER_MULTIPLICITY);
  }
  return groups;
}

function bitLength(value: u64): i32 {
  return 64 - <i32>clz(value);
}

function counterOf(counter: SliceCounter, list: i32): usize {
  return counter.counters + <usize>list * counter.counterBytes;
}

function classAt(plan: usize, index: i32): usize {
  return <usize>field(plan, PLAN_CLASSES) + <usize>index * (CLASS_FIELDS << 2);
}

function memberAt(plan: usize, crossbar: usize): usize {
  return <usize>field(plan, PLAN_MEMBERS) + <usize>field(crossbar, CLASS_MEMBER_START) * (MEMBER_FIELDS << 2);
}
