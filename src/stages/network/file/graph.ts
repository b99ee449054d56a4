import { InputError } from "../../../model/base/errors.ts";
import type { Faults } from "../../../model/base/errors.ts";
import { TensorProtoSchema } from "../onnxMessages.ts";
import type { GraphProto, NodeProto, TensorProto } from "../onnxMessages.ts";
import { create } from "../protobuf.ts";
import { dequantizedBy, realsOf } from "./dequantize.ts";
import type { QuantizedConstant } from "./dequantize.ts";
import { isExternal } from "./externalData.ts";
import { checkTensorSize } from "./tensorData.ts";

/** Where DequantizeLinear means the same. */
const QUANTIZING_DOMAINS = new Set(["", "com.microsoft"]);

/** A node with a name of its own and everything it reads, subgraphs included. */
export interface GraphNode {
  readonly proto: NodeProto;
  readonly name: string;
  readonly op: string;
  /** "" for the standard operators. */
  readonly domain: string;
  /** Tensors read, without omitted optional ones. */
  readonly reads: readonly string[];
  /** Tensors written, without omitted optional ones. */
  readonly writes: readonly string[];
}

/** A graph whose nodes stand in topological order. */
export interface Graph {
  readonly proto: GraphProto;
  readonly nodes: readonly GraphNode[];
  /** Known tensors: initialisers, Constant nodes, identities of them, and what DequantizeLinear makes of them. */
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Those whose values are integers in the file, by the name of the reals. */
  readonly quantized: ReadonlyMap<string, QuantizedConstant>;
  /** Constants that were found faulty (and reported): no layer may be judged by them. */
  readonly broken: ReadonlySet<string>;
  readonly consumers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly producers: ReadonlyMap<string, GraphNode>;
  readonly outputs: readonly string[];
}

/**
 * Reads the graph; adds a fault for each name that is missing or given twice, and for each damaged constant.
 * `known`: integers behind initialisers of reals.
 */
export function readGraph(
  proto: GraphProto,
  place: string,
  faults: Faults,
  known: ReadonlyMap<string, QuantizedConstant> = new Map(),
): Graph {
  const nodes = sortNodes(readNodes(proto), place, faults);
  checkNames(proto, nodes, place, faults);
  const quantized = new Map(known);
  const { constants, broken } = readConstants(proto, nodes, quantized, place, faults);
  const consumers = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const name of node.reads) {
      const known = consumers.get(name);
      // In place: thousands of nodes may read one tensor.
      if (known === undefined) consumers.set(name, [node]);
      else known.push(node);
    }
  }
  const producers = new Map(nodes.flatMap((node) => node.writes.map((name) => [name, node] as const)));
  const outputs = proto.output.map((output) => output.name ?? "");
  return { proto, nodes, constants, quantized, broken, consumers, producers, outputs };
}

function readNodes(proto: GraphProto): GraphNode[] {
  const taken = new Set<string>();
  return proto.node.map((node, index) => {
    const op = node.opType ?? "";
    const given = node.name || `${op}_${index}`;
    const name = taken.has(given) ? `${given}#${index}` : given;
    taken.add(name);
    const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
    const reads = [...new Set([...node.input.filter((input) => input !== ""), ...capturedNames(node)])];
    return { proto: node, name, op, domain, reads, writes: node.output.filter((output) => output !== "") };
  });
}

export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute) => (attribute.g ? [attribute.g] : attribute.graphs));
}

/** Outer tensors that the bodies of If, Loop and Scan read. */
function capturedNames(node: NodeProto): string[] {
  return subgraphsOf(node).flatMap((body) => {
    const local = new Set<string>(constantNames(body));
    for (const input of body.input) local.add(input.name ?? "");
    for (const inner of body.node) inner.output.forEach((name) => local.add(name));
    const read = body.node.flatMap((inner) => [...inner.input, ...capturedNames(inner)]);
    const outputs = body.output.map((output) => output.name ?? "");
    return [...read, ...outputs].filter((name) => name !== "" && !local.has(name));
  });
}

function constantNames(proto: GraphProto): string[] {
  const sparse = proto.sparseInitializer.map((tensor) => tensor.values?.name ?? "");
  return [...proto.initializer.map((tensor) => tensor.name ?? ""), ...sparse];
}

