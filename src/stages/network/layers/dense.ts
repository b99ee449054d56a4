import { inputError } from "../../../model/base/errors.ts";
import type { FloatTensor, MatrixLayer, WeightSource } from "../../../model/ir/layer.ts";
import { floatAttribute, intAttribute } from "../file/attributes.ts";
import type { GraphNode } from "../file/graph.ts";
import { product, showShape } from "../shape.ts";
import { Unmappable, checkFinite, inputScaleOf, transposeInto } from "./operands.ts";
import type { Operands } from "./operands.ts";

/**
 * Gemm with constant B and C: alpha goes into the weights, beta into the bias (§2).
 * @throws Unmappable for transA, computed operands and a C that is no bias per column; InputError for bad sizes.
 */
export function mapGemm(node: GraphNode, operands: Operands): MatrixLayer {
  const inputTensor = operands.dataInput(node);
  if (intAttribute(node.proto, "transA", 0) !== 0) throw new Unmappable("transA");
  const transposed = intAttribute(node.proto, "transB", 0) !== 0;
  const operand = operands.weights(node, () => (transposed ? 0 : 1));
  const place = operands.placeOf(node);
  if (operand.shape.length !== 2) throw inputError(place, "weights of two axes", showShape(operand.shape));
  const [matrixRows, matrixCols] = transposed
    ? [operand.shape[1]!, operand.shape[0]!]
    : [operand.shape[0]!, operand.shape[1]!];
  if (matrixRows * matrixCols === 0) throw new Unmappable("weights empty");
  const inRows = <A extends Float32Array | Int16Array>(source: A, target: () => A): A => {
    if (!transposed) return source;
    const result = target();
    transposeInto(result, source, matrixRows, matrixCols, 0);
    return result;
  };
  const weights = inRows(operand.values, () => new Float32Array(operand.values.length));
  const alpha = floatAttribute(node.proto, "alpha", 1);
  scaleInPlace(weights, alpha);
  const addend = operands.optionalConstant(node, 2, "bias");
  const bias = addend === null ? null : biasPerColumn(addend, matrixCols, place);
  if (bias !== null) scaleInPlace(bias, floatAttribute(node.proto, "beta", 1));
  checkFinite(weights, `${place}, alpha · weights`);
  const source = operands.source(node, operand.shape, transposed ? "filters" : "rows");
  const integers = operand.integers && {
    values: inRows(operand.integers.values, () => new Int16Array(weights.length)),
    scales: operand.integers.scales.map((scale) => scale * alpha),
  };
  const optional = { ...(integers && { integers }), ...inputScaleOf(node, operands) };
  return { ...dense(node, "Gemm", inputTensor, matrixRows, matrixCols, weights, bias, source), ...optional };
}

/**
 * MatMul with a constant right-hand matrix; every axis of the left-hand operand but the last counts windows.
 * @throws Unmappable for other right-hand operands.
 */
export function mapMatMul(node: GraphNode, operands: Operands): MatrixLayer {
  if (!operands.isConstant(node.proto.input[1] ?? "")) {
    const left = operands.isConstant(node.proto.input[0] ?? "");
    throw new Unmappable(left ? "the constant operand is on the left" : "both operands computed");
  }
  const inputTensor = operands.dataInput(node);
  const operand = operands.weights(node, (shape) => shape.length - 1);
  if (operand.shape.length !== 2) throw new Unmappable(`weights of shape ${showShape(operand.shape)}, not a matrix`);
  const [matrixRows, matrixCols] = [operand.shape[0]!, operand.shape[1]!];
  if (matrixRows * matrixCols === 0) throw new Unmappable("weights empty");
  const source = operands.source(node, operand.shape, "rows");
  const { integers } = operand;
  const optional = { ...(integers && { integers }), ...inputScaleOf(node, operands) };
  return { ...dense(node, "MatMul", inputTensor, matrixRows, matrixCols, operand.values, null, source), ...optional };
}

function dense(
  node: GraphNode,
  op: "Gemm" | "MatMul",
  inputTensor: string,
  matrixRows: number,
  matrixCols: number,
  weights: Float32Array,
  bias: Float32Array | null,
  source: WeightSource,
): MatrixLayer {
  const outputTensor = node.writes[0]!;
  const geometry = { kind: "dense" } as const;
  return {
    name: node.name,
    op,
    geometry,
    groupCount: 1,
    matrixRows,
    matrixCols,
    weights,
    bias,
    inputTensor,
    outputTensor,
    source,
  };
}

function scaleInPlace(values: Float32Array, factor: number): void {
  if (factor === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
}

function biasPerColumn(addend: FloatTensor, colCount: number, place: string): Float32Array {
  const { shape, values } = addend;
  if (shape.length > 2) throw inputError(place, "C of at most two axes", showShape(shape));
  if (product(shape) === 1) return new Float32Array(colCount).fill(values[0]!);
  if (shape.length === 2 && shape[0] !== 1) throw new Unmappable(`C of shape ${showShape(shape)} differs by row`);
  if (values.length === colCount) return values;
  throw inputError(place, `C of ${colCount} values`, showShape(shape));
}
