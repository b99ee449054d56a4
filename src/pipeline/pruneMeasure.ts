import type { Kernels } from "../../bindings/kernels.ts";
import { inputError } from "../model/base/errors.ts";
import { sum } from "../model/base/numbers.ts";
import type { Network } from "../model/ir/network.ts";
import type { PruneRequest } from "../model/ir/prune.ts";
import type { NetworkSparsity, SparsityReport } from "../model/ir/pruneReport.ts";
import { openNetwork } from "../stages/network/index.ts";
import type { EditableModel } from "../stages/network/index.ts";
import { ratio } from "../stages/report/layerReport.ts";
import { inferBatches } from "./batches.ts";
import { inspectLayers, sampleShapes } from "./inspect.ts";
import type { InspectLayer, TensorShapes } from "./inspect.ts";
import type { ChosenLayer, LayerChoice } from "./pruneChoice.ts";
import { predictClasses, takeLabels } from "./quantizedNetwork.ts";

/** A network as it is: its zeros by layer and of the layers to be pruned, what ORC gains on all, its accuracy. */
export interface Measured {
  readonly layers: ReadonlyMap<string, SparsityReport>;
  readonly total: NetworkSparsity;
  /** Behind the accuracy. */
  readonly samples: number;
  /** Of the layers' inputs, which pruning does not change; null where the network leaves them open. */
  readonly shapes: TensorShapes | null;
}

/**
 * Measures a model. `zeroCounts`: zero weights of each layer, by name. `known`: what is known of the same network with
 * other weights.
 */
export async function measureNetwork(
  model: EditableModel,
  choice: LayerChoice,
  zeroCounts: ReadonlyMap<string, number>,
  request: PruneRequest,
  kernels: Kernels,
  known?: Measured,
): Promise<Measured> {
  const { config, workload } = request;
  const network = await openNetwork(model.toFile(), { batchNorm: config.network.batchNorm });
  try {
    const shapes = known === undefined ? await sampleShapes(network, workload, config) : known.shapes;
    const entries = await inspectLayers(network, shapes, config, kernels);
    const accuracy = await floatAccuracy(network, request);
    const reportOf = (layers: readonly ChosenLayer[]): SparsityReport => {
      const weights = sum(layers.map(({ weightCount }) => weightCount));
      const zeros = sum(layers.map(({ name }) => zeroCounts.get(name) ?? 0));
      const own = entries.filter((entry) => layers.some(({ name }) => name === entry.name));
      return { zeroRatio: weights === 0 ? 0 : zeros / weights, ...structureOf(own) };
    };
    const { ouOps, orcGain } = structureOf(entries);
    const pruned = choice.layers.filter(({ keptBecause }) => keptBecause === null);
    return {
      layers: new Map(choice.layers.map((layer) => [layer.name, reportOf([layer])])),
      total: { ...reportOf(pruned), ouOps, orcGain, accuracy: accuracy?.share ?? null },
      samples: accuracy?.samples ?? 0,
      shapes,
    };
  } finally {
    await network.dispose();
  }
}

/** Sums over report entries (a grouped layer has several), ratios of the sums. */
function structureOf(entries: readonly InspectLayer[]): Omit<SparsityReport, "zeroRatio"> {
  const share = (zeroRatio: (entry: InspectLayer) => number, size: (entry: InspectLayer) => number): number => {
    const all = sum(entries.map(size));
    return all === 0 ? 0 : sum(entries.map((entry) => zeroRatio(entry) * size(entry))) / all;
  };
  const ouOps = (scheme: "naive" | "orc"): number =>
    sum(entries.map((entry) => entry.ouOps[scheme] * (entry.windows ?? 1)));
  const [naive, orc] = [ouOps("naive"), ouOps("orc")];
  return {
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
  for await (const { batch, output } of inferBatches(network, inputs, count, config)) {
    const classCount = output.values.length / batch.shape[0]!;
    const bad = classes.findIndex((label) => label < 0 || label >= classCount);
    if (bad >= 0) throw inputError(`${labels.place}[${bad}]`, `class in 0..${classCount - 1}`, `${classes[bad]}`);
    predicted.push(...predictClasses(output));
  }
  const right = predicted.filter((found, sample) => found === classes[sample]).length;
  return { share: right / count, samples: count };
}
