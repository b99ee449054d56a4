import type { Config } from "../../model/arch/config.ts";
import { InputError, inputError } from "../../model/base/errors.ts";
import { roundHalfEven } from "../../model/base/numbers.ts";
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
  const topCode = 2 ** (weightBits - 1) - 1;
  const scale = fitScale(magnitudeOf(weights, place), topCode, rule);
  return { values: roundAll(weights, scale, topCode), scale };
}

/** Largest absolute value. @throws InputError on NaN or infinity. */
function magnitudeOf(weights: Float32Array | Float64Array, place: string): number {
  const count = weights.length;
  let magnitude = 0;
  for (let i = 0; i < count; i++) {
    // Hardly any weight exceeds all before it: one branch for four of them. NaN stops here, too.
    while (
      i + 4 <= count &&
      Math.abs(weights[i]!) <= magnitude &&
      Math.abs(weights[i + 1]!) <= magnitude &&
      Math.abs(weights[i + 2]!) <= magnitude &&
      Math.abs(weights[i + 3]!) <= magnitude
    )
      i += 4;
    if (i === count) break;
    const size = Math.abs(weights[i]!);
    if (size <= magnitude) continue;
    if (!(size < Infinity)) throw inputError(place, "finite weights", `${weights[i]} at element ${i}`);
    magnitude = size;
  }
  return magnitude;
}

function roundAll(weights: Float32Array | Float64Array, scale: number, topCode: number): Int16Array {
  const codeOf = (weight: number): number => Math.max(-topCode, Math.min(topCode, roundHalfEven(weight / scale)));
  const count = weights.length;
  const values = new Int16Array(count);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const a = weights[i]!;
    const b = weights[i + 1]!;
    const c = weights[i + 2]!;
    const d = weights[i + 3]!;
    // Most weights of a pruned tensor end here; a branch for each would be guessed wrong too often.
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    values[i] = codeOf(a);
    values[i + 1] = codeOf(b);
    values[i + 2] = codeOf(c);
    values[i + 3] = codeOf(d);
  }
  for (; i < count; i++) values[i] = codeOf(weights[i]!);
  return values;
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
        place: elementPlace(array, i),
        expected: `weights within ${low} … ${high} (precision.weightBits ${weightBits}, mapping.coding ${config.mapping.coding})`,
        got: String(array.values[i]),
      });
    }
    values[i] = value;
  }
  return { values, scale: 1 };
}
