import type { MatrixLayer } from "../../../model/ir/layer.ts";
import { intAttribute, intsAttribute } from "../file/attributes.ts";
import type { Graph, GraphNode } from "../file/graph.ts";
import { tensorShape, toNumericArray } from "../file/tensorData.ts";
import { product } from "../shape.ts";
import { channelCountOf } from "./channelCount.ts";

/** A constant that must follow when channels change places: channel c is `unit` entries of `axis` from offset + c · unit on. */
export interface AxisUse {
  readonly tensor: string;
  readonly axis: number;
  readonly offset: number;
  readonly unit: number;
}

/** What follows a layer's columns (itself and its readers), or why they must stay in order. */
export type ChannelPath = { readonly uses: readonly AxisUse[] } | { readonly reason: string };

/** Where the columns of a layer are in a tensor. */
interface Location {
  /** Axis 1 of [n, channels, …], or the last axis of [n, …, channels · anything] after flattening. */
  readonly axis: "channel" | "last";
  /** Channels before ours (concatenation), and all of them. */
  readonly offset: number;
  readonly total: number;
}

/** Any other node ends the walk: the columns must stay. */
class Fixed extends Error {}

const ELEMENTWISE = new Set([
  ...["Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh"],
  ...[
    "Softplus",
    "Softsign",
    "Erf",
    "Gelu",
    "Mish",
    "Clip",
    "Identity",
    "Dropout",
    "Cast",
    "Abs",
    "Neg",
    "Exp",
    "Sqrt",
  ],
]);
const POOLING = new Set(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "GlobalLpPool"]);
const BINARY = new Set(["Add", "Sub", "Mul", "Div", "PRelu"]);

/**
 * Follows a layer's columns through the graph to the layers whose rows they are. Nodes that treat channels alike let them
 * pass; constants with a value a channel come along.
 */
export function channelPath(layer: MatrixLayer, layers: readonly MatrixLayer[], graph: Graph): ChannelPath {
  try {
    return { uses: new Walk(layer, layers, graph).run() };
  } catch (error) {
    if (error instanceof Fixed) return { reason: error.message };
    throw error;
  }
}

class Walk {
  private readonly uses: AxisUse[] = [];
  private readonly located = new Map<string, Location>();
  private readonly pending: string[] = [];
  private readonly byNode: ReadonlyMap<string, MatrixLayer>;

  constructor(
    private readonly layer: MatrixLayer,
    layers: readonly MatrixLayer[],
    private readonly graph: Graph,
  ) {
    this.byNode = new Map(layers.map((other) => [other.name, other]));
  }

  run(): AxisUse[] {
    const { source, groupCount, matrixCols, geometry, outputTensor } = this.layer;
    if (source === undefined) throw new Fixed("its weights stand in no file");
    if (this.layer.integers !== undefined) throw new Fixed("its weights are quantised");
    const total = groupCount * matrixCols;
    this.use(source.tensor, source.order === "filters" ? 0 : 1, 0);
    if (source.bias !== null) this.useVector(source.bias, total, "last");
    this.reach(outputTensor, { axis: geometry.kind === "conv" ? "channel" : "last", offset: 0, total });
    for (let name = this.pending.pop(); name !== undefined; name = this.pending.pop()) {
      if (this.graph.outputs.includes(name)) throw new Fixed("its outputs are the network's");
      for (const node of this.graph.consumers.get(name) ?? []) this.pass(node, name, this.located.get(name)!);
    }
    return this.uses;
  }

  private reach(name: string, location: Location): void {
    const known = this.located.get(name);
    if (known === undefined) {
      this.located.set(name, location);
      this.pending.push(name);
    } else if (known.axis !== location.axis || known.offset !== location.offset || known.total !== location.total) {
      throw new Fixed(`its columns reach ${name} in two ways`);
    }
  }

