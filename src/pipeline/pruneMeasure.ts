import type { Kernels } from "../../bindings/kernels.ts";
import { sum } from "../model/base/numbers.ts";
import type { MatrixLayer } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { PruneRequest } from "../model/ir/prune.ts";
import type { NetworkSparsity, SparsityReport } from "../model/ir/pruneReport.ts";
import { openNetwork } from "../stages/network/index.ts";
import type { EditableModel } from "../stages/network/index.ts";
import { ratio } from "../stages/report/layerReport.ts";
import { inferBatches } from "./batches.ts";
import { inspectLayers } from "./inspect.ts";
import type { InspectLayer } from "./inspect.ts";
import type { LayerChoice } from "./pruneChoice.ts";
import { predictClasses, takeLabels } from "./quantizedNetwork.ts";

/** A network as it is: its zeros by layer and of the layers to be pruned, what ORC gains on all, its accuracy. */
export interface Measured {
  readonly layers: ReadonlyMap<string, SparsityReport>;
  readonly total: NetworkSparsity;
  /** Behind the accuracy. */
  readonly samples: number;
}

export async function measureNetwork(
  model: EditableModel,
  choice: LayerChoice,
  request: PruneRequest,
  kernels: Kernels,
): Promise<Measured> {
  const { config, workload } = request;
  const network = await openNetwork(model.toFile(), { batchNorm: config.network.batchNorm });
  try {
    const entries = await inspectLayers(network, workload, config, kernels);
    const fileLayers = await model.layers();
    const pruned = fileLayers.filter(({ name }) => choice.isPruned(name));
    const accuracy = await floatAccuracy(network, request);
    const reportOf = (layers: readonly MatrixLayer[]): SparsityReport =>
      sparsityOf(
        layers,
        entries.filter((entry) => layers.some(({ name }) => name === entry.name)),
      );
    const { ouOps, orcGain } = sparsityOf([], entries);
    return {
      layers: new Map(fileLayers.map((layer) => [layer.name, reportOf([layer])])),
      total: { ...reportOf(pruned), ouOps, orcGain, accuracy: accuracy?.share ?? null },
      samples: accuracy?.samples ?? 0,
    };
  } finally {
    await network.dispose();
  }
}

/** Sums over report entries (a grouped layer has several), ratios of the sums. */
function sparsityOf(layers: readonly MatrixLayer[], entries: readonly InspectLayer[]): SparsityReport {
  const share = (zeroRatio: (entry: InspectLayer) => number, size: (entry: InspectLayer) => number): number => {
    const all = sum(entries.map(size));
    return all === 0 ? 0 : sum(entries.map((entry) => zeroRatio(entry) * size(entry))) / all;
  };
  const weights = sum(layers.map((layer) => layer.weights.length));
  const ouOps = (scheme: "naive" | "orc"): number =>
    sum(entries.map((entry) => entry.ouOps[scheme] * (entry.windows ?? 1)));
  const [naive, orc] = [ouOps("naive"), ouOps("orc")];
  return {
    zeroRatio: weights === 0 ? 0 : sum(layers.map((layer) => zeroCount(layer.weights))) / weights,
    zeroRowRatio: share(
      (entry) => entry.weights.zeroRowRatio,
      (entry) => entry.matrixCount * entry.matrixRows,
    ),
    zeroColRatio: share(
      (entry) => entry.weights.zeroColRatio,
      (entry) => entry.matrixCount * entry.matrixCols,
    ),
    ouRowZeroRatio: share(
      (entry) => entry.weights.ouRowZeroRatio,
      (entry) => entry.orc.ouRowSegments,
    ),
    ouOps: { naive, orc },
    orcGain: ratio(naive, orc),
  };
}

function zeroCount(weights: Float32Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] === 0) count++;
  return count;
}

/** Share of right classes of the float network; null without inputs and labels. */
async function floatAccuracy(
  network: Network,
  { workload, config, samples }: PruneRequest,
): Promise<{ share: number; samples: number } | null> {
  const { inputs, labels } = workload;
  if (inputs === undefined || labels === undefined) return null;
  const given = inputs.shape[0] ?? 0;
  const count = Math.min(samples ?? given, given);
  const classes = takeLabels(labels, given, count);
  const predicted: number[] = [];
  for await (const { output } of inferBatches(network, inputs, count, config))
    predicted.push(...predictClasses(output));
  const right = predicted.filter((found, sample) => found === classes[sample]).length;
  return { share: right / count, samples: count };
}
