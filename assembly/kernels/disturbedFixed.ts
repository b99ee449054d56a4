import { FIXED_BITS } from "../shared/deviceAbi";
import { DisturbedScratch, OU_BYTES, OU_INDEX, OU_LIST, OU_LIST_END, OU_SHIFT } from "./disturbedScratch";

// Sums of fixed-point cells; the rest as in disturbedSums.ts.

/**
 * i16 units that saturate, rows in order, and levels if the window is counted; sums, if not sensed at once, as f32 codes.
 */
export function sumFixed(
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  values: usize,
  isPaired: bool,
  isAtOnce: bool,
): void {
  if (own.isCounted) addFixed(own, ouCount, cells, values, isPaired, isAtOnce, true);
  else addFixed(own, ouCount, cells, values, isPaired, isAtOnce, false);
}

// @ts-ignore: decorator
@inline
function addFixed(
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  values: usize,
  isPaired: bool,
  isAtOnce: bool,
  hasLevels: bool,
): void {
  const top = v128.load(own.limits);
  const end = own.order + (<usize>ouCount << 2);
  for (let next = own.order; next < end; next += 4) {
    const ou = <usize>load<u32>(next);
    let at = <usize>load<u32>(ou, OU_LIST);
    const stop = <usize>load<u32>(ou, OU_LIST_END);
    const index = <usize>load<u32>(ou, OU_INDEX);
    let a = i8x16.splat(0);
    let b = i8x16.splat(0);
    let a0 = i16x8.splat(0);
    let a1 = i16x8.splat(0);
    let b0 = i16x8.splat(0);
    let b1 = i16x8.splat(0);
    if (isPaired) {
      for (; at < stop; at += 2) {
        const offset = <usize>load<u16>(at);
        const row = values + (offset << 1);
        if (hasLevels) {
          a = i8x16.add(a, v128.load(cells + offset));
          b = i8x16.add(b, v128.load(cells + offset, 16));
        }
        a0 = i16x8.add_sat_s(a0, v128.load(row));
        a1 = i16x8.add_sat_s(a1, v128.load(row, 16));
        b0 = i16x8.add_sat_s(b0, v128.load(row, 32));
        b1 = i16x8.add_sat_s(b1, v128.load(row, 48));
      }
      if (hasLevels) {
        v128.store(own.ideals + (index << 5), a);
        v128.store(own.ideals + (index << 5), b, 16);
      }
      if (isAtOnce) {
        v128.store(own.codes + (index << 5), clipUnits(a0, a1, top));
        v128.store(own.codes + (index << 5), clipUnits(b0, b1, top), 16);
      } else {
        storeUnits(own.sums + (index << 7), a0, a1);
        storeUnits(own.sums + (index << 7) + 64, b0, b1);
      }
    } else {
      for (; at < stop; at += 2) {
        const offset = <usize>load<u16>(at);
        const row = values + (offset << 1);
        if (hasLevels) a = i8x16.add(a, v128.load(cells + offset));
        a0 = i16x8.add_sat_s(a0, v128.load(row));
        a1 = i16x8.add_sat_s(a1, v128.load(row, 16));
      }
      if (hasLevels) v128.store(own.ideals + (index << 4), a);
      if (isAtOnce) v128.store(own.codes + (index << 4), clipUnits(a0, a1, top));
      else storeUnits(own.sums + (index << 6), a0, a1);
    }
  }
}

/** roundHalfEven(units / 128) within 0 … top of 16 lanes, in bytes. */
// @ts-ignore: decorator
@inline
function clipUnits(low: v128, high: v128, top: v128): v128 {
  return i8x16.min_u(i8x16.narrow_i16x8_u(roundUnits(low), roundUnits(high)), top);
}

// @ts-ignore: decorator
@inline
function roundUnits(units: v128): v128 {
  const isOdd = v128.and(i16x8.shr_u(units, FIXED_BITS), i16x8.splat(1));
  const belowHalf: i32 = (1 << (FIXED_BITS - 1)) - 1;
  const added = i16x8.add(isOdd, i16x8.splat(<i16>belowHalf));
  return i16x8.shr_s(i16x8.add_sat_s(units, added), FIXED_BITS);
}

// @ts-ignore: decorator
@inline
function storeUnits(at: usize, low: v128, high: v128): void {
  v128.store(at, codesOf(i32x4.extend_low_i16x8_s(low)));
  v128.store(at, codesOf(i32x4.extend_high_i16x8_s(low)), 16);
  v128.store(at, codesOf(i32x4.extend_low_i16x8_s(high)), 32);
  v128.store(at, codesOf(i32x4.extend_high_i16x8_s(high)), 48);
}

// @ts-ignore: decorator
@inline
function codesOf(units: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(units), f32x4.splat(<f32>1 / <f32>(1 << FIXED_BITS)));
}

/** i16 units, exact, as f32 codes into own.sums. */
export function sumFixedExact(own: DisturbedScratch, ouCount: i32, values: usize, isPaired: bool): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  const sideBytes: usize = isPaired ? 64 : 32;
  let out = own.sums;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const stop = <usize>load<u32>(ou, OU_LIST_END);
    for (let side: usize = 0; side < sideBytes; side += 32) {
      let a0 = i32x4.splat(0);
      let a1 = i32x4.splat(0);
      let a2 = i32x4.splat(0);
      let a3 = i32x4.splat(0);
      for (let at = <usize>load<u32>(ou, OU_LIST); at < stop; at += 2) {
        const row = values + side + (<usize>load<u16>(at) << 1);
        const low = v128.load(row);
        const high = v128.load(row, 16);
        a0 = i32x4.add(a0, i32x4.extend_low_i16x8_s(low));
        a1 = i32x4.add(a1, i32x4.extend_high_i16x8_s(low));
        a2 = i32x4.add(a2, i32x4.extend_low_i16x8_s(high));
        a3 = i32x4.add(a3, i32x4.extend_high_i16x8_s(high));
      }
      v128.store(out, codesOf(a0));
      v128.store(out, codesOf(a1), 16);
      v128.store(out, codesOf(a2), 32);
      v128.store(out, codesOf(a3), 48);
      out += 64;
    }
  }
}
