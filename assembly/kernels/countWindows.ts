import { align, field } from "../bits/record";
import { addBit, addSlices, countLanes, foldSlices, maxSlices, sumSlices } from "../bits/slices";
import {
  CLASS_FIELDS,
  CLASS_MEMBER_COUNT,
  CLASS_MEMBER_START,
  COUNT_BITS,
  COUNT_EMPTY_PLANE_CYCLES,
  COUNT_OU_ROWS,
  COUNT_PLANS,
  COUNT_PLAN_COUNT,
  COUNT_SCRATCH,
  COUNT_SOURCE,
  COUNT_WINDOW_COUNT,
  COUNT_WINDOW_START,
  LANE_BYTES,
  LIST_BITLINES,
  LIST_FIELDS,
  LIST_GROUPS,
  LIST_OFFSET_COUNT,
  LIST_OFFSET_START,
  LIST_ROW_COUNT,
  MEMBER_FIELDS,
  MEMBER_LIST,
  MEMBER_MULTIPLICITY,
  PLAN_CLASSES,
  PLAN_CLASS_COUNT,
  PLAN_FIELDS,
  PLAN_LISTS,
  PLAN_LIST_COUNT,
  PLAN_MEMBERS,
  PLAN_OFFSETS,
  PLAN_ROW_BITLINES,
  PLAN_ROW_GROUPS,
  PLAN_TOTALS,
  TOTAL_ADC_CONVERSIONS,
  TOTAL_CELL_READS,
  TOTAL_EMPTY_PLANES,
  TOTAL_LATENCY_CYCLES,
  TOTAL_OPEN_ROWS,
  TOTAL_OU_OPS,
} from "../shared/abi";
import { addOuOps } from "./addOuOps";
import { countRows } from "./countRows";
import { fillPlanes, layOutPlanes, presentLanes, TilePlanes, tileLanes, usedBeforeOf } from "./tilePlanes";

/** Lists that take their turn on a pass together: their offsets and rows stay in the first-level cache. */
const LIST_BATCH = 32;
/** Slices of the largest number of planes, 16. */
const EMPTY_SLICES = 5;

/** One plan over one tile. */
@unmanaged
class PlanCounter {
  plan: usize;
  ouRows: i32;
  emptyPlaneCycles: i32;
  /** Slices of open rows, of a list's OU operations, of a crossbar's cycles: wide enough for the largest sums. */
  rowSlices: i32;
  opsSlices: i32;
  cycleSlices: i32;
  /** Bytes of one list's counters: its OU operations, then the planes that open no row (if they cost cycles). */
  counterBytes: usize;
  /** Slices of one list's open rows, then zeros for addOuOps. */
  rows: usize;
  counters: usize;
  cycles: usize;
  slowest: usize;
  work: usize;
}

/** Bytes that countWindows needs at COUNT_SCRATCH. */
export function countScratchBytes(job: usize): usize {
  let most: usize = 0;
  const planes = layOutPlanes(0, <usize>field(job, COUNT_SOURCE), field(job, COUNT_BITS));
  for (let i = 0; i < field(job, COUNT_PLAN_COUNT); i++) most = max(most, layOutCounter(0, job, planAt(job, i)));
  return align(planes) + most;
}

/** Adds the totals of a run of windows to every plan of a job (abi.ts). */
export function countWindows(job: usize): void {
  if (!ASC_FEATURE_SIMD) return;
  const source = <usize>field(job, COUNT_SOURCE);
  const scratch = <usize>field(job, COUNT_SCRATCH);
  const end = field(job, COUNT_WINDOW_START) + field(job, COUNT_WINDOW_COUNT);
  const planCount = field(job, COUNT_PLAN_COUNT);
  const counter = align(layOutPlanes(scratch, source, field(job, COUNT_BITS)));
  const planes = changetype<TilePlanes>(scratch);
  for (let start = field(job, COUNT_WINDOW_START); start < end; ) {
    const laneCount = tileLanes(end - start);
    const windowCount = min(end - start, laneCount);
    fillPlanes(planes, source, start, windowCount, laneCount);
    for (let i = 0; i < planCount; i++) {
      layOutCounter(counter, job, planAt(job, i));
      countTile(changetype<PlanCounter>(counter), planes);
    }
    start += windowCount;
  }
  for (let i = 0; i < planCount; i++) addOpenRows(planAt(job, i), planes, field(job, COUNT_WINDOW_COUNT));
}

function planAt(job: usize, index: i32): usize {
  return <usize>field(job, COUNT_PLANS) + ((<usize>index * PLAN_FIELDS) << 2);
}

