import { describe, expect, it } from "vitest";
import { InputError, loadKernels, parseConfig } from "../../src/index.ts";
import { roundHalfEven } from "../../src/model/base/numbers.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../../src/stages/quantize/activations.ts";
import { elementPlace } from "../../src/stages/quantize/elementPlace.ts";
import { fitScale } from "../../src/stages/quantize/scale.ts";
import { codeStatistics } from "../../src/stages/quantize/statistics.ts";
import { integerRange, quantizeWeights } from "../../src/stages/quantize/weights.ts";
import { Random } from "../helpers/random.ts";

const kernels = await loadKernels();

const configWith = (weightBits: number, activationBits: number, scale: string) =>
  parseConfig([{ text: JSON.stringify({ precision: { weightBits, activationBits, scale } }), place: "test" }], []);

describe.each(["power-of-two", "max-abs"] as const)("%s scale", (rule) => {
  it("keeps every dequantised weight within half a step, and zero at zero", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const bits = random.integer(2, 16);
      const spread = 10 ** random.integer(-6, 4);
      const weights = Float32Array.from({ length: 50 }, () =>
        random.chance(0.3) ? 0 : (random.unit() - 0.5) * spread,
      );
      const { values, scale } = quantizeWeights(weights, configWith(bits, 8, rule), "w", kernels);
      const top = 2 ** (bits - 1) - 1;
      weights.forEach((weight, i) => {
        expect(Math.abs(values[i]! * scale - weight)).toBeLessThanOrEqual((scale / 2) * (1 + 1e-12));
        if (weight === 0) expect(values[i]).toBe(0);
        expect(Math.abs(values[i]!)).toBeLessThanOrEqual(top);
      });
    }
  });

  it("keeps every dequantised activation within half a step, signed or not", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const bits = random.integer(2, 16);
      const lowest = random.pick([0, -0.5]);
      const values = Float32Array.from({ length: 50 }, () => (random.unit() + lowest) * 3);
      const format = chooseFormat(widenRange(emptyRange, values, "x", kernels), configWith(8, bits, rule), "x");
      expect(format.signed).toBe(values.some((value) => value < 0));
      const codes = quantizeActivations(values, format, kernels);
      values.forEach((value, i) => {
        const code = format.signed && codes[i]! >= 2 ** (bits - 1) ? codes[i]! - 2 ** bits : codes[i]!;
        expect(Math.abs(code * format.scale - value)).toBeLessThanOrEqual((format.scale / 2) * (1 + 1e-12));
      });
    }
  });
});

it("takes the smallest power of two that fits, exact powers included", () => {
  expect(fitScale(127, 127, "power-of-two")).toBe(1);
  expect(fitScale(128, 127, "power-of-two")).toBe(2);
  expect(fitScale(63.5, 127, "power-of-two")).toBe(0.5);
  expect(fitScale(63.6, 127, "power-of-two")).toBe(1);
  expect(fitScale(0, 127, "power-of-two")).toBe(1);
});

it("rounds half to even", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, -2.5].map((value) => roundHalfEven(value) + 0)).toEqual([
    0, 2, 2, 0, -2, 2, -2,
  ]);
});

it("clamps what calibration did not see", () => {
  const format = { bits: 4, signed: false, scale: 1 };
  expect([...quantizeActivations(Float32Array.of(-3, 7, 99), format, kernels)]).toEqual([0, 7, 15]);
  // Two's complement of 4 bits: -8 is 8, 7 is 7.
  expect([...quantizeActivations(Float32Array.of(-99, 99), { ...format, signed: true }, kernels)]).toEqual([8, 7]);
});

it("refuses weights that are no numbers", () => {
  const config = configWith(8, 8, "power-of-two");
  expect(() => quantizeWeights(Float32Array.of(1, NaN), config, "layer conv1 weights", kernels)).toThrow(
    new InputError({ place: "layer conv1 weights", expected: "finite weights", got: "NaN at element 1" }),
  );
});

it("takes inputs from zero on as unsigned", () => {
  const config = configWith(8, 4, "max-abs");
  expect(chooseFormat({ min: 0, max: 30 }, config, "x")).toEqual({ bits: 4, signed: false, scale: 2 });
  expect(chooseFormat({ min: -1, max: 14 }, config, "x")).toEqual({ bits: 4, signed: true, scale: 2 });
});

it("keeps the integers of a quantised network up to the last one that fits", () => {
  const config = configWith(8, 4, "max-abs");
  const scaleOf = (min: number, max: number): number => chooseFormat({ min, max }, config, "x", 0.5).scale;
  expect([scaleOf(0, 7.5), scaleOf(-4, 3.5)]).toEqual([0.5, 0.5]);
  expect([scaleOf(0, 8), scaleOf(-4.5, 3.5), scaleOf(-4, 4)]).toEqual([8 / 15, 4.5 / 7, 4 / 7]);
});

it("takes integers as far as the cells hold them", () => {
  const range = (coding: string) =>
    integerRange(parseConfig([], ["precision.weightBits=4", `mapping.coding=${coding}`]));
  expect(range("offset")).toMatchObject({ low: -8, high: 7 });
  expect(range("differential")).toMatchObject({ low: -7, high: 7 });
});

it("names every coordinate of an element", () => {
  const array = { place: "w.npy", dtype: "i4", shape: [2, 3, 4], values: new Int32Array(24) } as const;
  expect([elementPlace(array, 0), elementPlace(array, 23)]).toEqual(["w.npy[0, 0, 0]", "w.npy[1, 2, 3]"]);
});

it("counts the ones of all sixteen planes in some channels", () => {
  // Two samples of three channels with one position each; the channels 1 and 2.
  const codes = Uint16Array.of(0xffff, 0x8001, 0, 0xffff, 0x0101, 0x8000);
  const expected = new Array<number>(16).fill(0);
  [expected[0], expected[8], expected[15]] = [2, 1, 2];
  expect(codeStatistics(codes, 3, { start: 1, count: 2 }, 1)).toEqual({
    valueCount: 4,
    zeroCount: 1,
    planeOneCounts: expected,
  });
});
