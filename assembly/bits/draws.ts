// Counter-based draws, one at a time: bindings/scalar/draws.ts says what and why. Lanes of them: drawLanes.ts.

/** First and second half of a key's state after it has taken a word in. */
// @ts-ignore: decorator
@inline
export function absorbFirst(a: u32, b: u32, word: u32): u32 {
  return mix(a + word) + b;
}

// @ts-ignore: decorator
@inline
export function absorbSecond(first: u32, b: u32): u32 {
  return mix(b ^ first);
}

function mix(x: u32): u32 {
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/** What a lane (bitline, sample) brings into its draws. */
// @ts-ignore: decorator
@inline
export function laneWord(lane: u32): u32 {
  return mix(lane + 0x9e3779b9);
}

// @ts-ignore: decorator
@inline
export function drawBits(a: u32, b: u32, laneWord: u32): u32 {
  let x = laneWord ^ a;
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15) ^ b) * 0x846ca68b;
  return x ^ (x >> 16);
}

export function normalOf(bits: u32): f32 {
  const q: f32 = <f32>(<i32>bits) * <f32>2.3283064365386963e-10;
  const s: f32 = <f32>0.25 - q * q;
  if (s < <f32>0.004975) return <i32>bits < 0 ? -tail(<i32>~bits) : tail(<i32>bits);
  let n: f32 = 705029.125;
  n = n * s + <f32>1149836.375;
  n = n * s + <f32>153124.234375;
  n = n * s + <f32>2987.766357421875;
  n = n * s + <f32>6.778617858886719;
  let d: f32 = 687366.75;
  d = d * s + <f32>453041.59375;
  d = d * s + <f32>39605.83984375;
  d = d * s + <f32>578.5424194335938;
  d = d * s + <f32>1;
  return (q * n) / d;
}

function tail(bits: i32): f32 {
  const left = 0x7fffffff - bits;
  const p: f32 = (<f32>left + <f32>0.5) * <f32>2.3283064365386963e-10;
  const t = sqrt<f32>(-logOf(p));
  let n: f32 = 1.6418813467025757;
  n = n * t + <f32>1.2454744577407837;
  n = n * t + <f32>-2.1368021965026855;
  return n / (<f32>1.155898928642273 * t + <f32>1);
}

function logOf(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  const k = (bits - 0x3f3504f3) >> 23;
  const f: f32 = reinterpret<f32>(bits - (k << 23)) - <f32>1;
  const s: f32 = f / (f + <f32>2);
  const z: f32 = s * s;
  let series: f32 = 0.2857142857142857;
  series = series * z + <f32>0.4;
  series = series * z + <f32>0.6666666666666666;
  series = series * z + <f32>2;
  return <f32>k * <f32>0.6931471805599453 + s * series;
}

export function expOf(x: f32): f32 {
  const n: f32 = x * <f32>1.4426950408889634 + <f32>12582912 - <f32>12582912;
  const r: f32 = x - n * <f32>0.693359375 - n * <f32>-2.1219444e-4;
  let p: f32 = 1.98756915e-4;
  p = p * r + <f32>1.3981999507e-3;
  p = p * r + <f32>8.3334519073e-3;
  p = p * r + <f32>4.1665795894e-2;
  p = p * r + <f32>1.6666665459e-1;
  p = p * r + <f32>5.0000001201e-1;
  p = p * (r * r) + r + <f32>1;
  return p * reinterpret<f32>((<i32>n + 127) << 23);
}
