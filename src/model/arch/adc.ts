import { roundHalfEven } from "../base/numbers.ts";
import type { Config } from "./config.ts";

/** Largest bitline sum of one OU: H(2^c-1). */
function adcFullScale(ouRows: number, cellBits: number): number {
  return ouRows * (2 ** cellBits - 1);
}

/** b: the configured width, or ceil(log2(H(2^c-1)+1)) for "auto" (§1), exact for any H and c. */
export function adcBits(config: Config): number {
  if (config.adc.bits !== "auto") return config.adc.bits;
  const levels = adcFullScale(config.ou.rows, config.crossbar.cellBits) + 1;
  let bits = 0;
  while (2 ** bits < levels) bits++;
  return bits;
}

/** The ADC's code for a bitline sum of 0 … H(2^c-1) (§8). */
export function adcCode(sum: number, config: Config): number {
  const topCode = 2 ** adcBits(config) - 1;
  if (config.adc.mode === "clip") return Math.min(sum, topCode);
  return roundHalfEven((sum * topCode) / adcFullScale(config.ou.rows, config.crossbar.cellBits));
}

/**
 * Sensed code, brought back to a sum, for every possible sum 0 … H(2^c-1) (§8). "scale" rounds half to even on the way
 * to the code and on the way back, in exact integers: with at least as many codes as sums it is the identity.
 */
export function adcTransfer(config: Config): Int32Array {
  const fullScale = adcFullScale(config.ou.rows, config.crossbar.cellBits);
  const topCode = 2 ** adcBits(config) - 1;
  return Int32Array.from({ length: fullScale + 1 }, (_, total) => {
    const code = adcCode(total, config);
    return config.adc.mode === "clip" ? code : roundHalfEven((code * fullScale) / topCode);
  });
}

/** Conversion energy against bits, in the law's own unit; only ratios matter (§10). */
const lawOf: Record<Config["adc"]["law"], (bits: number) => number> = {
  exponential: (bits) => 2 ** bits / (bits + 1),
  walden: (bits) => 2 ** bits,
  linear: (bits) => bits,
  // SAR split: a part per bit and a capacitor array doubling with each bit, fitted to the published 4- and 8-bit points
  // (0.79 and 1.667 pJ); within 1 % of the published table from 4 to 10 bits.
  saberi: (bits) => 0.19595 * bits + 3.88e-4 * 2 ** bits,
};

/** Energy of a b-bit conversion relative to an 8-bit one. */
export function adcEnergyRatio(law: Config["adc"]["law"], bits: number): number {
  return lawOf[law](bits) / lawOf[law](8);
}
