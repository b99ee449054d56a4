import { ClipScratch, FILL_ROWS } from "./mvmClip";

/**
 * q = min(sum, clipLimit) of every OU, Σ ±2^p · q into the accumulators of all tiles. Planes come most significant
 * first, doubled in i32 lanes; `batchPlanes` of them fit before the lanes go to 64 bits.
 */
export function readClip(
  scratch: ClipScratch,
  planeCount: i32,
  signed: i32,
  ouRows: i32,
  clipLimit: i32,
  batchPlanes: i32,
): void {
  const tileCount = scratch.tileCount;
  const setRows = (<usize>scratch.spanWords << 6) + 1;
  let accumulators = scratch.accumulators;
  memory.fill(accumulators, 0, <usize>(tileCount + 1) << 7);
  let cells = scratch.cells;
  for (let tile = 0; tile < tileCount; tile += scratch.isPaired ? 2 : 1) {
    for (let end = planeCount; end > 0; end -= batchPlanes) {
      const start = max(end - batchPlanes, 0);
      const isTopNegative = signed != 0 && end == planeCount;
      if (scratch.isPaired) {
        readPair(scratch, cells, accumulators, start, end, isTopNegative, ouRows, clipLimit);
      } else {
        readTile(scratch, cells, accumulators, start, end, isTopNegative, ouRows, clipLimit);
      }
    }
    accumulators += scratch.isPaired ? 256 : 128;
    cells += scratch.isPaired ? setRows << 5 : setRows << 4;
  }
}

/** Rows of the next OU in a list: whole ones, and the last one filled up. */
// @ts-ignore: decorator
@inline
function filledRows(ouRows: i32, left: i32): i32 {
  return ouRows <= FILL_ROWS ? ouRows : min(ouRows, (left + FILL_ROWS - 1) & -FILL_ROWS);
}

// Planes [start, end) of one tile, the top one negative if asked.
function readTile(
  scratch: ClipScratch,
  cells: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
  ouRows: i32,
  clipLimit: i32,
): void {
  const limit = i8x16.splat(<i8>clipLimit);
  let sum0 = i32x4.splat(0);
  let sum1 = i32x4.splat(0);
  let sum2 = i32x4.splat(0);
  let sum3 = i32x4.splat(0);
  for (let p = end - 1; p >= start; p--) {
    let at = scratch.lists + <usize>p * scratch.listBytes;
    let left = load<i32>(scratch.counts + (<usize>p << 2));
    let low = i16x8.splat(0);
    let high = i16x8.splat(0);
    while (left > 0) {
      const filled = filledRows(ouRows, left);
      const stop = at + (<usize>filled << 1);
      let sum = i8x16.splat(0);
      for (; at + 8 <= stop; at += 8) {
        sum = i8x16.add(sum, v128.load(cells + <usize>load<u16>(at)));
        sum = i8x16.add(sum, v128.load(cells + <usize>load<u16>(at, 2)));
        sum = i8x16.add(sum, v128.load(cells + <usize>load<u16>(at, 4)));
        sum = i8x16.add(sum, v128.load(cells + <usize>load<u16>(at, 6)));
      }
      for (; at < stop; at += 2) sum = i8x16.add(sum, v128.load(cells + <usize>load<u16>(at)));
      sum = i8x16.min_u(sum, limit);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(sum));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(sum));
      left -= filled;
    }
    sum0 = i32x4.add(i32x4.shl(sum0, 1), i32x4.extend_low_i16x8_u(low));
    sum1 = i32x4.add(i32x4.shl(sum1, 1), i32x4.extend_high_i16x8_u(low));
    sum2 = i32x4.add(i32x4.shl(sum2, 1), i32x4.extend_low_i16x8_u(high));
    sum3 = i32x4.add(i32x4.shl(sum3, 1), i32x4.extend_high_i16x8_u(high));
    if (isTopNegative && p == end - 1) {
      sum0 = i32x4.neg(sum0);
      sum1 = i32x4.neg(sum1);
      sum2 = i32x4.neg(sum2);
      sum3 = i32x4.neg(sum3);
    }
  }
  addShifted(accumulators, sum0, start);
  addShifted(accumulators + 32, sum1, start);
  addShifted(accumulators + 64, sum2, start);
  addShifted(accumulators + 96, sum3, start);
}

