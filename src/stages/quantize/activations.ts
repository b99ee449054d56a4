import type { Config } from "../../model/arch/config.ts";
import { InputError } from "../../model/base/errors.ts";
import { roundHalfEven } from "../../model/base/numbers.ts";
import type { ActivationFormat } from "../../model/ir/quantized.ts";
import type { NumericArray } from "../../model/ir/request.ts";
import { elementPlace } from "./elementPlace.ts";
import { fitScale } from "./scale.ts";

/** Extremes of a tensor over the calibration inputs. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

export const emptyRange: ValueRange = { min: Infinity, max: -Infinity };

/** Widens a range by some values. @throws InputError on NaN or infinity. */
export function widenRange(range: ValueRange, values: Float32Array | Float64Array, place: string): ValueRange {
  let { min, max } = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Written so that NaN comes in, too.
    if (value >= min && value <= max) continue;
    if (!Number.isFinite(value))
      throw new InputError({ place, expected: "finite activations", got: `${value} at element ${i}` });
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Unsigned when never negative, else two's complement (§3). */
export function chooseFormat(range: ValueRange, config: Config, place: string): ActivationFormat {
  const { activationBits: bits, scale } = config.precision;
  const signed = range.min < 0;
  if (signed && bits === 1) {
    throw new InputError({
      place,
      expected: "precision.activationBits of at least 2 for real inputs with negative values",
      got: "1",
    });
  }
  const topCode = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const magnitude = range.min > range.max ? 0 : Math.max(Math.abs(range.min), Math.abs(range.max));
  return { bits, signed, scale: fitScale(magnitude, topCode, scale) };
}

/** Real values → codes: round half to even, clamp to the format's range, keep the low `bits` bits. */
export function quantizeActivations(values: Float32Array | Float64Array, format: ActivationFormat): Uint16Array {
  const { bits, signed, scale } = format;
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const bitMask = 2 ** bits - 1;
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== 0) codes[i] = Math.max(low, Math.min(high, roundHalfEven(value / scale))) & bitMask;
  }
  return codes;
}

/** Integer activations taken as they are: unsigned when none is negative, range-checked (§3). */
export function takeActivations(array: NumericArray, bits: number): { codes: Uint16Array; format: ActivationFormat } {
  const { values } = array;
  const signed = values.some((value) => value < 0);
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const bitMask = 2 ** bits - 1;
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]!);
    if (value < low || value > high) {
      throw new InputError({
        place: elementPlace(array, i),
        expected: `activations within ${low} … ${high} (precision.activationBits ${bits}, ${signed ? "signed" : "unsigned"})`,
        got: String(values[i]),
      });
    }
    codes[i] = value & bitMask;
  }
  return { codes, format: { bits, signed, scale: 1 } };
}
