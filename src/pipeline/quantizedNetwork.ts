import type { BulkKernels } from "../../bindings/kernels.ts";
import { inputError } from "../model/base/errors.ts";
import type { FloatTensor, MatrixLayer } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { QuantizedLayer } from "../model/ir/quantized.ts";
import type { NetworkWorkload, NumericArray } from "../model/ir/request.ts";
import { quantizeActivations } from "../stages/quantize/activations.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import { outputTensor } from "../stages/simulate/outputTensor.ts";
import { productOfLayer } from "../stages/simulate/runLayer.ts";
import { windowsOf } from "../stages/simulate/windows.ts";

/** Runs a batch through the quantised network: integer products in the matrix layers, the rest in float (§3). */
export function inferQuantized(
  network: Network,
  batch: FloatTensor,
  entriesOf: ReadonlyMap<MatrixLayer, readonly QuantizedLayer[]>,
  executor: Executor,
  kernels: BulkKernels,
): Promise<FloatTensor> {
  return network.inferWith(batch, async (layer, input) => {
    const entries = entriesOf.get(layer)!;
    const codes = executor.share(quantizeActivations(input.values, entries[0]!.activations, kernels));
    const sums = await Promise.all(
      entries.map(async (entry) => {
        const source = windowsOf(entry, { codes, shape: input.shape });
        return { entry, source, sums: await productOfLayer(entry, source, executor) };
      }),
    );
    return outputTensor(layer, input, sums);
  });
}

/** Class with the largest output of each sample; ties go to the lower class. */
export function predictClasses(output: FloatTensor): number[] {
  const sampleCount = output.shape[0]!;
  const classCount = output.values.length / sampleCount;
  return Array.from({ length: sampleCount }, (_, sample) => {
    const scores = output.values.subarray(sample * classCount, (sample + 1) * classCount);
    return scores.indexOf(scores.reduce((best, score) => Math.max(best, score), -Infinity));
  });
}

/** Integer labels, one per sample. */
export function takeLabels(labels: NumericArray, sampleCount: number, samplesWanted: number): number[] {
  if (labels.shape.length !== 1 || labels.values.length !== sampleCount) {
    throw inputError(labels.place, `labels of shape [${sampleCount}], one per input`, `[${labels.shape.join(", ")}]`);
  }
  if (labels.dtype === "f4" || labels.dtype === "f8") throw inputError(labels.place, "integer labels", labels.dtype);
  return Array.from(labels.values.slice(0, samplesWanted) as ArrayLike<number | bigint>, Number);
}

/** @throws InputError when a label names no class of the output. */
export function checkLabels(labels: readonly number[], classCount: number, workload: NetworkWorkload): void {
  const sample = labels.findIndex((label) => label < 0 || label >= classCount);
  if (sample < 0) return;
  const place = workload.labels?.place ?? "labels";
  throw inputError(`${place}[${sample}]`, `class in 0..${classCount - 1}`, String(labels[sample]));
}
