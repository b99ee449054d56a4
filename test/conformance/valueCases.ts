import type { Kernels } from "../../bindings/kernels.ts";
import type { Random } from "../helpers/random.ts";
import type { CaseGenerator } from "./cases.ts";

export const valueCases: Record<string, CaseGenerator<Kernels>> = {
  findRange(random) {
    const values = randomValues(random, 2 ** random.integer(-130, 20));
    return (kernels) => kernels.findRange(values);
  },

  quantize(random) {
    const step = random.chance(0.6)
      ? 2 ** random.integer(-140, 20)
      : random.integer(1, 9999) / 7 ** random.integer(0, 8);
    const values = randomValues(random, step);
    const bits = random.integer(1, 16);
    const signed = random.chance(0.5);
    const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    const inPlace = random.chance(0.3);
    return (kernels) => {
      if (!inPlace) return kernels.quantize(values, step, low, high, bits);
      const given = values.slice();
      return kernels.quantize(given, step, low, high, bits, new Uint16Array(given.buffer, 0, given.length));
    };
  },
};

/** Around multiples of a step, ties and values far outside among them; now and then one that is not finite. */
function randomValues(random: Random, step: number): Float32Array | Float64Array {
  const count = random.pick([0, 1, 3, 4, 7, 8, 9, 31, 70]);
  const reach = random.pick([2, 300, 70_000, 1e9]);
  const values = Array.from({ length: count }, () => {
    if (random.chance(0.2)) return random.pick([0, -0]);
    if (random.chance(0.01)) return random.pick([NaN, Infinity, -Infinity, 1e-45, -3e38]);
    const halves = random.integer(-2 * reach, 2 * reach);
    return (random.chance(0.5) ? halves / 2 : halves / 3) * step;
  });
  return random.chance(0.1) ? Float64Array.from(values) : Float32Array.from(values);
}
