// Real values → integers (§3), a piece of a tensor at a time.

/** Least and largest of f32 values at `range`, f32[2] (∞, -∞ of none), and returns 1; 0 when one is not finite. */
export function findRange(values: usize, count: i32, range: usize): i32 {
  const end = values + (<usize>count << 2);
  let low: f32 = f32.POSITIVE_INFINITY;
  let high: f32 = f32.NEGATIVE_INFINITY;
  let isFinite: bool = true;
  if (ASC_FEATURE_SIMD) {
    let lows = f32x4.splat(low);
    let highs = f32x4.splat(high);
    const infinity = lows;
    let finite = i32x4.splat(-1);
    for (; values + 16 <= end; values += 16) {
      const lanes = v128.load(values);
      lows = f32x4.pmin(lows, lanes);
      highs = f32x4.pmax(highs, lanes);
      finite = v128.and(finite, f32x4.lt(f32x4.abs(lanes), infinity));
    }
    lows = f32x4.pmin(lows, i8x16.shuffle(lows, lows, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    highs = f32x4.pmax(highs, i8x16.shuffle(highs, highs, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    low = min(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1));
    high = max(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1));
    isFinite = i32x4.all_true(finite);
  }
  for (; values < end; values += 4) {
    const value = load<f32>(values);
    low = min(low, value);
    high = max(high, value);
    isFinite = isFinite && abs(value) < f32.POSITIVE_INFINITY;
  }
  store<f32>(range, low);
  store<f32>(range, high, 4);
  return i32(isFinite);
}

/** clamp(roundHalfEven(value / step), low, high), its low `bits` bits, of f32 values into `codes`, u16; NaN counts as 0. */
export function quantize(values: usize, count: i32, step: f64, low: i32, high: i32, bits: i32, codes: usize): void {
  const end = values + (<usize>count << 2);
  const bitMask = (1 << bits) - 1;
  if (ASC_FEATURE_SIMD) {
    const inverse = <f32>(1.0 / step);
    // An f32 times a power of two is exact; below the normal numbers it rounds to 0 in either way.
    const isExact = isPowerOfTwo(inverse) && 1.0 / <f64>inverse == step;
    const lows = i32x4.splat(low);
    const highs = i32x4.splat(high);
    const masks = i32x4.splat(bitMask);
    for (; values + 32 <= end; values += 32) {
      const first = v128.load(values);
      const second = v128.load(values, 16);
      let a = isExact ? roundTimes(first, inverse) : roundOver(first, step);
      let b = isExact ? roundTimes(second, inverse) : roundOver(second, step);
      a = v128.and(i32x4.max_s(i32x4.min_s(a, highs), lows), masks);
      b = v128.and(i32x4.max_s(i32x4.min_s(b, highs), lows), masks);
      v128.store(codes, i16x8.narrow_i32x4_u(a, b));
      codes += 16;
    }
  }
  for (; values < end; values += 4) {
    // The builtin rounds ties to even.
    const code = nearest(<f64>load<f32>(values) / step);
    store<u16>(codes, <u16>(<i32>max(min(code == code ? code : 0, <f64>high), <f64>low) & bitMask));
    codes += 2;
  }
}

function isPowerOfTwo(value: f32): bool {
  const pattern = reinterpret<u32>(value);
  const exponent = pattern >> 23;
  return (pattern & 0x7fffff) == 0 && exponent > 0 && exponent < 255;
}

// @ts-ignore: decorator
@inline
function roundTimes(lanes: v128, factor: f32): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(lanes, f32x4.splat(factor))));
}

// @ts-ignore: decorator
@inline
function roundOver(lanes: v128, step: f64): v128 {
  const steps = f64x2.splat(step);
  const upper = i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  const low = f64x2.nearest(f64x2.div(f64x2.promote_low_f32x4(lanes), steps));
  const high = f64x2.nearest(f64x2.div(f64x2.promote_low_f32x4(upper), steps));
  const a = i32x4.trunc_sat_f64x2_s_zero(low);
  const b = i32x4.trunc_sat_f64x2_s_zero(high);
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
