import type { Random } from "../../helpers/random.ts";

/** Where integers of some width begin, end and change their sign. */
const EDGES: readonly number[] = [7, 8, 15, 16, 31, 32, 52, 53, 63, 64].flatMap((bits) => [
  2 ** bits - 1,
  2 ** bits,
  2 ** bits + 1,
  -(2 ** bits),
]);
const SMALL: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 9, 10, 17, 100, 127, 128, 129, 1000, 4095, 4096, 4097];
const STRANGE: readonly number[] = [NaN, Infinity, -Infinity, -0, 0.5, -0.5, 1.5, 1e-320, 1e300, 2 ** 53 + 2];

/** A small integer mostly, an edge of some width, or the negative of one. */
export function interestingInteger(random: Random): number {
  if (random.chance(0.6)) return random.pick(SMALL);
  return random.chance(0.7) ? random.pick(EDGES) : -random.pick(SMALL);
}

/** The same, and what is no integer. */
export function interestingNumber(random: Random): number {
  return random.chance(0.75) ? interestingInteger(random) : random.pick(STRANGE);
}

/** Near `value`, or an interesting integer. */
export function changedInteger(random: Random, value: number): number {
  if (random.chance(0.4)) return value + random.pick([-1, 1, -2, 2, 16, -16]);
  if (random.chance(0.2)) return value * random.pick([2, -1, 0, 256]);
  return interestingInteger(random);
}
