export function ceilDiv(dividend: number, divisor: number): number {
  return Math.ceil(dividend / divisor);
}

/** Nearest integer, ties to the even one (IEEE 754 roundTiesToEven). */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor > 0.5 || (value - floor === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
