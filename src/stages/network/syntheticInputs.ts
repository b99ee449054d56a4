import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { NetworkInput } from "../../model/ir/layer.ts";
import { seededGenerator } from "../../model/base/rng.ts";
import { inputError } from "../../model/base/errors.ts";
import type { NumericArray } from "../../model/ir/request.ts";
import { product, showShape } from "./shape.ts";

/** All samples are held at once, 4 bytes a value. */
const MAX_VALUES = 2 ** 28;

/**
 * Uniform samples in 0…1 for a network whose real inputs are not at hand; symbolic extents become 1.
 * @throws InputError when the network's input is too large to be drawn.
 */
export function syntheticInputs(input: NetworkInput, sampleCount: number, seed: number): NumericArray {
  const shape = [sampleCount, ...input.shape.slice(1).map((extent) => extent ?? 1)];
  const generator = seededGenerator(seed);
  const size = product(shape);
  if (!(size <= MAX_VALUES))
    throw inputError("synthetic inputs", `a network and samples of at most ${MAX_VALUES} values`, showShape(shape));
  const values = Float32Array.from({ length: size }, () => uniformFloat64(generator));
  return { place: `synthetic inputs, seed ${seed}`, dtype: "f4", shape, values };
}
