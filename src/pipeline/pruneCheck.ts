import type { FloatTensor } from "../model/ir/layer.ts";
import type { PruneRequest } from "../model/ir/prune.ts";
import type { PermutationCheck } from "../model/ir/pruneReport.ts";
import { openNetwork } from "../stages/network/index.ts";
import type { NetworkFile } from "../stages/network/index.ts";
import { inputBatch } from "../stages/network/preprocess.ts";
import { syntheticInputs } from "../stages/network/syntheticInputs.ts";

/** Inputs on which a permuted network is held against the original. */
const CHECKED_SAMPLES = 4;
/** Sums in another order round differently; anything above this is another function. */
const MAX_RELATIVE_ERROR = 1e-4;

/**
 * Runs a network before and after its columns were permuted, on the first given inputs or on random ones.
 * @throws Error when the outputs differ by more than rounding.
 */
export async function checkPermutation(
  before: NetworkFile,
  after: NetworkFile,
  { workload, config }: PruneRequest,
): Promise<PermutationCheck> {
  const run = async (file: NetworkFile): Promise<FloatTensor> => {
    const network = await openNetwork(file, { batchNorm: "digital" });
    try {
      const inputs = workload.inputs ?? syntheticInputs(network.input, CHECKED_SAMPLES, 0);
      const count = Math.min(CHECKED_SAMPLES, inputs.shape[0] ?? 0);
      return (await network.infer(inputBatch(inputs, 0, count, network.input, config))).output;
    } finally {
      await network.dispose();
    }
  };
  const [expected, found] = [await run(before), await run(after)];
  let largest = 0;
  let difference = 0;
  expected.values.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - found.values[i]!));
  });
  const maxRelativeError = largest === 0 ? difference : difference / largest;
  if (!(maxRelativeError <= MAX_RELATIVE_ERROR)) {
    throw new Error(
      `permuted network: outputs differ by ${maxRelativeError} of the largest, more than rounding explains`,
    );
  }
  return { samples: expected.shape[0] ?? 0, maxRelativeError };
}
