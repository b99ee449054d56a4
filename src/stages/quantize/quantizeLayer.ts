import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { MatrixLayer } from "../../model/ir/layer.ts";
import type { ActivationFormat, QuantizedLayer } from "../../model/ir/quantized.ts";
import { quantizeWeights } from "./weights.ts";

/**
 * Integer matrices of a network layer: one entry per group, all groups in one entry when the layer is depthwise. One
 * weight step for the whole tensor (§3). `room`: where the integers go, if the weights may be overwritten their own memory.
 */
export function quantizeLayer(
  layer: MatrixLayer,
  activations: ActivationFormat,
  config: Config,
  kernels: BulkKernels,
  room?: Int16Array,
): QuantizedLayer[] {
  const { values, scale } = quantizeWeights(layer.weights, config, `layer ${layer.name} weights`, kernels, room);
  const { matrixRows: rowCount, matrixCols: colCount, groupCount, geometry } = layer;
  const { weightBits } = config.precision;
  const size = rowCount * colCount;
  const matrices = Array.from({ length: groupCount }, (_, group) => ({
    values: values.subarray(group * size, (group + 1) * size),
    rowCount,
    colCount,
    weightBits,
  }));
  const common = {
    name: layer.name,
    op: layer.op,
    weightScale: scale,
    activations,
    geometry,
    inputTensor: layer.inputTensor,
  };
  const channelsPerGroup = geometry.kind === "conv" ? geometry.channelCount / groupCount : 0;
  if (groupCount > 1 && channelsPerGroup === 1) {
    return [{ ...common, group: "all", matrices, firstChannel: 0 }];
  }
  return matrices.map((matrix, group) => ({
    ...common,
    group,
    matrices: [matrix],
    firstChannel: group * channelsPerGroup,
  }));
}
