import { codesOfRows, ROWS_WORK_BYTES, spreadCodes } from "../bits/codes";
import { align, field } from "../bits/record";
import {
  BLOCK_FIELDS,
  BLOCK_POSITION_COUNT,
  BLOCK_TILE_COUNT,
  CODE_ROWS,
  CODE_STEP,
  COUNT_BITS,
  COUNT_OU_ROWS,
  LANE_BYTES,
  OCTET_LANES,
  PLAN_BLOCKS,
  PLAN_BLOCK_COUNT,
  PLAN_CROSSBAR_ENDS,
  PLAN_LANE_BITLINES,
  PLAN_LANE_CODES,
  PLAN_POSITIONS,
  TABLE_LANES,
  TOTAL_ADC_CONVERSIONS,
  TOTAL_EMPTY_PLANES,
  TOTAL_LATENCY_CYCLES,
  TOTAL_OU_OPS,
} from "../shared/abi";
import { addTotal } from "./planTotals";
import { TilePlanes, usedBeforeOf } from "./tilePlanes";

const LANES: usize = TABLE_LANES;
/** Open rows that a code stands for, one byte a lane; and all codes of a position. */
const ENTRY_BYTES: usize = TABLE_LANES;
const POSITION_BYTES: usize = ENTRY_BYTES << CODE_ROWS;

/** Counts one plan by code table, tile of windows after tile: lanes are groups here, not windows. */
@unmanaged
export class TableCounter {
  plan: usize;
  /** OUs have 2^ouShift rows, or at least as many as any lane opens. */
  ouShift: i32;
  /** Planes of the current row block that have a bit. */
  planeCount: i32;
  /** u8[window][plane][position] of the current block: codes. */
  codes: usize;
  /** Bytes of one window's codes. */
  windowBytes: usize;
  /** u8[position][code][lane]: open rows. */
  table: usize;
  /** u8[lane]: OU operations of the current window. */
  ops: usize;
  /** u16[lane]: of all windows. */
  laneOps: usize;
  /** u32[window]: OU operations of the current crossbar so far, and of the slowest one. */
  crossbarOps: usize;
  slowest: usize;
  work: usize;
}

/** Lays the arrays out behind the header, or only measures. Returns the end. */
export function layOutTableCounter(base: usize, isReal: bool, job: usize, plan: usize): usize {
  const bits = <usize>field(job, COUNT_BITS);
  let positions = 0;
  let block = <usize>field(plan, PLAN_BLOCKS);
  for (let i = 0; i < field(plan, PLAN_BLOCK_COUNT); i++, block += BLOCK_FIELDS << 2) {
    positions = max(positions, field(block, BLOCK_POSITION_COUNT));
  }
  const ops = base + align(offsetof<TableCounter>());
  const laneOps = ops + TABLE_LANES;
  const crossbarOps = laneOps + 2 * TABLE_LANES;
  const slowest = crossbarOps + 4 * TABLE_LANES;
  const work = slowest + 4 * TABLE_LANES;
  const codes = work + ROWS_WORK_BYTES;
  const windowBytes = bits * <usize>positions;
  const table = codes + windowBytes * TABLE_LANES;
  if (isReal) {
    const counter = changetype<TableCounter>(base);
    counter.plan = plan;
    // Eight halvings make 1 of any sum: an OU of 256 rows takes all.
    counter.ouShift = min(8, <i32>ctz(field(job, COUNT_OU_ROWS)));
    if (popcnt(field(job, COUNT_OU_ROWS)) != 1) counter.ouShift = 8;
    counter.ops = ops;
    counter.laneOps = laneOps;
    counter.crossbarOps = crossbarOps;
    counter.slowest = slowest;
    counter.work = work;
    counter.codes = codes;
    counter.table = table;
  }
  return table + <usize>positions * POSITION_BYTES;
}

