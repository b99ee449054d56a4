import { GraphProtoSchema, NodeProtoSchema, TensorProtoSchema } from "../onnxMessages.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../onnxMessages.ts";
import { create } from "../protobuf.ts";
import { quantizedConstant, realsOf } from "./dequantize.ts";
import type { QuantizedConstant } from "./dequantize.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { DataType, tensorShape, toFloatTensor, toNumericArray } from "./tensorData.ts";

/** A graph without QLinearConv and QLinearMatMul, as far as they have constant weights. */
export interface LoweredGraph {
  readonly proto: GraphProto;
  /** Integers behind its new initialisers. */
  readonly quantized: ReadonlyMap<string, QuantizedConstant>;
  /** By node: why it was left as it is. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Inputs of the two operators by position. */
const OPERATORS: Readonly<Record<string, { readonly op: string; readonly columnAxis: number }>> = {
  QLinearConv: { op: "Conv", columnAxis: 0 },
  QLinearMatMul: { op: "MatMul", columnAxis: 1 },
};

/**
 * Writes each QLinearConv and QLinearMatMul as its definition: dequantised input, product, quantised output. null when
 * there are none. Every node keeps its name, tensors their names.
 */
export function lowerQuantized(graph: Graph): LoweredGraph | null {
  if (!graph.nodes.some(({ op, domain }) => domain === "" && op in OPERATORS)) return null;
  const quantized = new Map<string, QuantizedConstant>();
  const reasons = new Map<string, string>();
  const initializers: TensorProto[] = [];
  const nodes = graph.nodes.flatMap((node): NodeProto[] => {
    const kept = { ...node.proto, name: node.name };
    if (node.domain !== "" || !(node.op in OPERATORS)) return [kept];
    const lowered = lowerNode(node, graph);
    if (typeof lowered === "string") {
      reasons.set(node.name, lowered);
      return [kept];
    }
    for (const [name, { reals, integers }] of lowered.constants) {
      initializers.push({ ...reals, name });
      if (integers !== null) quantized.set(name, integers);
    }
    return lowered.nodes;
  });
  const proto = create(GraphProtoSchema, {
    ...graph.proto,
    node: nodes,
    initializer: [...graph.proto.initializer, ...initializers],
  });
  return { proto, quantized, reasons };
}

interface LoweredNode {
  readonly nodes: NodeProto[];
  readonly constants: ReadonlyMap<string, { readonly reals: TensorProto; readonly integers: QuantizedConstant | null }>;
}

/** The nodes in its place, or why there are none. */
function lowerNode(node: GraphNode, { constants }: Graph): LoweredNode | string {
  const { op, columnAxis } = OPERATORS[node.op]!;
  const [x = "", xScale = "", xZero = "", w = "", wScale = "", wZero = "", yScale = "", yZero = "", b = ""] =
    node.proto.input;
  const weights = constants.has(w) ? quantizedConstant(w, wScale, wZero, columnAxis, constants) : null;
  if (weights === null) return `weights ${w} computed, or not integers with one scale or one a column`;
  const zeroPoint = weights.zeroPoints.find((point) => point !== 0);
  if (zeroPoint !== undefined) return `weights ${w} with zero point ${zeroPoint}`;
  const reals = realsOf(weights);
  if (reals === null) return `weights ${w} with ${weights.zeroPoints.length} zero points`;
  const made = new Map([[`${node.name}/weights`, { reals, integers: weights }] as const]) as Map<
    string,
    { reals: TensorProto; integers: QuantizedConstant | null }
  >;
  const inputs = [`${node.name}/x`, `${node.name}/weights`];
  if (b !== "") {
    const bias = realBias(b, xScale, weights.scales, constants);
    if (bias === null) return `bias ${b} computed, or of another scale`;
    made.set(`${node.name}/bias`, { reals: bias, integers: null });
    inputs.push(`${node.name}/bias`);
  }
  const [y = ""] = node.proto.output;
  const nodes = [
    makeNode("DequantizeLinear", [x, xScale, xZero], `${node.name}/x`),
    makeNode(op, inputs, `${node.name}/y`, node.name, node.proto.attribute),
    makeNode("QuantizeLinear", [`${node.name}/y`, yScale, yZero], y),
  ];
  return { nodes, constants: made };
}

/** A bias of integers counts in steps of input scale times weight scale. */
function realBias(
  name: string,
  xScale: string,
  weightScales: Float32Array,
  constants: ReadonlyMap<string, TensorProto>,
): TensorProto | null {
  const [bias, scale] = [constants.get(name), constants.get(xScale)];
  const step = scale === undefined ? undefined : toFloatTensor(scale)?.values;
  const integers = bias === undefined ? null : toNumericArray(bias, name);
  if (integers === null || step?.length !== 1) return null;
  if (weightScales.length !== 1 && weightScales.length !== integers.values.length) return null;
  const values = Float32Array.from({ length: integers.values.length }, (_, i) => {
    return Number(integers.values[i]!) * step[0]! * (weightScales.length === 1 ? weightScales[0]! : weightScales[i]!);
  });
  const rawData = new Uint8Array(values.buffer);
  return create(TensorProtoSchema, { dims: tensorShape(bias!).map(BigInt), dataType: DataType.FLOAT, rawData });
}

function makeNode(
  op: string,
  inputs: readonly string[],
  output: string,
  name = output,
  attribute: AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType: op, name: `${name}`, input: [...inputs], output: [output], attribute });
}