  private pass(node: GraphNode, from: string, at: Location): void {
    const { op, name, domain, proto } = node;
    const isFirst = proto.input[0] === from && proto.input.indexOf(from, 1) < 0;
    if (domain !== "") throw new Fixed(`feeds ${op} node ${name} of domain ${domain}`);
    const single = node.writes.length === 1;
    if (ELEMENTWISE.has(op) && isFirst && single) return this.reach(node.writes[0]!, at);
    if (POOLING.has(op) && isFirst && single && at.axis === "channel") return this.reach(node.writes[0]!, at);
    if (BINARY.has(op)) return this.passBinary(node, from, at);
    if (!isFirst && op !== "Concat") throw new Fixed(`feeds ${op} node ${name}`);
    switch (op) {
      case "BatchNormalization":
        for (const index of [1, 2, 3, 4]) this.useVector(proto.input[index] ?? "", at.total, "last", at.offset);
        if (this.layer.op === "MatMul" || !single) throw new Fixed(`feeds ${op} node ${name}`);
        return this.reach(node.writes[0]!, at);
      case "Pad":
        if (!this.padsNoChannel(node) || at.axis !== "channel") throw new Fixed(`feeds Pad node ${name}`);
        return this.reach(node.writes[0]!, at);
      case "Concat":
        return this.passConcat(node, from, at);
      case "Flatten":
      case "Reshape":
      case "Squeeze":
        if (!this.flattens(node, at)) throw new Fixed(`feeds ${op} node ${name}`);
        return this.reach(node.writes[0]!, { ...at, axis: "last" });
      case "Conv":
      case "Gemm":
      case "MatMul":
        return this.passLayer(node, at);
      default:
        throw new Fixed(`feeds ${op} node ${name}`);
    }
  }

  /** The columns are rows of the next layer; a depthwise convolution keeps its channels apart and hands them on. */
  private passLayer(node: GraphNode, at: Location): void {
    const next = this.byNode.get(node.name);
    const name = `${node.op} node ${node.name}`;
    if (next?.source === undefined) throw new Fixed(`feeds ${name}, which is no matrix layer`);
    const { geometry, groupCount, matrixRows, matrixCols, source, outputTensor } = next;
    if (geometry.kind === "conv") {
      if (at.axis !== "channel") throw new Fixed(`feeds ${name} in another shape`);
      if (groupCount === 1) return this.use(source.tensor, 1, at.offset);
      if (groupCount !== geometry.channelCount || matrixCols !== 1) throw new Fixed(`feeds ${name}, which has groups`);
      this.use(source.tensor, 0, at.offset);
      if (source.bias !== null) this.useVector(source.bias, at.total, "last", at.offset);
      return this.reach(outputTensor, at);
    }
    const unit = matrixRows / at.total;
    if (at.axis !== "last" || !Number.isInteger(unit)) throw new Fixed(`feeds ${name} in another shape`);
    this.use(source.tensor, source.order === "filters" ? 1 : 0, at.offset * unit, unit);
  }

  private passConcat(node: GraphNode, from: string, at: Location): void {
    const axis = intAttribute(node.proto, "axis", 1);
    if (axis !== 1 || at.axis !== "channel") throw new Fixed(`feeds Concat node ${node.name} along another axis`);
    const counts = node.proto.input.map((name) =>
      name === from ? at.total : channelCountOf(name, this.graph, this.byNode),
    );
    if (counts.includes(null)) throw new Fixed(`feeds Concat node ${node.name} beside a tensor of unknown channels`);
    const position = node.proto.input.indexOf(from);
    if (node.proto.input.indexOf(from, position + 1) >= 0) throw new Fixed(`feeds Concat node ${node.name} twice`);
    const before = (counts as number[]).slice(0, position).reduce((a, b) => a + b, 0);
    const total = (counts as number[]).reduce((a, b) => a + b, 0);
    this.reach(node.writes[0]!, { ...at, offset: before + at.offset, total });
  }

