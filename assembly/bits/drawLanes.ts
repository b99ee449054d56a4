// Counter-based draws, four lanes at a time: bindings/scalar/draws.ts says what and why.

/** What lanes first … first + 3 bring into their draws. */
// @ts-ignore: decorator
@inline
export function laneWords(first: i32): v128 {
  let x = i32x4.add(i32x4.splat(first + <i32>0x9e3779b9), i32x4(0, 1, 2, 3));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(<i32>0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

// Where writeDrawConstants puts the constants of drawLanes and normalLanes, a vector each.
export const MIX_1 = 0;
export const MIX_2 = 16;
export const UNIT = 32;
export const QUARTER = 48;
export const ONE = 64;
export const P_4 = 80;
export const P_3 = 96;
export const P_2 = 112;
export const P_1 = 128;
export const P_0 = 144;
export const Q_4 = 160;
export const Q_3 = 176;
export const Q_2 = 192;
export const Q_1 = 208;
export const TAIL_BELOW = 224;

/** Constants in memory cost a load each, where V8 makes every one anew by three instructions that compete with the rest. */
export function writeDrawConstants(at: usize): void {
  v128.store(at, i32x4.splat(0x7feb352d), MIX_1);
  v128.store(at, i32x4.splat(<i32>0x846ca68b), MIX_2);
  v128.store(at, f32x4.splat(2.3283064365386963e-10), UNIT);
  v128.store(at, f32x4.splat(0.25), QUARTER);
  v128.store(at, f32x4.splat(1), ONE);
  v128.store(at, f32x4.splat(705029.125), P_4);
  v128.store(at, f32x4.splat(1149836.375), P_3);
  v128.store(at, f32x4.splat(153124.234375), P_2);
  v128.store(at, f32x4.splat(2987.766357421875), P_1);
  v128.store(at, f32x4.splat(6.778617858886719), P_0);
  v128.store(at, f32x4.splat(687366.75), Q_4);
  v128.store(at, f32x4.splat(453041.59375), Q_3);
  v128.store(at, f32x4.splat(39605.83984375), Q_2);
  v128.store(at, f32x4.splat(578.5424194335938), Q_1);
  v128.store(at, f32x4.splat(0.004975), TAIL_BELOW);
}

/** 32 random bits a lane. */
// @ts-ignore: decorator
@inline
export function drawLanes(a: v128, b: v128, words: v128, constants: usize): v128 {
  let x = v128.xor(words, a);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), v128.load(constants, MIX_1));
  x = v128.xor(v128.xor(x, i32x4.shr_u(x, 15)), b);
  x = i32x4.mul(x, v128.load(constants, MIX_2));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** Standard normals from 32 bits a lane. */
// @ts-ignore: decorator
@inline
export function normalLanes(bits: v128, constants: usize): v128 {
  const q = f32x4.mul(f32x4.convert_i32x4_s(bits), v128.load(constants, UNIT));
  const s = f32x4.sub(v128.load(constants, QUARTER), f32x4.mul(q, q));
  let n = f32x4.mul(v128.load(constants, P_4), s);
  let d = f32x4.mul(v128.load(constants, Q_4), s);
  n = f32x4.mul(f32x4.add(n, v128.load(constants, P_3)), s);
  d = f32x4.mul(f32x4.add(d, v128.load(constants, Q_3)), s);
  n = f32x4.mul(f32x4.add(n, v128.load(constants, P_2)), s);
  d = f32x4.mul(f32x4.add(d, v128.load(constants, Q_2)), s);
  n = f32x4.mul(f32x4.add(n, v128.load(constants, P_1)), s);
  d = f32x4.mul(f32x4.add(d, v128.load(constants, Q_1)), s);
  n = f32x4.mul(q, f32x4.add(n, v128.load(constants, P_0)));
  const z = f32x4.div(n, f32x4.add(d, v128.load(constants, ONE)));
  const isTail = f32x4.lt(s, v128.load(constants, TAIL_BELOW));
  return v128.any_true(isTail) ? v128.bitselect(tailLanes(bits), z, isTail) : z;
}

/** The same where |z| is above 2.57. */
export function tailLanes(bits: v128): v128 {
  const sign = i32x4.shr_s(bits, 31);
  const left = i32x4.sub(i32x4.splat(0x7fffffff), v128.xor(bits, sign));
  const p = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(left), f32x4.splat(0.5)), f32x4.splat(2.3283064365386963e-10));
  const t = f32x4.sqrt(f32x4.neg(logLanes(p)));
  let n = f32x4.splat(1.6418813467025757);
  n = f32x4.add(f32x4.mul(n, t), f32x4.splat(1.2454744577407837));
  n = f32x4.add(f32x4.mul(n, t), f32x4.splat(-2.1368021965026855));
  const z = f32x4.div(n, f32x4.add(f32x4.mul(f32x4.splat(1.155898928642273), t), f32x4.splat(1)));
  return v128.xor(z, i32x4.shl(sign, 31));
}

// @ts-ignore: decorator
@inline
function logLanes(x: v128): v128 {
  const k = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(k, 23)), f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let series = f32x4.splat(0.2857142857142857);
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(0.4));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(0.6666666666666666));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(2));
  const kLn2 = f32x4.mul(f32x4.convert_i32x4_s(k), f32x4.splat(0.6931471805599453));
  return f32x4.add(kLn2, f32x4.mul(s, series));
}

// @ts-ignore: decorator
@inline
export function expLanes(x: v128): v128 {
  const shift = f32x4.splat(12582912);
  const n = f32x4.sub(f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), shift), shift);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  // n + 1.5 · 2^23 holds n in its low bits.
  const power = i32x4.shl(i32x4.add(f32x4.add(n, shift), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
