import type { Score } from "../../model/ir/accuracy.ts";
import type { FloatTensor } from "../../model/ir/layer.ts";
import type { NetworkWorkload } from "../../model/ir/request.ts";
import { checkLabels } from "../quantizedNetwork.ts";

/** Of fewer classes the best five say nothing. */
const TOP5_CLASSES = 10;

/** Counts hits over batches of samples in order; ties go to the lower class. */
export class ScoreTally {
  private sampleCount = 0;
  private hits1 = 0;
  private hits5 = 0;
  classCount = 0;

  constructor(
    private readonly labels: readonly number[],
    private readonly workload: NetworkWorkload,
  ) {}

  /** @throws InputError when a label names no class of the output. */
  add({ shape, values }: FloatTensor): void {
    const batchCount = shape[0]!;
    if (this.classCount === 0) {
      this.classCount = values.length / batchCount;
      checkLabels(this.labels, this.classCount, this.workload);
    }
    for (let i = 0; i < batchCount; i++) {
      const outputs = values.subarray(i * this.classCount, (i + 1) * this.classCount);
      const rank = rankOf(outputs, this.labels[this.sampleCount + i]!);
      if (rank < 1) this.hits1++;
      if (rank < 5) this.hits5++;
    }
    this.sampleCount += batchCount;
  }

  total(): Score {
    const top5 = this.classCount < TOP5_CLASSES ? null : this.hits5 / this.sampleCount;
    return { top1: this.hits1 / this.sampleCount, top5 };
  }
}

/** Classes before a label; a NaN is before nothing, and behind everything. */
function rankOf(outputs: Float32Array, label: number): number {
  const own = outputs[label]!;
  let rank = 0;
  for (let other = 0; other < outputs.length; other++) {
    const value = outputs[other]!;
    if (value > own || (value === own && other < label) || (own !== own && value === value)) rank++;
  }
  return rank;
}