  /** With a constant, or with another function of the same columns. */
  private passBinary(node: GraphNode, from: string, at: Location): void {
    const other = node.proto.input[0] === from ? node.proto.input[1]! : node.proto.input[0]!;
    if (this.graph.constants.has(other)) {
      this.useVector(other, at.total, at.axis, at.offset);
      return this.reach(node.writes[0]!, at);
    }
    if (other === from) return this.reach(node.writes[0]!, at);
    // Its turn comes when the walk arrives at the second operand, if it ever does.
    const known = this.located.get(other);
    if (known === undefined && !this.mayReach(other))
      throw new Fixed(`is joined with another branch in node ${node.name}`);
    if (known === undefined) return;
    if (known.axis !== at.axis || known.offset !== at.offset || known.total !== at.total) {
      throw new Fixed(`is joined with another branch in node ${node.name}`);
    }
    this.reach(node.writes[0]!, at);
  }

  /** Does a tensor come from our columns alone, through nodes that let them pass? */
  private mayReach(name: string): boolean {
    if (this.located.has(name)) return true;
    const producer = this.graph.producers.get(name);
    if (producer === undefined || !(ELEMENTWISE.has(producer.op) || BINARY.has(producer.op))) return false;
    const computed = producer.proto.input.filter((input) => input !== "" && !this.graph.constants.has(input));
    return computed.length > 0 && computed.every((input) => this.mayReach(input));
  }

  private use(tensor: string, axis: number, offset: number, unit = 1): void {
    this.uses.push({ tensor, axis, offset, unit });
  }

  /** A constant that is broadcast over the tensor: nothing to do for one value, to be permuted for one a channel. */
  private useVector(tensor: string, total: number, axis: "channel" | "last", offset = 0): void {
    const proto = this.graph.constants.get(tensor);
    if (proto === undefined) throw new Fixed(`is joined with ${tensor}, which is computed`);
    const shape = tensorShape(proto);
    if (product(shape) === 1) return;
    const extents = axis === "last" ? shape : shape.slice(0, -2);
    const spatial = axis === "last" ? [] : shape.slice(-2);
    const isVector = extents.at(-1) === total && product(shape) === total && spatial.every((size) => size === 1);
    if (!isVector) throw new Fixed(`is joined with ${tensor} of another shape`);
    this.use(tensor, extents.length - 1, offset);
  }

  private padsNoChannel(node: GraphNode): boolean {
    const given = this.graph.constants.get(node.proto.input[1] ?? "");
    const pads =
      intsAttribute(node.proto, "pads") ??
      (given === undefined
        ? []
        : Array.from(toNumericArray(given, "pads")!.values as ArrayLike<number | bigint>, Number));
    const hasAxes = (node.proto.input[3] ?? "") !== "";
    return !hasAxes && pads.length >= 6 && pads[1] === 0 && pads[pads.length / 2 + 1] === 0;
  }

  /** Is [n, channels, …] made [n, channels · …]? Of one that is flat already nothing changes. */
  private flattens(node: GraphNode, at: Location): boolean {
    const { op, proto } = node;
    // MatMul may have any number of axes: flattened, its columns would repeat.
    if (at.axis === "last" && this.layer.op === "MatMul") return false;
    if (op === "Flatten") return intAttribute(proto, "axis", 1) === 1;
    const given = this.graph.constants.get(proto.input[1] ?? "");
    const sizes =
      given === undefined
        ? []
        : Array.from(toNumericArray(given, "shape")!.values as ArrayLike<number | bigint>, Number);
    if (op === "Squeeze") {
      const axes = intsAttribute(proto, "axes") ?? sizes;
      return at.axis === "channel" && axes.length > 0 && axes.every((axis) => axis === 2 || axis === 3);
    }
    const [samples, values] = sizes;
    return sizes.length === 2 && [0, -1, 1].includes(samples!) && (values === -1 || values! % at.total === 0);
  }
}