/** Adds the totals of one tile of 128 lanes. */
export function countTableTile(counter: TableCounter, planes: TilePlanes): void {
  const plan = counter.plan;
  let positions = <usize>field(plan, PLAN_POSITIONS);
  let laneCodes = <usize>field(plan, PLAN_LANE_CODES);
  let bitlines = <usize>field(plan, PLAN_LANE_BITLINES);
  let ends = <usize>field(plan, PLAN_CROSSBAR_ENDS);
  memory.fill(counter.crossbarOps, 0, 4 * TABLE_LANES);
  memory.fill(counter.slowest, 0, 4 * TABLE_LANES);
  let ouOps: u64 = 0;
  let adcConversions: u64 = 0;
  let openLanes: u64 = 0;
  let block = <usize>field(plan, PLAN_BLOCKS);
  for (let i = 0; i < field(plan, PLAN_BLOCK_COUNT); i++, block += BLOCK_FIELDS << 2) {
    const positionCount = field(block, BLOCK_POSITION_COUNT);
    fillCodes(counter, planes, positions, positionCount);
    for (let tile = 0; tile < field(block, BLOCK_TILE_COUNT); tile++) {
      buildTable(laneCodes, positionCount, counter.table);
      memory.fill(counter.laneOps, 0, 2 * TABLE_LANES);
      for (let lane = 0; lane < TABLE_LANES; lane++) {
        // Window 8i + j is lane 16j + i of the planes.
        if (((lane & 15) << 3) + (lane >> 4) >= planes.tile.windowCount) continue;
        openLanes += countWindow(counter, counter.codes + <usize>lane * counter.windowBytes, positionCount);
        addWindow(counter, <usize>lane, load<u16>(ends));
      }
      for (let lane: usize = 0; lane < LANES; lane++) {
        const ops = <u64>load<u16>(counter.laneOps + (lane << 1));
        ouOps += ops;
        adcConversions += ops * <u64>load<u32>(bitlines + (lane << 2));
      }
      laneCodes += <usize>positionCount * TABLE_LANES;
      bitlines += 4 * TABLE_LANES;
      ends += 2;
    }
    positions += <usize>positionCount << 2;
  }
  let latencyCycles: u64 = 0;
  for (let lane: usize = 0; lane < LANES; lane++) latencyCycles += <u64>load<u32>(counter.slowest + (lane << 2));
  addTotal(plan, TOTAL_OU_OPS, <f64>ouOps);
  addTotal(plan, TOTAL_ADC_CONVERSIONS, <f64>adcConversions);
  addTotal(plan, TOTAL_EMPTY_PLANES, -(<f64>openLanes));
  addTotal(plan, TOTAL_LATENCY_CYCLES, <f64>latencyCycles);
}

/** Codes of all windows at the positions of a block, for the planes that have a bit there. */
function fillCodes(counter: TableCounter, planes: TilePlanes, positions: usize, positionCount: i32): void {
  const zeroRow = <u32>planes.rowCount;
  const first = load<u32>(positions);
  let end = positionCount;
  while (end > 0 && load<u32>(positions + (<usize>(end - 1) << 2)) == zeroRow) end--;
  const behind = end == 0 ? first : min(zeroRow, load<u32>(positions + (<usize>(end - 1) << 2)) + CODE_ROWS);
  let used = 0;
  for (let plane = 0; plane < planes.bits; plane++) used += i32(isUsed(planes, plane, first, behind));
  counter.planeCount = used;
  counter.windowBytes = <usize>used * <usize>positionCount;
  let out = counter.codes;
  for (let plane = 0; plane < planes.bits; plane++) {
    if (!isUsed(planes, plane, first, behind)) continue;
    const rows = planes.planes + <usize>plane * planes.passBytes;
    for (let at = 0; at < positionCount; at += 16) {
      for (let q = 0; q < 16; q++) {
        const to = counter.work + (<usize>q << 6);
        const row = load<u32>(positions + (<usize>(at + q) << 2));
        if (row < zeroRow) codesOfRows(rows + <usize>row * LANE_BYTES, to);
        else memory.fill(to, 0, CODE_ROWS * LANE_BYTES);
      }
      spreadCodes(counter.work, out + <usize>at, counter.windowBytes);
    }
    out += <usize>positionCount;
  }
}

