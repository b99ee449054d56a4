import { DisturbedScratch, OU_BYTES, OU_INDEX, OU_LIST, OU_LIST_END, OU_SHIFT } from "./disturbedScratch";

// Sums of every OU of a batch over a tile of 16 bitlines or two side by side, levels in bytes and values beside them, from
// lists of u16 offsets as mvmClip writes them. OUs are taken by how many rows they list (own.order), so that the end of
// the loop over rows is foreseen. `cells`, `values`: where the levels and the values of these tiles lie. Where
// nothing is added to a sum it is sensed at once: bytes into own.codes.

/** Levels alone: bytes into own.ideals. */
export function sumLevels(own: DisturbedScratch, ouCount: i32, cells: usize, isPaired: bool): void {
  const end = own.order + (<usize>ouCount << 2);
  for (let next = own.order; next < end; next += 4) {
    const ou = <usize>load<u32>(next);
    let at = <usize>load<u32>(ou, OU_LIST);
    const stop = <usize>load<u32>(ou, OU_LIST_END);
    const index = <usize>load<u32>(ou, OU_INDEX);
    let a = i8x16.splat(0);
    let b = i8x16.splat(0);
    if (isPaired) {
      for (; at < stop; at += 2) {
        const row = cells + <usize>load<u16>(at);
        a = i8x16.add(a, v128.load(row));
        b = i8x16.add(b, v128.load(row, 16));
      }
      v128.store(own.ideals + (index << 5), a);
      v128.store(own.ideals + (index << 5), b, 16);
    } else {
      for (; at < stop; at += 2) a = i8x16.add(a, v128.load(cells + <usize>load<u16>(at)));
      v128.store(own.ideals + (index << 4), a);
    }
  }
}

/** Levels whose sums may outgrow a byte: u16 into own.ideals, added up in bytes as long as these last. */
export function sumLevelsInParts(
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  isPaired: bool,
  topLevel: i32,
): void {
  const partBytes = <usize>(255 / topLevel) << 1;
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  const sideBytes: usize = isPaired ? 32 : 16;
  let out = own.ideals;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const stop = <usize>load<u32>(ou, OU_LIST_END);
    for (let side: usize = 0; side < sideBytes; side += 16) {
      let at = <usize>load<u32>(ou, OU_LIST);
      let low = i16x8.splat(0);
      let high = i16x8.splat(0);
      while (at < stop) {
        const part = min(stop, at + partBytes);
        let a = i8x16.splat(0);
        for (; at < part; at += 2) a = i8x16.add(a, v128.load(cells + side + <usize>load<u16>(at)));
        low = i16x8.add(low, i16x8.extend_low_i8x16_u(a));
        high = i16x8.add(high, i16x8.extend_high_i8x16_u(a));
      }
      v128.store(out, low);
      v128.store(out, high, 16);
      out += 32;
    }
  }
}

/** f32 values, rows in order, and levels if the window is counted, of one tile. */
export function sumFloats(own: DisturbedScratch, ouCount: i32, cells: usize, values: usize, isAtOnce: bool): void {
  if (own.isCounted) addFloats(own, ouCount, cells, values, isAtOnce, true);
  else addFloats(own, ouCount, cells, values, isAtOnce, false);
}

// @ts-ignore: decorator
@inline
function addFloats(
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  values: usize,
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
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    for (; at < stop; at += 2) {
      const offset = <usize>load<u16>(at);
      const row = values + (offset << 2);
      if (hasLevels) a = i8x16.add(a, v128.load(cells + offset));
      a0 = f32x4.add(a0, v128.load(row));
      a1 = f32x4.add(a1, v128.load(row, 16));
      a2 = f32x4.add(a2, v128.load(row, 32));
      a3 = f32x4.add(a3, v128.load(row, 48));
    }
    if (hasLevels) v128.store(own.ideals + (index << 4), a);
    if (isAtOnce) {
      v128.store(own.codes + (index << 4), clipBytes(a0, a1, a2, a3, top));
      continue;
    }
    const out = own.sums + (index << 6);
    v128.store(out, a0);
    v128.store(out, a1, 16);
    v128.store(out, a2, 32);
    v128.store(out, a3, 48);
  }
}

/** The same for two tiles side by side. */
export function sumFloatPairs(own: DisturbedScratch, ouCount: i32, cells: usize, values: usize, isAtOnce: bool): void {
  if (own.isCounted) addFloatPairs(own, ouCount, cells, values, isAtOnce, true);
  else addFloatPairs(own, ouCount, cells, values, isAtOnce, false);
}

// V8 loads a whole basic block ahead and then spills: the comparisons that never
// hold (`at` is no such address) end a block. Measured: 5.6 against 9.4 cycles a row; loads bound it at 5.5.
// @ts-ignore: decorator
@inline
function addFloatPairs(
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  values: usize,
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
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    for (; at < stop; at += 2) {
      const offset = <usize>load<u16>(at);
      const row = values + (offset << 2);
      if (hasLevels) {
        a = i8x16.add(a, v128.load(cells + offset));
        b = i8x16.add(b, v128.load(cells + offset, 16));
      }
      a0 = f32x4.add(a0, v128.load(row));
      a1 = f32x4.add(a1, v128.load(row, 16));
      if (at == 2) break;
      a2 = f32x4.add(a2, v128.load(row, 32));
      a3 = f32x4.add(a3, v128.load(row, 48));
      b0 = f32x4.add(b0, v128.load(row, 64));
      b1 = f32x4.add(b1, v128.load(row, 80));
      if (at == 4) break;
      b2 = f32x4.add(b2, v128.load(row, 96));
      b3 = f32x4.add(b3, v128.load(row, 112));
    }
    if (hasLevels) {
      v128.store(own.ideals + (index << 5), a);
      v128.store(own.ideals + (index << 5), b, 16);
    }
    if (isAtOnce) {
      const out = own.codes + (index << 5);
      v128.store(out, clipBytes(a0, a1, a2, a3, top));
      v128.store(out, clipBytes(b0, b1, b2, b3, top), 16);
      continue;
    }
    const out = own.sums + (index << 7);
    v128.store(out, a0);
    v128.store(out, a1, 16);
    v128.store(out, a2, 32);
    v128.store(out, a3, 48);
    v128.store(out, b0, 64);
    v128.store(out, b1, 80);
    v128.store(out, b2, 96);
    v128.store(out, b3, 112);
  }
}

/** roundHalfEven(x) within 0 … top of 16 lanes, in bytes. */
// @ts-ignore: decorator
@inline
function clipBytes(x0: v128, x1: v128, x2: v128, x3: v128, top: v128): v128 {
  const low = i16x8.narrow_i32x4_s(roundLanes(x0), roundLanes(x1));
  const high = i16x8.narrow_i32x4_s(roundLanes(x2), roundLanes(x3));
  return i8x16.min_u(i8x16.narrow_i16x8_u(low, high), top);
}

/** roundHalfEven(max(0, x)) below 2^23, else at least that: 2^23 + x holds it in its low bits. No number becomes 0. */
// @ts-ignore: decorator
@inline
function roundLanes(x: v128): v128 {
  return v128.xor(f32x4.add(f32x4.pmax(f32x4.splat(0), x), f32x4.splat(8388608)), f32x4.splat(8388608));
}

/** roundHalfEven(x) within 0 … top. */
// @ts-ignore: decorator
@inline
export function clipLanes(x: v128, top: v128): v128 {
  return roundLanes(f32x4.pmin(top, x));
}
