/** Φ(x): series of erf near 0, continued fraction of erfc in the tails; about 1e-14. */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; term > 1e-18 * sum; n++) sum += term *= (a * a) / (2 * n + 1);
    const half = sum * density(a);
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
  let fraction = 0;
  for (let n = 120; n >= 1; n--) fraction = n / (a + fraction);
  const tail = density(a) / (a + fraction);
  return x < 0 ? tail : 1 - tail;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly skew: number;
  /** Excess kurtosis. */
  readonly kurtosis: number;
}

export function moments(values: ArrayLike<number>): Moments {
  const count = values.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i]! / count;
  let [second, third, fourth] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const d = values[i]! - mean;
    second += (d * d) / count;
    third += (d * d * d) / count;
    fourth += (d * d * d * d) / count;
  }
  return { mean, variance: second, skew: third / second ** 1.5, kurtosis: fourth / second ** 2 - 3 };
}

/** √n times the Kolmogorov distance to N(0,1): above 1.95 once in a thousand times. */
export function kolmogorov(values: Float64Array): number {
  const sorted = values.slice().sort();
  let distance = 0;
  sorted.forEach((value, i) => {
    const p = normalCdf(value);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return distance * Math.sqrt(sorted.length);
}

/** √n times the correlation: N(0,1) where there is none. */
export function scaledCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - ma.mean) * (b[i]! - mb.mean);
  return sum / Math.sqrt(a.length * ma.variance * mb.variance);
}

/**
 * χ² of two samples of the same distribution, as a standard normal. Neighbouring values are put together until five of
 * them are expected in the smaller sample.
 */
export function chiSquareScore(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  const total = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((x, y) => x + y, 0);
  const [na, nb] = [total(a), total(b)];
  const least = (5 * (na + nb)) / Math.min(na, nb);
  const bins: [number, number][] = [];
  let [ca, cb] = [0, 0];
  for (const key of [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => x - y)) {
    ca += a.get(key) ?? 0;
    cb += b.get(key) ?? 0;
    if (ca + cb < least) continue;
    bins.push([ca, cb]);
    [ca, cb] = [0, 0];
  }
  const last = bins[bins.length - 1];
  if (last !== undefined) bins[bins.length - 1] = [last[0] + ca, last[1] + cb];
  if (bins.length < 2) return 0;
  const chi = bins.reduce((sum, [x, y]) => sum + (Math.sqrt(nb / na) * x - Math.sqrt(na / nb) * y) ** 2 / (x + y), 0);
  // Wilson and Hilferty: the cube root of χ² over its degrees of freedom is nearly normal.
  const variance = 2 / (9 * (bins.length - 1));
  return (Math.cbrt(chi / (bins.length - 1)) - (1 - variance)) / Math.sqrt(variance);
}