/** Stable topological order; nodes on a cycle are reported and left out. */
function sortNodes(nodes: readonly GraphNode[], place: string, faults: Faults): GraphNode[] {
  const producer = new Map<string, GraphNode>();
  for (const node of nodes) for (const name of node.writes) producer.set(name, node);
  const sorted: GraphNode[] = [];
  const state = new Map<GraphNode, "open" | "done">();
  const cyclic = new Set<string>();
  // An explicit stack: deep networks would overflow a recursive walk.
  for (const root of nodes) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (state.get(node) === "done") {
        stack.pop();
        continue;
      }
      state.set(node, "open");
      const before = node.reads.map((name) => producer.get(name)).filter((other) => other !== undefined);
      const waiting = before.filter((other) => !state.has(other));
      if (waiting.length > 0) {
        for (const other of waiting.reverse()) stack.push(other);
        continue;
      }
      if (before.some((other) => state.get(other) === "open")) cyclic.add(node.name);
      else sorted.push(node);
      state.set(node, "done");
      stack.pop();
    }
  }
  if (cyclic.size > 0) faults.add(place, "a graph without cycles", `a cycle through node ${[...cyclic].join(", ")}`);
  return sorted;
}

function checkNames(proto: GraphProto, nodes: readonly GraphNode[], place: string, faults: Faults): void {
  const constants = constantNames(proto);
  const known = new Set<string>();
  for (const name of constants) {
    if (known.has(name)) faults.add(`${place}, initialiser ${name}`, "a name of its own", "the same name twice");
    known.add(name);
  }
  for (const input of proto.input) known.add(input.name ?? "");
  for (const node of proto.node) {
    for (const name of node.output) {
      if (name === "") continue;
      if (known.has(name)) faults.add(`${place}, tensor ${name}`, "one producer", "two");
      known.add(name);
    }
  }
  for (const node of nodes) {
    for (const name of node.reads) {
      if (!known.has(name)) faults.add(`${place}, node ${node.name}`, "inputs that exist", `unknown tensor ${name}`);
    }
  }
  for (const output of proto.output) {
    const name = output.name ?? "";
    if (!known.has(name)) faults.add(`${place}, graph output ${name}`, "a tensor that exists", "none of that name");
  }
}

function readConstants(
  proto: GraphProto,
  nodes: readonly GraphNode[],
  quantized: Map<string, QuantizedConstant>,
  place: string,
  faults: Faults,
): Pick<Graph, "constants" | "broken"> {
  const constants = new Map<string, TensorProto>();
  const broken = new Set<string>();
  const add = (name: string, tensor: TensorProto, tensorPlace: string): void => {
    // Without a name it is nobody's operand: that name stands for an omitted one.
    if (name !== "") constants.set(name, tensor);
    // External data still outside could not be read, which has been reported.
    if (isExternal(tensor)) {
      broken.add(name);
      return;
    }
    try {
      checkTensorSize(tensor, tensorPlace);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const fault of error.faults) faults.add(fault.place, fault.expected, fault.got);
      broken.add(name);
    }
  };
  for (const tensor of proto.initializer) add(tensor.name ?? "", tensor, `${place}, initialiser ${tensor.name ?? ""}`);
  for (const node of nodes) {
    const output = node.writes[0];
    if (output === undefined) continue;
    if (node.op === "DequantizeLinear" && QUANTIZING_DOMAINS.has(node.domain)) {
      const isDamaged = node.reads.some((name) => broken.has(name));
      const found = isDamaged ? null : dequantizedBy(node.proto, constants);
      const reals = found === null ? null : realsOf(found);
      if (reals !== null) constants.set(output, reals);
      if (found !== null) quantized.set(output, found);
    }
    if (node.domain !== "") continue;
    if (node.op === "Constant") {
      const tensor = constantTensor(node.proto);
      if (tensor !== undefined) add(output, tensor, `${place}, node ${node.name}`);
    } else if (node.op === "Identity") {
      const source = node.reads[0] ?? "";
      const tensor = constants.get(source);
      if (tensor !== undefined) constants.set(output, tensor);
      if (broken.has(source)) broken.add(output);
    }
  }
  return { constants, broken };
}

/** Tensor of a Constant node; undefined for the kinds that no weight can be (integers, strings, sparse). */
function constantTensor(node: NodeProto): TensorProto | undefined {
  for (const attribute of node.attribute) {
    if (attribute.name === "value") return attribute.t;
    if (attribute.name === "value_float") return floatTensor([], [attribute.f ?? 0]);
    if (attribute.name === "value_floats") return floatTensor([BigInt(attribute.floats.length)], attribute.floats);
  }
  return undefined;
}

function floatTensor(dims: bigint[], values: readonly number[]): TensorProto {
  return create(TensorProtoSchema, { dims, dataType: 1, rawData: new Uint8Array(Float32Array.from(values).buffer) });
}
