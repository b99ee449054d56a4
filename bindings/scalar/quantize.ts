import type { ValueRange } from "../kernels.ts";

export function findRange(values: Float32Array | Float64Array): ValueRange {
  let min = Infinity;
  let max = -Infinity;
  let nonFinite = -1;
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) {
      if (nonFinite < 0) nonFinite = i;
      continue;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max, nonFinite };
}

export function quantize(
  values: Float32Array | Float64Array,
  step: number,
  low: number,
  high: number,
  bits: number,
  codes: Uint16Array,
): void {
  const bitMask = 2 ** bits - 1;
  for (let i = 0; i < values.length; i++)
    codes[i] = Math.max(low, Math.min(high, roundHalfEven(values[i]! / step) || 0)) & bitMask;
}

/** Nearest integer, ties to the even one (IEEE 754 roundTiesToEven). */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
