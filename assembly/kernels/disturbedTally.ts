import { DisturbedScratch } from "./disturbedScratch";
import { addShifted } from "./mvmReadClip";

// Σ ±2^p · code of one tile into `accumulators` (i64[16]), and its errors, if counted, into the statistics: planes [start, end) of a
// batch, most significant first, doubled in i32 lanes. `code`, `ideal`: the tile in the first row of each, rowBytes a row;
// `laneMask`: lanes in use, i16[16], then bytes.

/** Codes and ideal sums of a byte, at most 128 OUs: the sums of a plane fit u16, the lanes that agree a byte. */
export function tallyBytes(
  own: DisturbedScratch,
  code: usize,
  ideal: usize,
  rowBytes: usize,
  laneMask: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
): void {
  if (own.isCounted) {
    addBytes(own, code, ideal, rowBytes, laneMask, accumulators, start, end, isTopNegative, true);
  } else {
    addBytes(own, code, ideal, rowBytes, laneMask, accumulators, start, end, isTopNegative, false);
  }
}

// @ts-ignore: decorator
@inline
function addBytes(
  own: DisturbedScratch,
  code: usize,
  ideal: usize,
  rowBytes: usize,
  laneMask: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
  isCounted: bool,
): void {
  const limit = v128.load(own.limits, 16);
  const mask = v128.load(laneMask, 32);
  const first = code;
  let sum0 = i32x4.splat(0);
  let sum1 = i32x4.splat(0);
  let sum2 = i32x4.splat(0);
  let sum3 = i32x4.splat(0);
  let agreed = i8x16.splat(0);
  let errors = i32x4.splat(0);
  let squares = i32x4.splat(0);
  let planeEnd = own.planeEnds;
  for (let p = end - 1; p >= start; p--) {
    const stop = first + <usize>load<i32>(planeEnd) * rowBytes;
    planeEnd += 4;
    let low = i16x8.splat(0);
    let high = i16x8.splat(0);
    let idealSums = i16x8.splat(0);
    for (; code < stop; code += rowBytes) {
      const codes = v128.and(v128.load(code), mask);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(codes));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(codes));
      if (!isCounted) continue;
      const ideals = v128.and(i8x16.min_u(v128.load(ideal), limit), mask);
      ideal += rowBytes;
      idealSums = i16x8.add(idealSums, i16x8.extadd_pairwise_i8x16_u(ideals));
      agreed = i8x16.sub(agreed, i8x16.eq(codes, ideals));
      const error = i8x16.sub(i8x16.max_u(codes, ideals), i8x16.min_u(codes, ideals));
      const lowError = i16x8.extend_low_i8x16_u(error);
      const highError = i16x8.extend_high_i8x16_u(error);
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(lowError, lowError));
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(highError, highError));
    }
    const plane0 = i32x4.extend_low_i16x8_u(low);
    const plane1 = i32x4.extend_high_i16x8_u(low);
    const plane2 = i32x4.extend_low_i16x8_u(high);
    const plane3 = i32x4.extend_high_i16x8_u(high);
    if (isCounted) {
      const codeSum = i32x4.add(i32x4.add(plane0, plane1), i32x4.add(plane2, plane3));
      errors = i32x4.add(errors, i32x4.sub(codeSum, i32x4.extadd_pairwise_i16x8_u(idealSums)));
    }
    sum0 = i32x4.add(i32x4.shl(sum0, 1), plane0);
    sum1 = i32x4.add(i32x4.shl(sum1, 1), plane1);
    sum2 = i32x4.add(i32x4.shl(sum2, 1), plane2);
    sum3 = i32x4.add(i32x4.shl(sum3, 1), plane3);
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
  if (!isCounted) return;
  const agreedPairs = i16x8.extadd_pairwise_i8x16_u(agreed);
  addStats(own, (code - first) / rowBytes, agreedPairs, errors, squares);
}

/** Codes and ideal sums of u16, at most 16383. */
export function tallyWords(
  own: DisturbedScratch,
  code: usize,
  ideal: usize,
  rowBytes: usize,
  laneMask: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
): void {
  if (own.isCounted) {
    addWords(own, code, ideal, rowBytes, laneMask, accumulators, start, end, isTopNegative, true);
  } else {
    addWords(own, code, ideal, rowBytes, laneMask, accumulators, start, end, isTopNegative, false);
  }
}

// @ts-ignore: decorator
@inline
function addWords(
  own: DisturbedScratch,
  code: usize,
  ideal: usize,
  rowBytes: usize,
  laneMask: usize,
  accumulators: usize,
  start: i32,
  end: i32,
  isTopNegative: bool,
  isCounted: bool,
): void {
  const limit = v128.load(own.limits, 16);
  const maskLow = v128.load(laneMask);
  const maskHigh = v128.load(laneMask, 16);
  const one = v128.load(own.limits, 32);
  const first = code;
  let sum0 = i32x4.splat(0);
  let sum1 = i32x4.splat(0);
  let sum2 = i32x4.splat(0);
  let sum3 = i32x4.splat(0);
  let agreed = i16x8.splat(0);
  let errors = i32x4.splat(0);
  let squares = i32x4.splat(0);
  let planeEnd = own.planeEnds;
  for (let p = end - 1; p >= start; p--) {
    const stop = first + <usize>load<i32>(planeEnd) * rowBytes;
    planeEnd += 4;
    sum0 = i32x4.shl(sum0, 1);
    sum1 = i32x4.shl(sum1, 1);
    sum2 = i32x4.shl(sum2, 1);
    sum3 = i32x4.shl(sum3, 1);
    for (; code < stop; code += rowBytes) {
      const low = v128.load(code);
      const high = v128.load(code, 16);
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_u(low));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_u(low));
      sum2 = i32x4.add(sum2, i32x4.extend_low_i16x8_u(high));
      sum3 = i32x4.add(sum3, i32x4.extend_high_i16x8_u(high));
      if (!isCounted) continue;
      const lowError = v128.and(i16x8.sub(low, i16x8.min_u(v128.load(ideal), limit)), maskLow);
      const highError = v128.and(i16x8.sub(high, i16x8.min_u(v128.load(ideal, 16), limit)), maskHigh);
      ideal += rowBytes;
      const zero = i16x8.splat(0);
      agreed = i16x8.sub(agreed, i16x8.add(i16x8.eq(lowError, zero), i16x8.eq(highError, zero)));
      errors = i32x4.add(errors, i32x4.dot_i16x8_s(i16x8.add(lowError, highError), one));
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(lowError, lowError));
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(highError, highError));
    }
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
  if (isCounted) addStats(own, (code - first) / rowBytes, agreed, errors, squares);
}

/** `agreed`: u16 counts of lanes without error, among ouCount rows of 16. */
// @ts-ignore: decorator
@inline
function addStats(own: DisturbedScratch, ouCount: usize, agreed: v128, errors: v128, squares: v128): void {
  own.misreads += <i64>(ouCount << 4) - sumLanes(i32x4.extadd_pairwise_i16x8_u(agreed));
  own.errorSum += sumLanes(errors);
  own.squaredErrorSum += sumLanes(squares);
}

// @ts-ignore: decorator
@inline
function sumLanes(x: v128): i64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_s(x), i64x2.extend_high_i32x4_s(x));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}
