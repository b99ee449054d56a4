import fc from "fast-check";
import type { Random } from "../../helpers/random.ts";

/** One value of a fast-check arbitrary; the same random numbers, the same value. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, random: Random): T {
  return fc.sample(arbitrary, { seed: random.integer(0, 2 ** 31 - 1), numRuns: 1 })[0]!;
}
