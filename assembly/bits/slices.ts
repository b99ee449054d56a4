// Bit-sliced numbers: slice k holds bit k of 128 numbers, one a lane; slices lie 16 bytes apart, least significant first.

/** accumulator += x · 2^shift, carries included; xCount + shift ≤ count. */
export function addSlices(accumulator: usize, count: i32, x: usize, xCount: i32, shift: i32): void {
  let carry = i64x2.splat(0);
  let at = accumulator + (<usize>shift << 4);
  const xEnd = x + (<usize>xCount << 4);
  const end = accumulator + (<usize>count << 4);
  while (x < xEnd) {
    const a = v128.load(at);
    const b = v128.load(x);
    const either = v128.xor(a, b);
    v128.store(at, v128.xor(either, carry));
    carry = v128.bitselect(carry, a, either);
    at += 16;
    x += 16;
  }
  addBit(at, end, carry);
}

/** Adds one bit a lane at slice `at`; stops at `end` or when nothing is carried. */
// @ts-ignore: decorator
@inline
export function addBit(at: usize, end: usize, bit: v128): void {
  while (at < end && v128.any_true(bit)) {
    const a = v128.load(at);
    v128.store(at, v128.xor(a, bit));
    bit = v128.and(a, bit);
    at += 16;
  }
}

/** accumulator = max(accumulator, x), lane by lane. */
export function maxSlices(accumulator: usize, x: usize, count: i32): void {
  let isLess = i64x2.splat(0);
  for (let k = 0; k < count; k++) {
    const a = v128.load(accumulator + (<usize>k << 4));
    const b = v128.load(x + (<usize>k << 4));
    isLess = v128.bitselect(b, isLess, v128.xor(a, b));
  }
  if (!v128.any_true(isLess)) return;
  for (let k = 0; k < count; k++) {
    const at = accumulator + (<usize>k << 4);
    v128.store(at, v128.bitselect(v128.load(x + (<usize>k << 4)), v128.load(at), isLess));
  }
}

/** Sum of all lanes. */
export function sumSlices(x: usize, count: i32): u64 {
  let sum: u64 = 0;
  for (let k = 0; k < count; k++) sum += countLanes(v128.load(x + (<usize>k << 4))) << k;
  return sum;
}

/** Lanes that are set. */
// @ts-ignore: decorator
@inline
export function countLanes(lanes: v128): u64 {
  return popcnt(<u64>i64x2.extract_lane(lanes, 0)) + popcnt(<u64>i64x2.extract_lane(lanes, 1));
}

/**
 * Adds up the 16 / period numbers that lie `period` lanes apart in every u16 lane; the sums end in its low `period`
 * lanes, the others become 0. `work` has room for `count` slices.
 */
export function foldSlices(x: usize, count: i32, period: i32, work: usize): void {
  if (period == 16) return;
  for (let distance = 8; distance >= period; distance >>= 1) {
    const lowBits: i32 = (1 << distance) - 1;
    const kept = i16x8.splat(<i16>lowBits);
    for (let k = 0; k < count; k++) {
      const at = <usize>k << 4;
      const slice = v128.load(x + at);
      v128.store(work + at, i16x8.shr_u(slice, distance));
      v128.store(x + at, v128.and(slice, kept));
    }
    addSlices(x, count, work, count, 0);
  }
}
