import type { Graph } from "../file/graph.ts";
import { GraphProtoSchema, ModelProtoSchema } from "../onnxMessages.ts";
import type { ModelProto } from "../onnxMessages.ts";
import { create, toBinary } from "../protobuf.ts";
import { isConstantNode } from "./plan.ts";
import type { Segment } from "./plan.ts";

/**
 * A segment as a model of its own: its nodes, the constants that they read, and inputs of the given element types
 * (numbers of the file format, in the order of `segment.inputs`).
 */
export function segmentModel(
  model: ModelProto,
  graph: Graph,
  segment: Segment,
  inputTypes: readonly number[],
): Uint8Array {
  const read = new Set(segment.nodes.flatMap((node) => node.reads));
  const constants = graph.nodes.filter((node) => isConstantNode(node) && node.writes.some((name) => read.has(name)));
  const part = create(GraphProtoSchema, {
    name: graph.proto.name ?? "segment",
    node: [...constants, ...segment.nodes].map((node) => node.proto),
    initializer: graph.proto.initializer.filter((tensor) => read.has(tensor.name ?? "")),
    sparseInitializer: graph.proto.sparseInitializer.filter((tensor) => read.has(tensor.values?.name ?? "")),
    input: segment.inputs.map((name, index) => ({ name, type: { tensorType: { elemType: inputTypes[index]! } } })),
    output: segment.outputs.map((name) => ({ name })),
  });
  const whole = create(ModelProtoSchema, { opsetImport: model.opsetImport, functions: model.functions, graph: part });
  if (model.irVersion !== undefined) whole.irVersion = model.irVersion;
  return toBinary(ModelProtoSchema, whole);
}
