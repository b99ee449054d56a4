import type { Score } from "../../model/ir/accuracy.ts";
import { inputBatch } from "../../stages/network/preprocess.ts";
import { inferQuantized } from "../quantizedNetwork.ts";
import { ScoreTally } from "./scores.ts";
import type { AccuracySession } from "./session.ts";

/** Scores without a device. */
export interface Baselines {
  readonly float: Score;
  /** Quantised, on ideal cells. */
  readonly integer: Score;
  readonly classCount: number;
}

export async function scoreBaselines(session: AccuracySession): Promise<Baselines> {
  const { config, kernels, executor, calibrated, batchSize, workload, pace } = session;
  const { network, inputs, labels, sampleCount, entriesOf } = calibrated;
  const float = new ScoreTally(labels!, workload);
  const integer = new ScoreTally(labels!, workload);
  for (let first = 0; first < sampleCount; first += batchSize) {
    await pace.step();
    const batch = inputBatch(inputs, first, Math.min(batchSize, sampleCount - first), network.input, config);
    const release = executor.mark();
    float.add((await network.infer(batch)).output);
    integer.add(await inferQuantized(network, batch, entriesOf, executor, kernels));
    release();
  }
  return { float: float.total(), integer: integer.total(), classCount: float.classCount };
}
