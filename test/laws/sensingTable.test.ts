import { describe, expect, test } from "vitest";
import { loadKernels, tableProbabilities } from "../../bindings/index.ts";
import type { DeviceLevels, SensingSpec } from "../../bindings/kernels.ts";
import { Random } from "../helpers/random.ts";
import { nominalDevice } from "../helpers/device.ts";
import { normalCdf } from "../helpers/statistics.ts";

const kernels = await loadKernels({ target: "simd" });
const SAMPLES = 32_000;

function tableOf(device: DeviceLevels, ouRows: number, changes: Partial<SensingSpec> = {}) {
  const topCode = ouRows * (device.base.length - 1);
  const spec: SensingSpec = {
    device,
    ouRows,
    adc: { mode: "clip", topCode },
    offset: 0,
    readSigma: 0,
    sampleCount: SAMPLES,
    ...changes,
  };
  return kernels.buildSensingTable(spec, [7, 8]);
}

/** Four standard errors of a share of SAMPLES, and a unit of the table. */
const tolerance = (p: number) => 4 * Math.sqrt((p * (1 - p)) / SAMPLES) + 2 ** -16;

describe("misreads of a single read, small deviations: the normal approximation", () => {
  // A cell of span s adds s²(e^(2σ²) - e^(σ²)) to the variance and s(e^(σ²/2) - 1) to the mean. Interior codes are missed
  // on both sides, 2Q(1/(2σ_k)) without the shift; the lowest and the highest code on one. What a skewed sum of few cells
  // is away from a normal one is below 0.006 here.
  const SKEW = 0.006;
  const cases = [0.04, 0.08, 0.12].flatMap((sigma) => [10, 19, 50].map((ratio) => ({ sigma, ratio })));

  test.each(cases)("σ $sigma, on/off ratio $ratio", ({ sigma, ratio }) => {
    const device = nominalDevice(1, sigma, 1 / (ratio - 1));
    const table = tableOf(device, 24);
    for (const openRows of [8, 16, 24])
      for (const sum of [0, 1, openRows / 4, openRows / 2, openRows - 1]) {
        const spans = [...device.span];
        const squares = (openRows - sum) * spans[0]! ** 2 + sum * spans[1]! ** 2;
        const deviation = Math.sqrt(squares * (Math.exp(2 * sigma ** 2) - Math.exp(sigma ** 2)));
        const shift = ((openRows - sum) * spans[0]! + sum * spans[1]!) * (Math.exp(sigma ** 2 / 2) - 1);
        const above = normalCdf((shift - 0.5) / deviation);
        const below = sum === 0 ? 0 : normalCdf((-shift - 0.5) / deviation);
        const misread = 1 - (tableProbabilities(table, openRows, sum).get(sum) ?? 0);
        const label = `${openRows} rows, sum ${sum}`;
        expect(Math.abs(misread - above - below), label).toBeLessThan(tolerance(above + below) + SKEW);
        const closed = 2 * normalCdf(-0.5 / deviation);
        if (sum > 0 && shift < 0.05) expect(Math.abs(misread - closed), label).toBeLessThan(tolerance(closed) + 0.02);
      }
  });

  test("a full OU's highest code is missed on one side only", () => {
    const table = tableOf(nominalDevice(1, 0.1), 16);
    const shift = 16 * (1 + 1 / 18) * (Math.exp(0.005) - 1);
    const deviation = Math.sqrt(16 * (19 / 18) ** 2 * (Math.exp(0.02) - Math.exp(0.01)));
    const below = normalCdf((-shift - 0.5) / deviation);
    const misread = 1 - tableProbabilities(table, 16, 16).get(16)!;
    expect(Math.abs(misread - below)).toBeLessThan(tolerance(below) + SKEW);
  });
});

