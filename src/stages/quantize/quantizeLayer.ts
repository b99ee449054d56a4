import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { inputError } from "../../model/base/errors.ts";
import type { MatrixLayer } from "../../model/ir/layer.ts";
import type { ActivationFormat, QuantizedLayer } from "../../model/ir/quantized.ts";
import { integerRange, quantizeWeights } from "./weights.ts";

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
  const { values, scale, columnScales } = integersOf(layer, config, kernels, room);
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
    return [{ ...common, group: "all", matrices, firstChannel: 0, ...(columnScales && { columnScales }) }];
  }
  return matrices.map((matrix, group) => ({
    ...common,
    group,
    matrices: [matrix],
    firstChannel: group * channelsPerGroup,
    ...(columnScales && { columnScales: columnScales.subarray(group * colCount, (group + 1) * colCount) }),
  }));
}

/** Integers of a quantised network as they are, reals by §3. */
function integersOf(
  layer: MatrixLayer,
  config: Config,
  kernels: BulkKernels,
  room: Int16Array | undefined,
): { values: Int16Array; scale: number; columnScales?: Float32Array } {
  const place = `layer ${layer.name} weights`;
  if (layer.integers === undefined) return quantizeWeights(layer.weights, config, place, kernels, room);
  const { values, scales } = layer.integers;
  checkIntegers(values, config, place);
  if (scales.length === 1) return { values, scale: scales[0]! };
  return { values, scale: scales.reduce((most, scale) => Math.max(most, scale), 0), columnScales: scales };
}

/** @throws InputError naming the first integer that the cells of a weight cannot hold. */
function checkIntegers(values: Int16Array, config: Config, place: string): void {
  const { low, high, expected } = integerRange(config);
  const bad = values.findIndex((value) => value < low || value > high);
  if (bad >= 0) throw inputError(place, expected, `${values[bad]} at element ${bad}`);
}
