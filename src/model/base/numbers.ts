export function ceilDiv(dividend: number, divisor: number): number {
  return Math.ceil(dividend / divisor);
}

/** 1.5 · 2^52: beside it doubles are whole, so that adding it rounds, ties to even. */
const ROUNDING_SHIFT = 2 ** 52 + 2 ** 51;
const SHIFT_REACH = 2 ** 51;

/** Nearest integer, ties to the even one (IEEE 754 roundTiesToEven). */
export function roundHalfEven(value: number): number {
  if (Math.abs(value) < SHIFT_REACH) return value + ROUNDING_SHIFT - ROUNDING_SHIFT;
  const floor = Math.floor(value);
  return value - floor > 0.5 || (value - floor === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
