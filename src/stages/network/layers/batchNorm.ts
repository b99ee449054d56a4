import type { MatrixLayer } from "../../../model/ir/layer.ts";
import { floatAttribute, intAttribute } from "../file/attributes.ts";
import type { Graph, GraphNode } from "../file/graph.ts";
import { checkFinite } from "./operands.ts";
import type { Operands } from "./operands.ts";

const DEFAULT_EPSILON = 1e-5;

/** The inference-time BatchNormalization that alone consumes the layer's output; undefined if there is none. */
export function foldableBatchNorm(layer: MatrixLayer, graph: Graph, operands: Operands): GraphNode | undefined {
  const consumers = graph.consumers.get(layer.outputTensor) ?? [];
  const node = consumers[0];
  if (node === undefined || consumers.length !== 1 || graph.outputs.includes(layer.outputTensor)) return undefined;
  // MatMul may have any number of axes, and then axis 1, which is normalised, need not be its columns.
  // Integers of the file stay as they are.
  if (layer.integers !== undefined) return undefined;
  if (layer.op === "MatMul" || node.op !== "BatchNormalization" || node.domain !== "") return undefined;
  if (node.proto.input[0] !== layer.outputTensor || node.writes.length !== 1) return undefined;
  if (intAttribute(node.proto, "training_mode", 0) !== 0) return undefined;
  return [1, 2, 3, 4].every((index) => operands.isConstant(node.proto.input[index] ?? "")) ? node : undefined;
}

/**
 * Folds y = scale · (x - mean) / sqrt(var + epsilon) + shift into weights and bias; null when the parameters are not
 * one per column. @throws InputError when a parameter or a folded weight is not finite.
 */
export function foldBatchNorm(layer: MatrixLayer, node: GraphNode, operands: Operands): MatrixLayer | null {
  const channelCount = layer.groupCount * layer.matrixCols;
  const parameters = ["scale", "shift", "mean", "variance"].map((what, at) => operands.constant(node, at + 1, what));
  if (parameters.some((parameter) => parameter.values.length !== channelCount)) return null;
  const [scale, shift, mean, variance] = parameters.map((parameter) => parameter.values);
  const epsilon = floatAttribute(node.proto, "epsilon", DEFAULT_EPSILON);
  const factors = Float64Array.from(scale!, (value, channel) => value / Math.sqrt(variance![channel]! + epsilon));
  const weights = scaleColumns(layer, factors);
  const bias = new Float32Array(channelCount);
  for (let channel = 0; channel < channelCount; channel++) {
    const before = layer.bias?.[channel] ?? 0;
    bias[channel] = (before - mean![channel]!) * factors[channel]! + shift![channel]!;
  }
  checkFinite(weights, `${operands.placeOf(node)}, folded weights`);
  checkFinite(bias, `${operands.placeOf(node)}, folded bias`);
  return { ...layer, weights, bias, outputTensor: node.writes[0]! };
}

function scaleColumns(layer: MatrixLayer, factors: Float64Array): Float32Array {
  const { groupCount, matrixRows, matrixCols } = layer;
  const weights = new Float32Array(layer.weights.length);
  for (let group = 0, at = 0; group < groupCount; group++) {
    for (let row = 0; row < matrixRows; row++) {
      for (let col = 0; col < matrixCols; col++, at++) {
        weights[at] = layer.weights[at]! * factors[group * matrixCols + col]!;
      }
    }
  }
  return weights;
}