// Does a row from first to before end have a bit in a plane? With 128 lanes a pass is a plane.
// @ts-ignore: decorator
@inline
function isUsed(planes: TilePlanes, plane: i32, first: u32, end: u32): bool {
  const usedBefore = usedBeforeOf(planes, plane);
  return load<u32>(usedBefore + (<usize>end << 2)) != load<u32>(usedBefore + (<usize>first << 2));
}

/** `laneCodes`: u8[position][lane], bit i: the lane keeps row i of the position. */
function buildTable(laneCodes: usize, positionCount: i32, table: usize): void {
  const one = i8x16.splat(1);
  const end = laneCodes + <usize>positionCount * LANES;
  for (; laneCodes < end; laneCodes += LANES) {
    for (let lane: usize = 0; lane < LANES; lane += 16) {
      const kept = v128.load(laneCodes + lane);
      const at = table + lane;
      const row0 = v128.and(kept, one);
      const row1 = v128.and(i16x8.shr_u(kept, 1), one);
      const row2 = v128.and(i16x8.shr_u(kept, 2), one);
      const rows01 = i8x16.add(row0, row1);
      storeFour(at, i64x2.splat(0), row0, row1, rows01);
      storeFour(at + 4 * ENTRY_BYTES, row2, row0, row1, rows01);
      const row3 = v128.and(i16x8.shr_u(kept, 3), one);
      storeFour(at + 8 * ENTRY_BYTES, row3, row0, row1, rows01);
      storeFour(at + 12 * ENTRY_BYTES, i8x16.add(row2, row3), row0, row1, rows01);
    }
    table += POSITION_BYTES;
  }
}

// Entries of four codes that agree in their high bits: what these open, and with it each subset of the low two rows.
// @ts-ignore: decorator
@inline
function storeFour(at: usize, high: v128, row0: v128, row1: v128, rows01: v128): void {
  v128.store(at, high);
  v128.store(at + ENTRY_BYTES, i8x16.add(high, row0));
  v128.store(at + 2 * ENTRY_BYTES, i8x16.add(high, row1));
  v128.store(at + 3 * ENTRY_BYTES, i8x16.add(high, rows01));
}

