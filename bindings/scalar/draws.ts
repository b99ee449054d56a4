// Counter-based draws: a hash of what is drawn for, no state. Every operation is u32 or IEEE f32 in the order written, so
// that Wasm with and without vector lanes gives the same bits; Math.fround marks each rounding.

const f32 = Math.fround;

/** State of a key that has taken in some words. */
export type DrawState = readonly [number, number];

/** Bijective mixer of 32 bits, constants of Ellis' and Wellons' search ("lowbias32"). */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Takes a word in: a bijection of the state for each word, and of the first half for each state. */
export function absorb([a, b]: DrawState, word: number): DrawState {
  const first = (mix((a + word) | 0) + b) >>> 0;
  return [first, mix(b ^ first)];
}

/** 32 random bits for one lane (bitline or sample) of a state; the second half keeps equal first halves apart. */
export function drawBits([a, b]: DrawState, lane: number): number {
  let x = mix((lane + 0x9e3779b9) | 0) ^ a;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15) ^ b, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

// With p = P(Z < z) and q = p - 1/2: z = q · P(s) / Q(s), s = 1/4 - q² = p(1-p), while s ≥ 0.004975; else, with p that of
// -|z|, |z| = (A + B t + C t²) / (1 + D t), t = √(-ln p). Own minimax fits to the normal quantile, relative errors 3.5e-6
// and 3.2e-6; in f32 z is within 1e-5 · max(1, |z|) (test/unit/bindings/draws.test.ts).
const CENTRAL_P = [705029.125, 1149836.375, 153124.234375, 2987.766357421875, 6.778617858886719].map(f32);
const CENTRAL_Q = [687366.75, 453041.59375, 39605.83984375, 578.5424194335938, 1].map(f32);
const TAIL_BELOW = f32(0.004975);
const TAIL = [1.6418813467025757, 1.2454744577407837, -2.1368021965026855].map(f32);
const TAIL_D = f32(1.155898928642273);
const UNIT = 2 ** -32;

/** Standard normal from 32 bits, taken as a signed number: q in units of 2^-32; |z| ≤ 6.35. */
export function normalOf(bits: number): number {
  const q = f32(f32(bits | 0) * UNIT);
  const s = f32(0.25 - f32(q * q));
  if (s < TAIL_BELOW) return (bits | 0) < 0 ? -tail(bits ^ -1) : tail(bits);
  return f32(f32(q * polynomial(CENTRAL_P, s)) / polynomial(CENTRAL_Q, s));
}

/** |z| for 31 bits of |q|. */
function tail(bits: number): number {
  const p = f32(f32(f32(0x7fffffff - bits) + 0.5) * UNIT);
  const t = f32(Math.sqrt(f32(-logOf(p))));
  return f32(polynomial(TAIL, t) / f32(f32(TAIL_D * t) + 1));
}

/** Horner, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) value = f32(f32(value * x) + coefficients[i]!);
  return value;
}

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

/** x = m · 2^k with m in [√½, √2); ln m by its series in (m-1)/(m+1), of which four terms reach f32. */
function logOf(x: number): number {
  float[0] = x;
  const k = (word[0]! - 0x3f3504f3) >> 23;
  word[0] = word[0]! - (k << 23);
  const f = f32(float[0] - 1);
  const s = f32(f / f32(f + 2));
  const series = polynomial([2 / 7, 2 / 5, 2 / 3, 2].map(f32), f32(s * s));
  return f32(f32(k * f32(Math.LN2)) + f32(s * series));
}

const EXP_SERIES = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
].map(f32);
/** 1.5 · 2^23: beside it f32 is whole, so that adding it rounds, ties to even. */
const ROUNDING_SHIFT = 12582912;

/** e^x in f32, relative error below 2e-7, exactly 1 at 0; |x| ≤ 80. Polynomial and split of ln 2: Cephes expf (Moshier). */
export function expOf(x: number): number {
  const n = f32(f32(f32(x * f32(1.4426950408889634)) + ROUNDING_SHIFT) - ROUNDING_SHIFT);
  const r = f32(f32(x - f32(n * f32(0.693359375))) - f32(n * f32(-2.1219444e-4)));
  const p = f32(f32(f32(polynomial(EXP_SERIES, r) * f32(r * r)) + r) + 1);
  word[0] = (n + 127) << 23;
  return f32(p * float[0]!);
}
