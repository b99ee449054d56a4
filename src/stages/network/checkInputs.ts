import { Faults } from "../../model/base/errors.ts";
import type { NetworkInput } from "../../model/ir/layer.ts";
import type { NumericArray } from "../../model/ir/request.ts";
import { showShape } from "./shape.ts";

/** What inputs come as: numbers of the network itself, or pixels that the configuration turns into them. */
const INPUT_DTYPES: readonly NumericArray["dtype"][] = ["f4", "u1"];

/**
 * Holds inputs of shape [samples, …] (and their dtype, for arrays from files) against the network's input.
 * @throws InputError `place: expected shape [n,1,28,28], got […]`.
 */
export function checkInputs(
  inputs: { readonly shape: readonly number[]; readonly dtype?: NumericArray["dtype"] },
  input: NetworkInput,
  place = "inputs",
): void {
  const faults = new Faults();
  const rest = input.shape.slice(1);
  const [sampleCount = 0, ...given] = inputs.shape;
  const fits = given.length === rest.length && rest.every((size, axis) => size === null || size === given[axis]);
  if (!fits || sampleCount === 0) {
    const expected = showShape(["n", ...rest.map((size) => size ?? "any")]);
    faults.add(place, `shape ${expected}`, showShape(inputs.shape));
  }
  if (inputs.dtype !== undefined && !INPUT_DTYPES.includes(inputs.dtype)) {
    faults.add(place, "dtype f4 (float32) or u1 (pixels)", inputs.dtype);
  }
  faults.throwIfAny();
}