/** Sizes the counters by the largest sums and lays them out; at base 0 only measures. Returns the end. */
function layOutCounter(base: usize, job: usize, plan: usize): usize {
  const bits = <u64>field(job, COUNT_BITS);
  const ouRows = <u64>field(job, COUNT_OU_ROWS);
  const emptyPlaneCycles = field(job, COUNT_EMPTY_PLANE_CYCLES);
  const listCount = field(plan, PLAN_LIST_COUNT);
  let mostRows: u64 = 0;
  for (let i = 0; i < listCount; i++) {
    const list = listAt(plan, i);
    mostRows = max(mostRows, <u64>field(list, LIST_ROW_COUNT));
  }
  const mostOps = bits * ((mostRows + ouRows - 1) / ouRows);
  let mostGroups: u64 = 0;
  for (let i = 0; i < field(plan, PLAN_CLASS_COUNT); i++) mostGroups = max(mostGroups, classGroups(plan, i));
  const rowSlices = max(8, bitLength(mostRows));
  // A multiple of 4: addOuOps adds them four at a time.
  const opsSlices = (bitLength(mostOps) + 3) & ~3;
  const cycleSlices = bitLength(mostGroups * (mostOps + bits * <u64>emptyPlaneCycles));
  const counterBytes = <usize>(opsSlices + (emptyPlaneCycles ? EMPTY_SLICES : 0)) << 4;
  const rows = base + align(offsetof<PlanCounter>());
  const rowSpace = rowSlices + max(opsSlices, 8);
  const counters = rows + (<usize>rowSpace << 4);
  const cycles = counters + counterBytes * <usize>listCount;
  const slowest = cycles + (<usize>cycleSlices << 4);
  const work = slowest + (<usize>cycleSlices << 4);
  if (base != 0) {
    const counter = changetype<PlanCounter>(base);
    counter.plan = plan;
    counter.ouRows = <i32>ouRows;
    counter.emptyPlaneCycles = emptyPlaneCycles;
    counter.rowSlices = rowSlices;
    counter.opsSlices = opsSlices;
    counter.cycleSlices = cycleSlices;
    counter.counterBytes = counterBytes;
    counter.rows = rows;
    counter.counters = counters;
    memory.fill(rows, 0, <usize>rowSpace << 4);
    counter.cycles = cycles;
    counter.slowest = slowest;
    counter.work = work;
  }
  return work + (<usize>cycleSlices << 4);
}

function countTile(counter: PlanCounter, planes: TilePlanes): void {
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
function countPass(counter: PlanCounter, planes: TilePlanes, pass: i32, first: i32, end: i32): u64 {
  const plan = counter.plan;
  const offsets = <usize>field(plan, PLAN_OFFSETS);
  const base = planes.planes + <usize>pass * planes.passBytes;
  const present = counter.emptyPlaneCycles ? presentLanes(planes, pass) : i64x2.splat(0);
  const usedBefore = usedBeforeOf(planes, pass);
  const rowSlices = counter.rowSlices;
  const ouRows = counter.ouRows;
  let openGroups: u64 = 0;
  for (let i = first; i < end; i++) {
    const list = listAt(plan, i);
    const at = offsets + (<usize>field(list, LIST_OFFSET_START) << 2);
    const rowCount = field(list, LIST_ROW_COUNT);
    const ops = counterOf(counter, i);
    let open = i64x2.splat(0);
    if (isSpanUsed(usedBefore, load<u32>(at), load<u32>(at + (<usize>(rowCount - 1) << 2)))) {
      const stop = at + (<usize>field(list, LIST_OFFSET_COUNT) << 2);
      countRows(at, stop, base, counter.rows, rowSlices);
      open = addOuOps(counter.rows, rowSlices, rowCount, ouRows, ops, counter.opsSlices);
      openGroups += countLanes(open) * <u64>field(list, LIST_GROUPS);
    }
    if (counter.emptyPlaneCycles) {
      const empties = ops + (<usize>counter.opsSlices << 4);
      addBit(empties, empties + (EMPTY_SLICES << 4), v128.andnot(present, open));
    }
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
function sumSlowest(counter: PlanCounter, period: i32): u64 {
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
function addMultiple(counter: PlanCounter, x: usize, xCount: i32, factor: u64): void {
  for (; factor != 0; factor &= factor - 1) {
    const shift = <i32>ctz(factor);
    // The bound on the sum says that higher slices of x are zero.
    addSlices(counter.cycles, counter.cycleSlices, x, min(xCount, counter.cycleSlices - shift), shift);
  }
}

/** What needs no list: open rows by how many groups and bitlines keep each row, and the planes that all lists count. */
function addOpenRows(plan: usize, planes: TilePlanes, windowCount: i32): void {
  let openRows: u64 = 0;
  let cellReads: u64 = 0;
  for (let row = 0; row < planes.rowCount; row++) {
    const at = <usize>row << 2;
    const open = <u64>load<u32>(planes.openCounts + at);
    openRows += open * <u64>load<u32>(<usize>field(plan, PLAN_ROW_GROUPS) + at);
    cellReads += open * <u64>load<u32>(<usize>field(plan, PLAN_ROW_BITLINES) + at);
  }
  let groups: u64 = 0;
  for (let i = 0; i < field(plan, PLAN_LIST_COUNT); i++) {
    const list = listAt(plan, i);
    groups += <u64>field(list, LIST_GROUPS);
  }
  addTotal(plan, TOTAL_OPEN_ROWS, <f64>openRows);
  addTotal(plan, TOTAL_CELL_READS, <f64>cellReads);
  addTotal(plan, TOTAL_EMPTY_PLANES, <f64>(groups * <u64>windowCount * <u64>planes.bits));
}

function addTotal(plan: usize, index: i32, value: f64): void {
  const at = <usize>field(plan, PLAN_TOTALS) + (<usize>index << 3);
  store<f64>(at, load<f64>(at) + value);
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

function counterOf(counter: PlanCounter, list: i32): usize {
  return counter.counters + <usize>list * counter.counterBytes;
}

function listAt(plan: usize, index: i32): usize {
  return <usize>field(plan, PLAN_LISTS) + <usize>index * (LIST_FIELDS << 2);
}

function classAt(plan: usize, index: i32): usize {
  return <usize>field(plan, PLAN_CLASSES) + <usize>index * (CLASS_FIELDS << 2);
}

function memberAt(plan: usize, crossbar: usize): usize {
  return <usize>field(plan, PLAN_MEMBERS) + <usize>field(crossbar, CLASS_MEMBER_START) * (MEMBER_FIELDS << 2);
}
