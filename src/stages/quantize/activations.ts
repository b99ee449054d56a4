import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { InputError, inputError } from "../../model/base/errors.ts";
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
export function widenRange(
  range: ValueRange,
  values: Float32Array | Float64Array,
  place: string,
  kernels: BulkKernels,
): ValueRange {
  const { min, max, nonFinite } = kernels.findRange(values);
  if (nonFinite >= 0) throw inputError(place, "finite activations", `${values[nonFinite]} at element ${nonFinite}`);
  return { min: Math.min(min, range.min), max: Math.max(max, range.max) };
}

/**
 * Unsigned when never negative, else two's complement (§3). `step`: the values are whole multiples of it already (a
 * quantised network's), and stay the integers that they are where those fit.
 */
export function chooseFormat(range: ValueRange, config: Config, place: string, step?: number): ActivationFormat {
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
  if (step !== undefined && range.min <= range.max) {
    const lowest = signed ? -topCode - 1 : 0;
    if (Math.round(range.min / step) >= lowest && Math.round(range.max / step) <= topCode) {
      return { bits, signed, scale: step };
    }
  }
  const magnitude = range.min > range.max ? 0 : Math.max(Math.abs(range.min), Math.abs(range.max));
  return { bits, signed, scale: fitScale(magnitude, topCode, scale) };
}

/** Real values → codes: round half to even, clamp to the format's range, keep the low `bits` bits. */
export function quantizeActivations(
  values: Float32Array | Float64Array,
  { bits, signed, scale }: ActivationFormat,
  kernels: BulkKernels,
): Uint16Array {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return kernels.quantize(values, scale, low, high, bits);
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
