import type { Config } from "../../model/arch/config.ts";
import { InputError, inputError } from "../../model/base/errors.ts";
import { roundHalfEven } from "../../model/base/numbers.ts";
import type { NumericArray } from "../../model/ir/request.ts";
import { fitScale } from "./scale.ts";

/** Integer weights of one tensor and their common step. */
export interface QuantizedWeights {
  readonly values: Int16Array;
  readonly scale: number;
}

/**
 * Symmetric fixed point: clamp(roundHalfEven(w / s)) to ±(2^(Bw-1)-1) (§3). Zero stays zero.
 * @throws InputError on NaN or infinity, or when one bit leaves no magnitude.
 */
export function quantizeWeights(weights: Float32Array | Float64Array, config: Config, place: string): QuantizedWeights {
  const { weightBits, scale: rule } = config.precision;
  if (weightBits < 2) {
    throw new InputError({
      place,
      expected: "precision.weightBits of at least 2 for real weights",
      got: String(weightBits),
    });
  }
  let magnitude = 0;
  for (let i = 0; i < weights.length; i++) {
    const size = Math.abs(weights[i]!);
    // Written so that NaN comes in, too: one comparison a weight.
    if (size <= magnitude) continue;
    if (!(size < Infinity)) throw inputError(place, "finite weights", `${weights[i]} at element ${i}`);
    magnitude = size;
  }
  const topCode = 2 ** (weightBits - 1) - 1;
  const scale = fitScale(magnitude, topCode, rule);
  const values = new Int16Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const value = weights[i]!;
    // Most weights of a pruned tensor end here.
    if (value !== 0) values[i] = Math.max(-topCode, Math.min(topCode, roundHalfEven(value / scale)));
  }
  return { values, scale };
}

/** Integer weights taken as they are, range-checked (§3); differential coding has no room for -2^(Bw-1). */
export function takeWeights(array: NumericArray, config: Config): QuantizedWeights {
  const { weightBits } = config.precision;
  const high = 2 ** (weightBits - 1) - 1;
  const low = config.mapping.coding === "differential" ? -high : -high - 1;
  const values = new Int16Array(array.values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(array.values[i]!);
    if (value < low || value > high) {
      throw new InputError({
        place: `${array.place}[${i}]`,
        expected: `weights within ${low} … ${high} (precision.weightBits ${weightBits}, mapping.coding ${config.mapping.coding})`,
        got: String(value),
      });
    }
    values[i] = value;
  }
  return { values, scale: 1 };
}
