import {
  drawLanes,
  ONE,
  P_0,
  P_1,
  P_2,
  P_3,
  P_4,
  Q_1,
  Q_2,
  Q_3,
  Q_4,
  QUARTER,
  TAIL_BELOW,
  tailLanes,
  UNIT,
} from "../bits/drawLanes";
import { senseSum } from "../bits/sense";
import { DisturbedScratch, OU_A, OU_B, OU_BYTES, OU_OFFSET, OU_SHIFT, OU_SIGMA } from "./disturbedScratch";
import { clipLanes } from "./disturbedSums";

// From sums to what is sensed, OU by OU: noise, then conversion. A row has 16 or 32 lanes; codes and
// ideal sums are bytes, or u16 where `isWide`. `words`: what the lanes bring into their draws.

/** sums += sigma · N(0,1): normalLanes for two vectors at a time, which share the constants. */
export function addNoise(own: DisturbedScratch, ouCount: i32, words: usize, laneCount: i32): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  const constants = own.drawConstants;
  const wordsEnd = words + (<usize>laneCount << 2);
  let row = own.sums;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const a = v128.load32_splat(ou, OU_A);
    const b = v128.load32_splat(ou, OU_B);
    for (let word = words; word < wordsEnd; word += 32) {
      const bits0 = drawLanes(a, b, v128.load(word), constants);
      const bits1 = drawLanes(a, b, v128.load(word, 16), constants);
      let c = v128.load(constants, UNIT);
      const q0 = f32x4.mul(f32x4.convert_i32x4_s(bits0), c);
      const q1 = f32x4.mul(f32x4.convert_i32x4_s(bits1), c);
      c = v128.load(constants, QUARTER);
      const s0 = f32x4.sub(c, f32x4.mul(q0, q0));
      const s1 = f32x4.sub(c, f32x4.mul(q1, q1));
      c = v128.load(constants, P_4);
      let n0 = f32x4.mul(c, s0);
      let n1 = f32x4.mul(c, s1);
      c = v128.load(constants, Q_4);
      let d0 = f32x4.mul(c, s0);
      let d1 = f32x4.mul(c, s1);
      c = v128.load(constants, P_3);
      n0 = f32x4.mul(f32x4.add(n0, c), s0);
      n1 = f32x4.mul(f32x4.add(n1, c), s1);
      c = v128.load(constants, Q_3);
      d0 = f32x4.mul(f32x4.add(d0, c), s0);
      d1 = f32x4.mul(f32x4.add(d1, c), s1);
      c = v128.load(constants, P_2);
      n0 = f32x4.mul(f32x4.add(n0, c), s0);
      n1 = f32x4.mul(f32x4.add(n1, c), s1);
      c = v128.load(constants, Q_2);
      d0 = f32x4.mul(f32x4.add(d0, c), s0);
      d1 = f32x4.mul(f32x4.add(d1, c), s1);
      c = v128.load(constants, P_1);
      n0 = f32x4.mul(f32x4.add(n0, c), s0);
      n1 = f32x4.mul(f32x4.add(n1, c), s1);
      c = v128.load(constants, Q_1);
      d0 = f32x4.mul(f32x4.add(d0, c), s0);
      d1 = f32x4.mul(f32x4.add(d1, c), s1);
      c = v128.load(constants, P_0);
      n0 = f32x4.mul(q0, f32x4.add(n0, c));
      n1 = f32x4.mul(q1, f32x4.add(n1, c));
      c = v128.load(constants, ONE);
      let z0 = f32x4.div(n0, f32x4.add(d0, c));
      let z1 = f32x4.div(n1, f32x4.add(d1, c));
      c = v128.load(constants, TAIL_BELOW);
      const isTail0 = f32x4.lt(s0, c);
      const isTail1 = f32x4.lt(s1, c);
      if (v128.any_true(v128.or(isTail0, isTail1))) {
        z0 = v128.bitselect(tailLanes(bits0), z0, isTail0);
        z1 = v128.bitselect(tailLanes(bits1), z1, isTail1);
      }
      const sigma = v128.load32_splat(ou, OU_SIGMA);
      v128.store(row, f32x4.add(v128.load(row), f32x4.mul(sigma, z0)));
      v128.store(row, f32x4.add(v128.load(row, 16), f32x4.mul(sigma, z1)), 16);
      row += 32;
    }
  }
}

/** codes = roundHalfEven(sum + offset) within 0 … topCode. */
export function senseClip(own: DisturbedScratch, ouCount: i32, laneCount: i32, topCode: i32, isWide: bool): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  const top = f32x4.splat(<f32>topCode);
  let row = own.sums;
  let out = own.codes;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const offset = v128.load32_splat(ou, OU_OFFSET);
    for (const stop = row + (<usize>laneCount << 2); row < stop; row += 32) {
      const low = clipLanes(f32x4.add(v128.load(row), offset), top);
      const codes = i16x8.narrow_i32x4_s(low, clipLanes(f32x4.add(v128.load(row, 16), offset), top));
      out = storeCodes(out, codes, isWide);
    }
  }
}

/** Stores eight codes; returns what follows them. */
// @ts-ignore: decorator
@inline
function storeCodes(out: usize, codes: v128, isWide: bool): usize {
  if (isWide) {
    v128.store(out, codes);
    return out + 16;
  }
  store<i64>(out, i64x2.extract_lane(i8x16.narrow_i16x8_u(codes, codes), 0));
  return out + 8;
}

/** Any ADC, one lane at a time. */
export function senseGeneral(
  own: DisturbedScratch,
  ouCount: i32,
  laneCount: i32,
  mode: i32,
  topCode: i32,
  fullScale: i32,
  isWide: bool,
): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  let at = own.sums;
  let out = own.codes;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const offset = load<f32>(ou, OU_OFFSET);
    for (let lane = 0; lane < laneCount; lane++) {
      const sum = load<f32>(at) + offset;
      // Lanes that are not in use hold anything: NaN would have no code.
      const value = senseSum(isNaN<f32>(sum) ? 0 : <f64>sum, mode, topCode, fullScale);
      at += 4;
      if (isWide) store<u16>(out, <u16>value);
      else store<u8>(out, <u8>value);
      out += isWide ? 2 : 1;
    }
  }
}

/** Ideal sums → what the ADC makes of them. */
export function senseIdeals(
  own: DisturbedScratch,
  laneCount: i32,
  mode: i32,
  topCode: i32,
  fullScale: i32,
  isWide: bool,
): void {
  let at = own.ideals;
  for (let lane = 0; lane < laneCount; lane++) {
    if (isWide) {
      store<u16>(at, <u16>senseSum(<f64>load<u16>(at), mode, topCode, fullScale));
      at += 2;
    } else {
      store<u8>(at, <u8>senseSum(<f64>load<u8>(at), mode, topCode, fullScale));
      at++;
    }
  }
}