/** OU operations of one window, into counter.ops; returns Σ over planes of the lanes that open a row. */
function countWindow(counter: TableCounter, codes: usize, positionCount: i32): u64 {
  const ops = counter.ops;
  const ouShift = counter.ouShift;
  const zero = i64x2.splat(0);
  const one = i8x16.splat(1);
  for (let lane: usize = 0; lane < LANES; lane += 16) v128.store(ops + lane, zero);
  let open = zero;
  for (let plane = counter.planeCount; plane > 0; plane--) {
    let table = counter.table;
    let rows0 = zero;
    let rows1 = zero;
    let rows2 = zero;
    let rows3 = zero;
    let rows4 = zero;
    let rows5 = zero;
    let rows6 = zero;
    let rows7 = zero;
    for (const end = codes + <usize>positionCount; codes < end; codes += CODE_STEP) {
      // Bit q: the code at position q is not zero.
      let left = ~(
        i8x16.bitmask(i8x16.eq(v128.load(codes), zero)) |
        (i8x16.bitmask(i8x16.eq(v128.load(codes, 16), zero)) << 16)
      );
      while (left != 0) {
        const position = <usize>ctz(left);
        const code = <usize>load<u8>(codes + position);
        const at = table + position * POSITION_BYTES + code * ENTRY_BYTES;
        rows0 = i8x16.add(rows0, v128.load(at));
        rows1 = i8x16.add(rows1, v128.load(at, 16));
        rows2 = i8x16.add(rows2, v128.load(at, 32));
        rows3 = i8x16.add(rows3, v128.load(at, 48));
        rows4 = i8x16.add(rows4, v128.load(at, 64));
        rows5 = i8x16.add(rows5, v128.load(at, 80));
        rows6 = i8x16.add(rows6, v128.load(at, 96));
        rows7 = i8x16.add(rows7, v128.load(at, 112));
        left &= left - 1;
      }
      table += <usize>CODE_STEP * POSITION_BYTES;
    }
    open = i8x16.add(open, i8x16.min_u(rows0, one));
    open = i8x16.add(open, i8x16.min_u(rows1, one));
    open = i8x16.add(open, i8x16.min_u(rows2, one));
    open = i8x16.add(open, i8x16.min_u(rows3, one));
    open = i8x16.add(open, i8x16.min_u(rows4, one));
    open = i8x16.add(open, i8x16.min_u(rows5, one));
    open = i8x16.add(open, i8x16.min_u(rows6, one));
    open = i8x16.add(open, i8x16.min_u(rows7, one));
    // ceil(n / 2^h): the mean with zero, rounded up, h times.
    for (let h = ouShift; h > 0; h--) {
      rows0 = i8x16.avgr_u(rows0, zero);
      rows1 = i8x16.avgr_u(rows1, zero);
      rows2 = i8x16.avgr_u(rows2, zero);
      rows3 = i8x16.avgr_u(rows3, zero);
      rows4 = i8x16.avgr_u(rows4, zero);
      rows5 = i8x16.avgr_u(rows5, zero);
      rows6 = i8x16.avgr_u(rows6, zero);
      rows7 = i8x16.avgr_u(rows7, zero);
    }
    v128.store(ops, i8x16.add(rows0, v128.load(ops)));
    v128.store(ops, i8x16.add(rows1, v128.load(ops, 16)), 16);
    v128.store(ops, i8x16.add(rows2, v128.load(ops, 32)), 32);
    v128.store(ops, i8x16.add(rows3, v128.load(ops, 48)), 48);
    v128.store(ops, i8x16.add(rows4, v128.load(ops, 64)), 64);
    v128.store(ops, i8x16.add(rows5, v128.load(ops, 80)), 80);
    v128.store(ops, i8x16.add(rows6, v128.load(ops, 96)), 96);
    v128.store(ops, i8x16.add(rows7, v128.load(ops, 112)), 112);
  }
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(open));
  const halves = i64x2.add(sums, v128.shuffle<u32>(sums, sums, 1, 0, 3, 2));
  return <u64>(<u32>(i64x2.extract_lane(halves, 0) + i64x2.extract_lane(halves, 1)));
}

/** Adds one window's OU operations to each lane's, and to those of the crossbars that lie in the tile. */
function addWindow(counter: TableCounter, window: usize, crossbarEnds: u32): void {
  const ops = counter.ops;
  const laneOps = counter.laneOps;
  for (let lane: usize = 0; lane < LANES; lane += 16) {
    const bytes = v128.load(ops + lane);
    const at = laneOps + (lane << 1);
    v128.store(at, i16x8.add(v128.load(at), i16x8.extend_low_i8x16_u(bytes)));
    v128.store(at, i16x8.add(v128.load(at, 16), i16x8.extend_high_i8x16_u(bytes)), 16);
  }
  const crossbarAt = counter.crossbarOps + (window << 2);
  const slowestAt = counter.slowest + (window << 2);
  let crossbarOps = load<u32>(crossbarAt);
  let slowest = load<u32>(slowestAt);
  for (let octet: usize = 0; octet < LANES / OCTET_LANES; octet++) {
    const eight = load<u64>(ops + octet * OCTET_LANES);
    const pairs = (eight & 0x00ff00ff00ff00ff) + ((eight >> 8) & 0x00ff00ff00ff00ff);
    crossbarOps += <u32>((pairs * 0x0001000100010001) >> 48);
    const isEnd = (crossbarEnds >> <u32>octet) & 1;
    slowest = isEnd ? max(slowest, crossbarOps) : slowest;
    crossbarOps = isEnd ? 0 : crossbarOps;
  }
  store<u32>(crossbarAt, crossbarOps);
  store<u32>(slowestAt, slowest);
}
