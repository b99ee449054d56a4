import { InputError } from "../../../model/base/errors.ts";
import type { Faults } from "../../../model/base/errors.ts";
import type { Steps } from "../../../model/base/pace.ts";
import type { MatrixLayer, SkippedNode } from "../../../model/ir/layer.ts";
import { subgraphsOf } from "../file/graph.ts";
import type { Graph, GraphNode } from "../file/graph.ts";
import type { GraphProto } from "../onnxMessages.ts";
import { foldBatchNorm, foldableBatchNorm } from "./batchNorm.ts";
import { mapConv } from "./conv.ts";
import { mapGemm, mapMatMul } from "./dense.ts";
import { Operands, Unmappable } from "./operands.ts";

const MAPPERS = new Map<string, (node: GraphNode, operands: Operands) => MatrixLayer>([
  ["Conv", mapConv],
  ["Gemm", mapGemm],
  ["MatMul", mapMatMul],
]);

/** Operators that multiply by weights, or matrices with each other, in a way that no crossbar here does. */
const PRODUCT_OPS = new Set([
  ...["ConvTranspose", "DeformConv", "ConvInteger", "QLinearConv", "NhwcConv", "FusedConv", "QLinearConvTranspose"],
  ...["MatMulInteger", "QLinearMatMul", "FusedMatMul", "MatMulNBits", "MatMulIntegerToFloat", "DynamicQuantizeMatMul"],
  ...["FusedGemm", "QGemm", "GemmFastGelu", "GemmFloat8", "LSTM", "GRU", "RNN", "DynamicQuantizeLSTM", "Einsum", "MoE"],
  ...["Attention", "QAttention", "MultiHeadAttention", "GroupQueryAttention", "LinearAttention", "Bilinear"],
]);

/** A matrix layer and the nodes that it stands for: itself and what was folded into it. */
export interface MappedLayer {
  readonly layer: MatrixLayer;
  readonly nodes: readonly GraphNode[];
}

export interface Extraction {
  readonly mapped: readonly MappedLayer[];
  readonly skipped: readonly SkippedNode[];
}

/**
 * Every matrix layer in topological order, and every node that carries products but stays digital. `reasons`: by node, why
 * it does where that is known already.
 */
export function* extractLayers(
  graph: Graph,
  functionOps: ReadonlySet<string>,
  reasons: ReadonlyMap<string, string>,
  batchNorm: "fold" | "digital",
  place: string,
  faults: Faults,
): Steps<Extraction> {
  const operands = new Operands(graph, place);
  const mapped: MappedLayer[] = [];
  const skipped: SkippedNode[] = [];
  for (const node of graph.nodes) {
    yield;
    const mapper = node.domain === "" ? MAPPERS.get(node.op) : undefined;
    if (mapper === undefined) {
      for (const product of skippedProducts(node, functionOps, reasons.get(node.name))) skipped.push(product);
      continue;
    }
    try {
      const layer = mapper(node, operands);
      mapped.push(batchNorm === "fold" ? folded(layer, node, graph, operands) : { layer, nodes: [node] });
    } catch (error) {
      if (error instanceof Unmappable) skipped.push({ name: node.name, op: node.op, reason: error.message });
      else if (error instanceof InputError)
        error.faults.forEach((fault) => faults.add(fault.place, fault.expected, fault.got));
      else throw error;
    }
  }
  return { mapped, skipped };
}

function folded(layer: MatrixLayer, node: GraphNode, graph: Graph, operands: Operands): MappedLayer {
  const nodes = [node];
  for (;;) {
    const next = foldableBatchNorm(layer, graph, operands);
    const together = next === undefined ? null : foldBatchNorm(layer, next, operands);
    if (next === undefined || together === null) return { layer, nodes };
    layer = together;
    nodes.push(next);
  }
}

function skippedProducts(
  node: GraphNode,
  functionOps: ReadonlySet<string>,
  reason = "operator not mapped to crossbars",
): SkippedNode[] {
  const { name, op, domain } = node;
  if (functionOps.has(`${domain}:${op}`)) return [{ name, op, reason: `function of the model (domain ${domain})` }];
  if (PRODUCT_OPS.has(op)) return [{ name, op, reason }];
  if (MAPPERS.has(op)) return [{ name, op, reason: `operator of domain ${domain}, not the standard one` }];
  return subgraphsOf(node.proto).flatMap((body) => productsOf(body, name));
}

/** Products inside the body of If, Loop or Scan run an unknown number of times. */
function productsOf(body: GraphProto, outerName: string): SkippedNode[] {
  return body.node.flatMap((node, index) => {
    const op = node.opType ?? "";
    const name = `${outerName}/${node.name || `${op}_${index}`}`;
    const own =
      MAPPERS.has(op) || PRODUCT_OPS.has(op) ? [{ name, op, reason: `inside a subgraph of ${outerName}` }] : [];
    return [...own, ...subgraphsOf(node).flatMap((inner) => productsOf(inner, name))];
  });
}
