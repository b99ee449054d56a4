import { zeroRelativePattern } from "../bits/coding";
import { CODING_NEGATIVE, CODING_OFFSET, CODING_POSITIVE } from "../shared/abi";

/**
 * Rows with a cell that is not skippable, per run of bitlines (i32 start, count). `masks`: where the bit of the first
 * row lies in the first set, all zero, on an even byte. `colRows`: scratch, u16[colCount].
 */
export function buildRowMasks(
  weights: usize,
  rowCount: i32,
  colCount: i32,
  weightBits: i32,
  cellBits: i32,
  coding: i32,
  sliceCount: i32,
  groups: usize,
  groupCount: i32,
  wordCount: i32,
  masks: usize,
  colRows: usize,
): void {
  const setBytes = <usize>wordCount << 2;
  const rowBytes = <usize>colCount << 1;
  // 16 rows at a time: a bit of each in one u16 for every column, from which all groups read.
  for (let rowStart = 0; rowStart < rowCount; rowStart += 16) {
    const blockRows = min(rowCount - rowStart, 16);
    const block = weights + <usize>rowStart * rowBytes;
    markRows(block, blockRows, colCount, coding, colRows);
    const out = masks + (<usize>rowStart >> 3);
    for (let group = 0; group < groupCount; group++) {
      const start = load<i32>(groups + (<usize>group << 3));
      const bitlineCount = load<i32>(groups + (<usize>group << 3), 4);
      if (bitlineCount == 0) continue;
      const end = start + bitlineCount;
      let firstCol = start / sliceCount;
      let endCol = end / sliceCount;
      const firstSlice = start - firstCol * sliceCount;
      const endSlice = end - endCol * sliceCount;
      const startDigits = -1 << (cellBits * firstSlice);
      const endDigits = (1 << (cellBits * endSlice)) - 1;
      let kept: u32 = 0;
      if (firstCol == endCol) {
        kept = keptRows(block, blockRows, rowBytes, firstCol, weightBits, coding, startDigits & endDigits);
      } else {
        if (endSlice > 0) kept = keptRows(block, blockRows, rowBytes, endCol, weightBits, coding, endDigits);
        if (firstSlice > 0) {
          kept |= keptRows(block, blockRows, rowBytes, firstCol++, weightBits, coding, startDigits);
        }
        for (; firstCol < endCol; firstCol++) kept |= <u32>load<u16>(colRows + (<usize>firstCol << 1));
      }
      store<u16>(out + <usize>group * setBytes, <u16>kept);
    }
  }
}

/** Per column, bit i: row i of up to 16 rows has a weight that is not zero to this coding. */
function markRows(block: usize, blockRows: i32, colCount: i32, coding: i32, colRows: usize): void {
  const rowBytes = <usize>colCount << 1;
  let col = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = i64x2.splat(0);
    for (; col + 8 <= colCount; col += 8) {
      let row = block + (<usize>col << 1);
      let rowBit = i16x8.splat(1);
      let marks = zero;
      for (let i = 0; i < blockRows; i++, row += rowBytes) {
        const values = v128.load(row);
        const isKept =
          coding == CODING_OFFSET
            ? i16x8.ne(values, zero)
            : coding == CODING_POSITIVE
              ? i16x8.gt_s(values, zero)
              : i16x8.lt_s(values, zero);
        marks = v128.or(marks, v128.and(isKept, rowBit));
        rowBit = i16x8.shl(rowBit, 1);
      }
      v128.store(colRows + (<usize>col << 1), marks);
    }
  }
  for (; col < colCount; col++) {
    store<u16>(colRows + (<usize>col << 1), <u16>keptRows(block, blockRows, rowBytes, col, 16, coding, -1));
  }
}

/** Bit i: row i has one of some digits in a column. */
function keptRows(
  block: usize,
  blockRows: i32,
  rowBytes: usize,
  col: i32,
  weightBits: i32,
  coding: i32,
  digits: i32,
): u32 {
  let kept: u32 = 0;
  for (let i = 0; i < blockRows; i++, block += rowBytes) {
    kept |= u32((patternAt(block, col, weightBits, coding) & digits) != 0) << i;
  }
  return kept;
}

/** Index of the first of some i16 below `least` or above `most`, or -1. */
export function findOutside(values: usize, count: i32, least: i32, most: i32): i32 {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const lowest = i16x8.splat(<i16>least);
    const highest = i16x8.splat(<i16>most);
    for (; i + 8 <= count; i += 8) {
      const lanes = v128.load(values + (<usize>i << 1));
      if (v128.any_true(v128.or(i16x8.lt_s(lanes, lowest), i16x8.gt_s(lanes, highest)))) break;
    }
  }
  for (; i < count; i++) {
    const value = <i32>load<i16>(values + (<usize>i << 1));
    if (value < least || value > most) return i;
  }
  return -1;
}

/** Bitlines with a cell that is not skippable in some rows. `mask`: all zero. `patterns`: scratch, u16[colCount]. */
export function buildBitlineMask(
  rows: usize,
  rowCount: i32,
  colCount: i32,
  weightBits: i32,
  cellBits: i32,
  coding: i32,
  sliceCount: i32,
  mask: usize,
  patterns: usize,
): void {
  const digitMask = (1 << cellBits) - 1;
  const weightMask = (1 << weightBits) - 1;
  joinPatterns(rows, rowCount, colCount, coding, patterns);
  // Bits not yet stored, the lowest first: a column adds at most 16 to at most 31.
  let bits: u64 = 0;
  let bitCount = 0;
  for (let col = 0; col < colCount; col++) {
    let pattern = <i32>load<u16>(patterns + (<usize>col << 1)) & weightMask;
    for (let bit = bitCount; pattern != 0; bit++) {
      bits |= u64((pattern & digitMask) != 0) << <u64>bit;
      pattern >>= cellBits;
    }
    bitCount += sliceCount;
    if (bitCount >= 32) {
      store<u32>(mask, <u32>bits);
      mask += 4;
      bits >>= 32;
      bitCount -= 32;
    }
  }
  if (bitCount > 0) store<u32>(mask, <u32>bits);
}

/** Per column: the patterns of all rows, zero-relative, ORed (u16; bits above the weight's are to be masked). */
function joinPatterns(rows: usize, rowCount: i32, colCount: i32, coding: i32, patterns: usize): void {
  const rowBytes = <usize>colCount << 1;
  let col = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = i64x2.splat(0);
    for (; col + 8 <= colCount; col += 8) {
      let row = rows + (<usize>col << 1);
      let joined = zero;
      for (let i = 0; i < rowCount; i++, row += rowBytes) {
        let values = v128.load(row);
        if (coding == CODING_NEGATIVE) values = i16x8.neg(values);
        if (coding != CODING_OFFSET) values = i16x8.max_s(values, zero);
        joined = v128.or(joined, values);
      }
      v128.store(patterns + (<usize>col << 1), joined);
    }
  }
  for (; col < colCount; col++) {
    let joined = 0;
    let row = rows;
    for (let i = 0; i < rowCount; i++, row += rowBytes) joined |= patternAt(row, col, 16, coding);
    store<u16>(patterns + (<usize>col << 1), <u16>joined);
  }
}

// @ts-ignore: decorator
@inline
function patternAt(row: usize, col: i32, weightBits: i32, coding: i32): i32 {
  const weight = <i32>load<i16>(row + (<usize>col << 1));
  return zeroRelativePattern(weight, weightBits, coding);
}
