import { permuteAxes } from "../model/base/axes.ts";
import type { IngestedLayer } from "../model/ir/report.ts";
import type { NetworkWorkload, WeightsRequest } from "../model/ir/request.ts";
import type { ZooLayer } from "../model/ir/zoo.ts";
import { assignTensors, ingestWeights } from "../stages/network/index.ts";
import type { Assignment, NetworkFile, WeightTarget } from "../stages/network/index.ts";

/** A network file, and which of its layers have weights from elsewhere. */
export interface NetworkWeights {
  readonly file: NetworkFile;
  readonly ingested: readonly IngestedLayer[];
}

/** The network of a workload with the weights and masks that it asks for. */
export async function weightsOfNetwork(workload: NetworkWorkload, place: string): Promise<NetworkWeights> {
  const file = { ...workload, name: place };
  return workload.weightsFrom === undefined ? { file, ingested: [] } : ingestWeights(file, workload.weightsFrom);
}

/** Weights from files in place of drawn ones. */
export interface ZooWeights {
  readonly ingested: readonly IngestedLayer[];
  /** `drawn`: [group][row][col], perhaps overwritten. Gives the layer's weights in the same order. */
  replace(layer: ZooLayer, drawn: () => Promise<Float32Array>): Promise<Float32Array>;
}

const drawnWeights: ZooWeights = { ingested: [], replace: (_, drawn) => drawn() };

/** Weights of a zoo network's layers from files. @throws InputError with every fault of the files. */
export async function weightsOfZoo(
  layers: readonly ZooLayer[],
  request: WeightsRequest | undefined,
): Promise<ZooWeights> {
  if (request === undefined) return drawnWeights;
  const assignments = await assignTensors(layers.map(zooTarget), request);
  const byLayer = new Map(assignments.map((assignment) => [assignment.target.name, assignment]));
  return {
    ingested: assignments.map(({ from }) => from),
    replace: async (layer, drawn) => {
      const given = byLayer.get(layer.name);
      return given === undefined ? drawn() : replaced(layer, given, drawn);
    },
  };
}

/** Shapes as frameworks have them: filters first, but for MatMul. */
function zooTarget({ name, op, geometry, groupCount, matrixRows, matrixCols }: ZooLayer): WeightTarget {
  const common = { name, groupCount, matrixRows, matrixCols, tensor: "" };
  if (op === "MatMul") return { ...common, shape: [matrixRows, matrixCols], order: "rows" };
  if (geometry.kind === "dense") return { ...common, shape: [matrixCols, matrixRows], order: "filters" };
  const shape = [groupCount * matrixCols, geometry.channelCount / groupCount, ...geometry.kernel];
  return { ...common, shape, order: "filters" };
}

async function replaced(
  layer: ZooLayer,
  { weights, mask, target }: Assignment<WeightTarget>,
  drawn: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const { groupCount, matrixRows, matrixCols } = layer;
  const inMatrixOrder = <A extends Float32Array | Uint8Array>(values: A): A =>
    target.order === "rows" ? values : permuteAxes(values, [groupCount, matrixCols, matrixRows], [0, 2, 1]).values;
  const result =
    weights === null
      ? await drawn()
      : inMatrixOrder(Float32Array.from(weights.values as ArrayLike<number | bigint>, Number));
  if (mask === null) return result;
  const kept = inMatrixOrder(mask);
  for (let i = 0; i < result.length; i++) if (kept[i] === 0) result[i] = 0;
  return result;
}
