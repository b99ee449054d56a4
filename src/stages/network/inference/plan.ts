import type { MatrixLayer } from "../../../model/ir/layer.ts";
import type { Graph, GraphNode } from "../file/graph.ts";
import type { MappedLayer } from "../layers/extract.ts";

/** Digital nodes between matrix layers, run as one model. */
export interface Segment {
  readonly kind: "digital";
  readonly nodes: readonly GraphNode[];
  /** Tensors that earlier steps (or the user) made, and those that later steps need. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface LayerStep {
  readonly kind: "matrix";
  readonly layer: MatrixLayer;
}

export type Step = (Segment | LayerStep) & {
  /** Tensors that nobody reads after this step. */
  readonly lastUses: readonly string[];
};

/**
 * Cuts the graph at its matrix layers: segment 0, layer 0, segment 1, … A digital node belongs behind the last matrix
 * layer that it depends on. What the first graph output does not need is left out.
 */
export function planSteps(graph: Graph, mapped: readonly MappedLayer[]): Step[] {
  const layerOf = new Map<GraphNode, MappedLayer>();
  for (const entry of mapped) for (const node of entry.nodes) layerOf.set(node, entry);
  const live = liveNodes(graph, layerOf);
  const layers = mapped.filter((entry) => live.has(entry.nodes[0]!));
  const position = new Map(layers.map((entry, index) => [entry, index]));
  const stageOf = new Map<string, number>();
  const segments: GraphNode[][] = Array.from({ length: layers.length + 1 }, () => []);
  for (const node of graph.nodes) {
    if (!live.has(node) || isConstantNode(node)) continue;
    const entry = layerOf.get(node);
    const stage =
      entry === undefined
        ? node.reads.reduce((last, name) => Math.max(last, stageOf.get(name) ?? 0), 0)
        : position.get(entry)! + 1;
    if (entry === undefined) segments[stage]!.push(node);
    for (const name of node.writes) stageOf.set(name, stage);
  }
  const given = fixedNames(graph);
  const steps: (Segment | LayerStep)[] = [];
  segments.forEach((nodes, index) => {
    if (nodes.length > 0) steps.push(makeSegment(nodes, graph, layerOf, given));
    const next = layers[index];
    if (next !== undefined) steps.push({ kind: "matrix", layer: next.layer });
  });
  return withLastUses(steps, graph.outputs[0]!);
}

/** Constants stay out of the plan: each segment carries those that it reads. */
export function isConstantNode(node: GraphNode): boolean {
  return node.op === "Constant" && node.domain === "";
}

/** A matrix layer brings its weights along: what makes them of constants is not needed. */
function liveNodes(graph: Graph, layerOf: ReadonlyMap<GraphNode, MappedLayer>): Set<GraphNode> {
  const needed = new Set([graph.outputs[0]!]);
  const live = new Set<GraphNode>();
  for (const node of [...graph.nodes].reverse()) {
    if (!node.writes.some((name) => needed.has(name))) continue;
    live.add(node);
    const entry = layerOf.get(node);
    const reads = entry?.nodes[0] === node ? [entry.layer.inputTensor] : node.reads;
    reads.forEach((name) => needed.add(name));
  }
  return live;
}

function makeSegment(
  nodes: readonly GraphNode[],
  graph: Graph,
  layerOf: ReadonlyMap<GraphNode, MappedLayer>,
  given: ReadonlySet<string>,
): Segment {
  const inside = new Set(nodes);
  const made = new Set(nodes.flatMap((node) => node.writes));
  const inputs = [...new Set(nodes.flatMap((node) => node.reads))].filter(
    (name) => !made.has(name) && !given.has(name),
  );
  const outputs = [...made].filter((name) => {
    if (name === graph.outputs[0]) return true;
    return (graph.consumers.get(name) ?? []).some((node) => !inside.has(node) || layerOf.has(node));
  });
  return { kind: "digital", nodes, inputs, outputs };
}

/** Names that every segment can bring along: initialisers and Constant nodes. */
function fixedNames(graph: Graph): Set<string> {
  const names = new Set(graph.proto.initializer.map((tensor) => tensor.name ?? ""));
  for (const tensor of graph.proto.sparseInitializer) names.add(tensor.values?.name ?? "");
  for (const node of graph.nodes) if (isConstantNode(node)) node.writes.forEach((name) => names.add(name));
  return names;
}

function withLastUses(steps: readonly (Segment | LayerStep)[], output: string): Step[] {
  const later = new Set([output]);
  return [...steps]
    .reverse()
    .map((step) => {
      const reads = step.kind === "matrix" ? [step.layer.inputTensor] : step.inputs;
      const lastUses = reads.filter((name) => !later.has(name));
      reads.forEach((name) => later.add(name));
      return { ...step, lastUses };
    })
    .reverse();
}
