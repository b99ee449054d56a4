import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { NetworkInput } from "../../model/ir/layer.ts";
import { seededGenerator } from "../../model/base/rng.ts";
import type { NumericArray } from "../../model/ir/request.ts";

/** Uniform samples in 0…1 for a network whose real inputs are not at hand; symbolic extents become 1. */
export function syntheticInputs(input: NetworkInput, sampleCount: number, seed: number): NumericArray {
  const shape = [sampleCount, ...input.shape.slice(1).map((extent) => extent ?? 1)];
  const generator = seededGenerator(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, () => uniformFloat64(generator));
  return { place: `synthetic inputs, seed ${seed}`, dtype: "f4", shape, values };
}
