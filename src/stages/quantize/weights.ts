import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { InputError, inputError } from "../../model/base/errors.ts";
import type { NumericArray } from "../../model/ir/request.ts";
import { elementPlace } from "./elementPlace.ts";
import { fitScale } from "./scale.ts";

/** Integer weights of one tensor and their common step. */
export interface QuantizedWeights {
  readonly values: Int16Array;
  readonly scale: number;
}

/**
 * Symmetric fixed point: clamp(roundHalfEven(w / s)) to ±(2^(Bw-1)-1) (§3). Zero stays zero.
 * `values`: where they go; it may be the weights' own memory from its start on, which is lost then.
 * @throws InputError on NaN or infinity, or when one bit leaves no magnitude.
 */
export function quantizeWeights(
  weights: Float32Array | Float64Array,
  config: Config,
  place: string,
  kernels: BulkKernels,
  values: Int16Array = new Int16Array(weights.length),
): QuantizedWeights {
  const { weightBits, scale: rule } = config.precision;
  if (weightBits < 2) {
    throw new InputError({
      place,
      expected: "precision.weightBits of at least 2 for real weights",
      got: String(weightBits),
    });
  }
  const { min, max, nonFinite } = kernels.findRange(weights);
  if (nonFinite >= 0) throw inputError(place, "finite weights", `${weights[nonFinite]} at element ${nonFinite}`);
  const topCode = 2 ** (weightBits - 1) - 1;
  const scale = fitScale(Math.max(-min, max, 0), topCode, rule);
  const codes = new Uint16Array(values.buffer, values.byteOffset, values.length);
  kernels.quantize(weights, scale, -topCode, topCode, 16, codes);
  return { values, scale };
}

/** Integer weights taken as they are, range-checked (§3). */
export function takeWeights(array: NumericArray, config: Config): QuantizedWeights {
  const { low, high, expected } = integerRange(config);
  const values = new Int16Array(array.values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(array.values[i]!);
    if (value < low || value > high) {
      throw new InputError({
        place: elementPlace(array, i),
        expected,
        got: String(array.values[i]),
      });
    }
    values[i] = value;
  }
  return { values, scale: 1 };
}

/** Integers that the cells of one weight hold; differential coding has no room for -2^(Bw-1). */
export function integerRange(config: Config): { low: number; high: number; expected: string } {
  const { weightBits } = config.precision;
  const { coding } = config.mapping;
  const high = 2 ** (weightBits - 1) - 1;
  const low = coding === "differential" ? -high : -high - 1;
  const expected = `weights within ${low} … ${high} (precision.weightBits ${weightBits}, mapping.coding ${coding})`;
  return { low, high, expected };
}
