import type { MatrixLayer } from "../../../model/ir/layer.ts";
import type { Graph } from "../file/graph.ts";

/** Operators whose first input and output have the same channels. */
const KEEPING = new Set([
  ...["Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Clip", "Identity", "Dropout"],
  ...["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization", "LRN"],
]);

/** Channels (axis 1) of a computed tensor, as far as the layers before it tell; null where they do not. */
export function channelCountOf(name: string, graph: Graph, byNode: ReadonlyMap<string, MatrixLayer>): number | null {
  const node = graph.producers.get(name);
  if (node === undefined || node.domain !== "") return null;
  const layer = byNode.get(node.name);
  if (layer?.geometry.kind === "conv") return layer.groupCount * layer.matrixCols;
  if (KEEPING.has(node.op)) return channelCountOf(node.proto.input[0] ?? "", graph, byNode);
  if (node.op !== "Concat") return null;
  const counts = node.proto.input.map((input) => channelCountOf(input, graph, byNode));
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}
