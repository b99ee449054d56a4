import { Faults } from "../../../model/base/errors.ts";
import type { ConvGeometry, MatrixLayer } from "../../../model/ir/layer.ts";
import { hasAttribute, intAttribute, intsAttribute, stringAttribute } from "../file/attributes.ts";
import type { GraphNode } from "../file/graph.ts";
import { product, showShape } from "../shape.ts";
import { Unmappable, inputScaleOf, transposeInto } from "./operands.ts";
import type { Operands } from "./operands.ts";

const AUTO_PADS = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"] as const;

/** Sizes that kernels can count with. */
const LARGEST = 2 ** 31 - 1;

/**
 * Conv → one matrix per group; a one-dimensional convolution gets height 1 (§2).
 * @throws Unmappable for other ranks and computed weights; InputError for attributes that contradict the weights.
 */
export function mapConv(node: GraphNode, operands: Operands): MatrixLayer {
  const inputTensor = operands.dataInput(node);
  const kernel = operands.weights(node, () => 0);
  const spatialRank = kernel.shape.length - 2;
  if (spatialRank !== 1 && spatialRank !== 2) throw new Unmappable(`${spatialRank}-D convolution`);
  if (product(kernel.shape) === 0) throw new Unmappable("weights empty");
  const place = operands.placeOf(node);
  const geometry = readGeometry(node, kernel.shape, place);
  const filterCount = kernel.shape[0]!;
  const bias = operands.optionalConstant(node, 2, "bias");
  checkSizes(filterCount, geometry.groupCount, bias?.values.length ?? filterCount, place);
  const matrixRows = product(kernel.shape.slice(1));
  const matrixCols = filterCount / geometry.groupCount;
  const inRows = <A extends Float32Array | Int16Array>(source: A, target: A): A => {
    for (let group = 0; group < geometry.groupCount; group++) {
      transposeInto(target, source, matrixRows, matrixCols, group * matrixRows * matrixCols);
    }
    return target;
  };
  const { integers } = kernel;
  return {
    name: node.name,
    op: "Conv",
    geometry,
    groupCount: geometry.groupCount,
    matrixRows,
    matrixCols,
    weights: inRows(kernel.values, new Float32Array(kernel.values.length)),
    bias: bias?.values ?? null,
    inputTensor,
    outputTensor: node.writes[0]!,
    source: operands.source(node, kernel.shape, "filters"),
    ...(integers && {
      integers: { ...integers, values: inRows(integers.values, new Int16Array(integers.values.length)) },
    }),
    ...inputScaleOf(node, operands),
  };
}

function readGeometry(node: GraphNode, kernelShape: readonly number[], place: string): ConvGeometry {
  const spatial = kernelShape.slice(2);
  const faults = new Faults();
  const perAxis = (name: string, expectedCount: number, smallest: number, fallback: number): number[] => {
    const values = intsAttribute(node.proto, name) ?? Array.from({ length: expectedCount }, () => fallback);
    const sound = values.length === expectedCount && values.every((value) => value >= smallest && value <= LARGEST);
    if (!sound)
      faults.add(`${place}, ${name}`, `${expectedCount} integers in ${smallest}..${LARGEST}`, showShape(values));
    return values;
  };
  const groupCount = intAttribute(node.proto, "group", 1);
  if (groupCount < 1) faults.add(`${place}, group`, "an integer from 1", String(groupCount));
  const strides = perAxis("strides", spatial.length, 1, 1);
  const dilations = perAxis("dilations", spatial.length, 1, 1);
  const pads = perAxis("pads", 2 * spatial.length, 0, 0);
  const autoPadText = stringAttribute(node.proto, "auto_pad", "NOTSET");
  const autoPad = AUTO_PADS.find((name) => name === autoPadText);
  if (autoPad === undefined) faults.add(`${place}, auto_pad`, AUTO_PADS.join(", "), autoPadText);
  const declared = intsAttribute(node.proto, "kernel_shape");
  if (hasAttribute(node.proto, "kernel_shape") && showShape(declared ?? []) !== showShape(spatial)) {
    faults.add(`${place}, kernel_shape`, `${showShape(spatial)} as in the weights`, showShape(declared ?? []));
  }
  faults.throwIfAny();
  const flat = spatial.length === 1;
  const pair = (values: readonly number[], neutral: number): [number, number] =>
    flat ? [neutral, values[0]!] : [values[0]!, values[1]!];
  return {
    kind: "conv",
    channelCount: kernelShape[1]! * groupCount,
    kernel: pair(spatial, 1),
    strides: pair(strides, 1),
    dilations: pair(dilations, 1),
    autoPad: autoPad!,
    pads: flat ? [0, pads[0]!, 0, pads[1]!] : [pads[0]!, pads[1]!, pads[2]!, pads[3]!],
    groupCount,
  };
}

function checkSizes(filterCount: number, groupCount: number, biasCount: number, place: string): void {
  const faults = new Faults();
  if (filterCount % groupCount !== 0) {
    faults.add(`${place}, group`, `a divisor of the ${filterCount} filters`, String(groupCount));
  }
  if (biasCount !== filterCount) faults.add(`${place}, bias`, `${filterCount} values`, String(biasCount));
  faults.throwIfAny();
}
