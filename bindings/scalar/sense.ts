import type { SenseAdc, SenseOptions } from "../deviceKernels.ts";

const f32 = Math.fround;
/** 1.5 · 2^52: beside it doubles are whole, so that adding it rounds, ties to even. */
const ROUNDING_SHIFT = 2 ** 52 + 2 ** 51;

/** Nearest integer, ties to the even one; |value| < 2^51. */
export function roundHalfEven(value: number): number {
  return value + ROUNDING_SHIFT - ROUNDING_SHIFT;
}

/** Raw code of a sum (see SenseAdc). */
export function codeOf(x: number, adc: SenseAdc, fullScale: number): number {
  const scaled = adc.mode === "clip" ? x : (x * adc.topCode) / fullScale;
  return roundHalfEven(Math.max(0, Math.min(adc.topCode, scaled)));
}

/** The sum that a code stands for. */
export function valueOf(code: number, adc: SenseAdc, fullScale: number): number {
  return adc.mode === "clip" ? code : roundHalfEven((code * fullScale) / adc.topCode);
}

/** Code of a sum, brought back to a sum (§8). */
export function senseSum(x: number, adc: SenseAdc, fullScale: number): number {
  return valueOf(codeOf(x, adc, fullScale), adc, fullScale);
}

/** What a read of k open rows adds to the current of its cells: standard deviation of the noise, and the offset. */
export function addedCurrents(options: SenseOptions, openRows: number): { sigma: number; offset: number } {
  return {
    sigma: f32(f32(options.readSigma) * f32(Math.sqrt(openRows))),
    offset: f32(f32(options.offset) * (options.ouRows - openRows)),
  };
}
