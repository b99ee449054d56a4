import type { Config } from "../model/arch/config.ts";
import type { FloatTensor } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { NumericArray } from "../model/ir/request.ts";
import { inputBatch } from "../stages/network/preprocess.ts";

/** Float activations of one batch that may be held at once. */
const BATCH_BYTES = 64 * 2 ** 20;

export interface InferredBatch {
  readonly batch: FloatTensor;
  readonly activations: ReadonlyMap<string, FloatTensor>;
  readonly output: FloatTensor;
  /** Samples of the batches to come. */
  readonly nextSize: number;
}

/** The first `sampleCount` samples through the float network. The first one goes alone: it shows how much memory one needs. */
export async function* inferBatches(
  network: Network,
  inputs: NumericArray,
  sampleCount: number,
  config: Config,
): AsyncGenerator<InferredBatch> {
  let nextSize = 1;
  for (let first = 0, count = 1; first < sampleCount; first += count) {
    count = Math.min(nextSize, sampleCount - first);
    const batch = inputBatch(inputs, first, count, network.input, config);
    const { activations, output } = await network.infer(batch);
    if (first === 0) {
      let bytes = 0;
      for (const { values } of activations.values()) bytes += values.byteLength;
      nextSize = Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, bytes)));
    }
    yield { batch, activations, output, nextSize };
  }
}