describe("1-bit cells of 21.9 kΩ, on/off ratio 19, deviations of 0.105 and 0.5 decades", () => {
  // References midway between the mean currents for the number of open rows, in units of the mean step.
  const conductance = [1 / (19 * 21_900), 1 / 21_900];
  const sigma = [0.5 * Math.LN10, 0.105 * Math.LN10];
  const means = conductance.map((g, level) => g * Math.exp(sigma[level]! ** 2 / 2));
  const step = means[1]! - means[0]!;
  const device: DeviceLevels = {
    base: Float32Array.from(conductance, (g) => (g - means[0]!) / step),
    span: Float32Array.from(conductance, (g) => g / step),
    sigma: Float32Array.from(sigma),
    stuckLow: 0,
    stuckHigh: 0,
  };
  const table = tableOf(device, 9, { adc: { mode: "clip", topCode: 15 } });

  // A Monte-Carlo of its own: currents and references in siemens, f64, Box and Muller, another generator.
  function independent(openRows: number, sum: number, random: Random): Map<number, number> {
    const counts = new Map<number, number>();
    for (let i = 0; i < 40_000; i++) {
      let current = 0;
      for (let cell = 0; cell < openRows; cell++) {
        const level = cell < sum ? 1 : 0;
        const z = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
        current += conductance[level]! * 10 ** ((level === 1 ? 0.105 : 0.5) * z);
      }
      let code = 0;
      while (code < 15 && current > openRows * means[0]! + (code + 0.5) * step) code++;
      counts.set(code, (counts.get(code) ?? 0) + 1 / 40_000);
    }
    return counts;
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
    "%i open rows: total variation of at most 0.03 to another Monte-Carlo",
    (k) => {
      for (let sum = 0; sum <= k; sum++) {
        const [a, b] = [tableProbabilities(table, k, sum), independent(k, sum, new Random(100 * k + sum))];
        let variation = 0;
        for (const code of new Set([...a.keys(), ...b.keys()]))
          variation += Math.abs((a.get(code) ?? 0) - (b.get(code) ?? 0)) / 2;
        expect(variation, `sum ${sum}`).toBeLessThan(0.03);
      }
    },
  );
});

describe("which cells a sum is made of", () => {
  test("all pairs of levels with the same sum are equally likely", () => {
    // Only level 3 is ever misread, always: 3 = 0 + 3 = 3 + 0 = 1 + 2 = 2 + 1, and 4 = 1 + 3 = 3 + 1 = 2 + 2.
    const device = nominalDevice(2, 0);
    device.base[3] = 4;
    const table = tableOf(device, 3);
    const missed = (k: number, sum: number) => 1 - (tableProbabilities(table, k, sum).get(sum) ?? 0);
    expect(missed(2, 3)).toBeCloseTo(1 / 2, 4);
    expect(missed(2, 4)).toBeCloseTo(2 / 3, 4);
    expect(missed(2, 2)).toBe(0);
    // Of the ten triples of sum 3, the three orders of 0, 0, 3 hold it.
    expect(missed(3, 3)).toBeCloseTo(3 / 10, 4);
  });

  test("stuck cells: exact shares of a device without deviation", () => {
    const [low, high] = [0.1, 0.04];
    const table = tableOf({ ...nominalDevice(1, 0), stuckLow: low, stuckHigh: high }, 2);
    const p = tableProbabilities(table, 2, 1);
    // One cell of each level; either may be stuck.
    const [zeroReadsOne, oneReadsZero] = [high, low];
    const exact = [
      (1 - zeroReadsOne) * oneReadsZero,
      (1 - zeroReadsOne) * (1 - oneReadsZero) + zeroReadsOne * oneReadsZero,
      zeroReadsOne * (1 - oneReadsZero),
    ];
    exact.forEach((share, code) => expect(Math.abs(p.get(code)! - share)).toBeLessThan(tolerance(share)));
  });

  test("probabilities of every entry add up to 1, in units of 2^-16; all shares of samples are kept", () => {
    const table = tableOf(nominalDevice(2, 0.4), 6, { sampleCount: 1000 });
    for (let k = 1; k <= 6; k++)
      for (let sum = 0; sum <= 3 * k; sum++) {
        const shares = [...tableProbabilities(table, k, sum).values()];
        expect(shares.reduce((a, b) => a + b, 0)).toBe(1);
        for (const share of shares) expect(Math.abs(share * 1000 - Math.round(share * 1000))).toBeLessThan(0.02);
      }
  });

  test("the same key makes the same table, another key another one, of the same distributions", () => {
    const make = (key: readonly [number, number]) =>
      kernels.buildSensingTable(
        {
          device: nominalDevice(2, 0.3),
          ouRows: 3,
          adc: { mode: "clip", topCode: 15 },
          offset: 0,
          readSigma: 0.1,
          sampleCount: SAMPLES,
        },
        key,
      );
    const [a, same, other] = [make([1, 2]), make([1, 2]), make([2, 2])];
    expect(same).toEqual(a);
    expect(other.slots).not.toEqual(a.slots);
    const [p, q] = [tableProbabilities(a, 3, 4), tableProbabilities(other, 3, 4)];
    for (const [code, share] of p) expect(Math.abs(share - (q.get(code) ?? 0))).toBeLessThan(2 * tolerance(share));
  });
});