// The same for two tiles side by side: every offset is loaded once for both.
function readPair(
  scratch: ClipScratch,
  cells: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
  ouRows: i32,
  clipLimit: i32,
): void {
  const limit = i8x16.splat(<i8>clipLimit);
  let a0 = i32x4.splat(0);
  let a1 = i32x4.splat(0);
  let a2 = i32x4.splat(0);
  let a3 = i32x4.splat(0);
  let b0 = i32x4.splat(0);
  let b1 = i32x4.splat(0);
  let b2 = i32x4.splat(0);
  let b3 = i32x4.splat(0);
  for (let p = end - 1; p >= start; p--) {
    let at = scratch.lists + <usize>p * scratch.listBytes;
    let left = load<i32>(scratch.counts + (<usize>p << 2));
    let aLow = i16x8.splat(0);
    let aHigh = i16x8.splat(0);
    let bLow = i16x8.splat(0);
    let bHigh = i16x8.splat(0);
    while (left > 0) {
      const filled = filledRows(ouRows, left);
      const stop = at + (<usize>filled << 1);
      let a = i8x16.splat(0);
      let b = i8x16.splat(0);
      for (; at + 8 <= stop; at += 8) {
        const row0 = cells + <usize>load<u16>(at);
        const row1 = cells + <usize>load<u16>(at, 2);
        const row2 = cells + <usize>load<u16>(at, 4);
        const row3 = cells + <usize>load<u16>(at, 6);
        a = i8x16.add(a, i8x16.add(v128.load(row0), v128.load(row1)));
        b = i8x16.add(b, i8x16.add(v128.load(row0, 16), v128.load(row1, 16)));
        a = i8x16.add(a, i8x16.add(v128.load(row2), v128.load(row3)));
        b = i8x16.add(b, i8x16.add(v128.load(row2, 16), v128.load(row3, 16)));
      }
      for (; at < stop; at += 2) {
        const row = cells + <usize>load<u16>(at);
        a = i8x16.add(a, v128.load(row));
        b = i8x16.add(b, v128.load(row, 16));
      }
      a = i8x16.min_u(a, limit);
      b = i8x16.min_u(b, limit);
      aLow = i16x8.add(aLow, i16x8.extend_low_i8x16_u(a));
      aHigh = i16x8.add(aHigh, i16x8.extend_high_i8x16_u(a));
      bLow = i16x8.add(bLow, i16x8.extend_low_i8x16_u(b));
      bHigh = i16x8.add(bHigh, i16x8.extend_high_i8x16_u(b));
      left -= filled;
    }
    a0 = i32x4.add(i32x4.shl(a0, 1), i32x4.extend_low_i16x8_u(aLow));
    a1 = i32x4.add(i32x4.shl(a1, 1), i32x4.extend_high_i16x8_u(aLow));
    a2 = i32x4.add(i32x4.shl(a2, 1), i32x4.extend_low_i16x8_u(aHigh));
    a3 = i32x4.add(i32x4.shl(a3, 1), i32x4.extend_high_i16x8_u(aHigh));
    b0 = i32x4.add(i32x4.shl(b0, 1), i32x4.extend_low_i16x8_u(bLow));
    b1 = i32x4.add(i32x4.shl(b1, 1), i32x4.extend_high_i16x8_u(bLow));
    b2 = i32x4.add(i32x4.shl(b2, 1), i32x4.extend_low_i16x8_u(bHigh));
    b3 = i32x4.add(i32x4.shl(b3, 1), i32x4.extend_high_i16x8_u(bHigh));
    if (isTopNegative && p == end - 1) {
      a0 = i32x4.neg(a0);
      a1 = i32x4.neg(a1);
      a2 = i32x4.neg(a2);
      a3 = i32x4.neg(a3);
      b0 = i32x4.neg(b0);
      b1 = i32x4.neg(b1);
      b2 = i32x4.neg(b2);
      b3 = i32x4.neg(b3);
    }
  }
  addShifted(accumulators, a0, start);
  addShifted(accumulators + 32, a1, start);
  addShifted(accumulators + 64, a2, start);
  addShifted(accumulators + 96, a3, start);
  addShifted(accumulators + 128, b0, start);
  addShifted(accumulators + 160, b1, start);
  addShifted(accumulators + 192, b2, start);
  addShifted(accumulators + 224, b3, start);
}

/** Four i32 lanes · 2^shift into four i64. */
// @ts-ignore: decorator
@inline
export function addShifted(at: usize, sum: v128, shift: i32): void {
  v128.store(at, i64x2.add(v128.load(at), i64x2.shl(i64x2.extend_low_i32x4_s(sum), shift)));
  v128.store(at, i64x2.add(v128.load(at, 16), i64x2.shl(i64x2.extend_high_i32x4_s(sum), shift)), 16);
}
