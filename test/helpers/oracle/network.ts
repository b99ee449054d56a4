import type { NodeProto, TensorProto } from "../onnx_pb.ts";
import { float, model, node, tensor } from "../onnx.ts";
import type { AttributeValue } from "../onnx.ts";
import { add, concat, mapValues, pool, scaleChannels } from "./floats.ts";
import type { Looks, Real } from "./floats.ts";
import { halfEven } from "./cells.ts";
import { forward } from "./layers.ts";
import type { OracleLayer } from "./layers.ts";

/** A network with its inputs: the ONNX file of the engine and the layers of the oracle, made side by side. */
export interface OracleNetwork {
  readonly bytes: Uint8Array;
  readonly layers: readonly OracleLayer[];
  /** By tensor: its values for the inputs, and for the calibration (the same ones where there are no others). */
  readonly values: ReadonlyMap<string, Values>;
  /** What it is made of, for coverage. */
  readonly kinds: ReadonlySet<string>;
}

export interface Values {
  readonly run: Real;
  readonly calibration: Real;
}

/** Makes a network node by node, and what a float32 runtime makes of every tensor, by plain loops. */
export class NetworkBuilder {
  readonly kinds = new Set<string>();
  readonly values = new Map<string, Values>();
  readonly layers: OracleLayer[] = [];
  private readonly nodes: NodeProto[] = [];
  private readonly constants: TensorProto[] = [];

  /** `foldsBatchNorm`: batch normalisation goes into the weights of the layer before it. */
  constructor(
    inputs: Values,
    private readonly foldsBatchNorm: boolean,
  ) {
    this.values.set("x", inputs);
  }

  of(name: string): Values {
    return this.values.get(name)!;
  }

  /** A layer whose output is known exactly, and may feed others. @throws Inexact, and nothing is added. */
  layer(layer: OracleLayer, attributes: Record<string, AttributeValue>, constants: readonly TensorProto[]): string {
    const { run, calibration } = this.of(layer.input);
    const made = forward(layer, run);
    const values = { run: made, calibration: calibration === run ? made : forward(layer, calibration) };
    this.lastLayer(layer, attributes, constants);
    this.values.set(layer.name, values);
    return layer.name;
  }

  /** A layer that feeds no other, of any real weights: its own output is never asked for. */
  lastLayer(layer: OracleLayer, attributes: Record<string, AttributeValue>, constants: readonly TensorProto[]): void {
    const { name, op, input } = layer;
    this.layers.push(layer);
    this.constants.push(...constants);
    this.nodes.push(node(op, [input, ...constants.map((constant) => constant.name!)], [name], attributes, name));
    this.kinds.add(op);
  }

  /** (x - mean) / sqrt(variance) · scale + shift, variance a power of four. @throws Inexact */
  batchNorm(input: string, parameters: Record<"scale" | "shift" | "mean" | "variance", readonly number[]>): string {
    const { scale, shift, mean, variance } = parameters;
    const factors = scale.map((value, channel) => value / Math.sqrt(variance[channel]!));
    const shifts = shift.map((value, channel) => value - mean[channel]! * factors[channel]!);
    const op = "BatchNormalization";
    const names = (["scale", "shift", "mean", "variance"] as const).map((key) =>
      this.constant(`${input}.${key}`, parameters[key]),
    );
    const output = this.digital(op, [input, ...names], { epsilon: float(0) }, (tensor) =>
      scaleChannels(tensor, factors, shifts),
    );
    const place = this.layers.findIndex(({ name }) => name === input);
    const layer = this.layers[place];
    if (this.foldsBatchNorm && layer !== undefined && layer.op !== "MatMul") {
      const N = layer.matrices[0]![0]!.length;
      const matrices = layer.matrices.map((matrix, group) =>
        matrix.map((row) => row.map((w, col) => w * factors[group * N + col]!)),
      );
      this.layers[place] = { ...layer, matrices };
    }
    return output;
  }

  relu(input: string): string {
    return this.digital("Relu", [input], {}, (tensor) => mapValues(tensor, (value) => Math.max(0, value)));
  }

  leakyRelu(input: string, alpha: number): string {
    return this.digital("LeakyRelu", [input], { alpha: float(alpha) }, (tensor) =>
      mapValues(tensor, (value) => (value < 0 ? value * alpha : value)),
    );
  }

  abs(input: string): string {
    return this.digital("Abs", [input], {}, (tensor) => mapValues(tensor, Math.abs));
  }

  clip(input: string, low: number, high: number): string {
    const bounds = [this.scalar(`${input}.low`, low), this.scalar(`${input}.high`, high)];
    return this.digital("Clip", [input, ...bounds], {}, (tensor) =>
      mapValues(tensor, (value) => Math.min(high, Math.max(low, value))),
    );
  }

  /** Rounds to whole multiples of 1 / factor, in units of 1: fewer significant bits. */
  coarsen(input: string, factor: number): string {
    const scaled = this.digital("Mul", [input, this.scalar(`${input}.factor`, factor)], {}, (tensor) =>
      mapValues(tensor, (value) => value * factor),
    );
    return this.digital("Round", [scaled], {}, (tensor) => mapValues(tensor, halfEven));
  }

  pool(input: string, kind: "max" | "mean", looks: Looks): string {
    const flat = this.of(input).run.shape.length === 3;
    const op = kind === "max" ? "MaxPool" : "AveragePool";
    const own: Record<string, AttributeValue> =
      kind === "max" ? { dilations: perAxis(looks.dilations, flat) } : { count_include_pad: 1 };
    const attributes = { kernel_shape: perAxis(looks.kernel, flat), ...strideAndPads(looks, flat), ...own };
    return this.digital(op, [input], attributes, (tensor) => pool(tensor, kind, looks));
  }

  globalPool(input: string, kind: "max" | "mean"): string {
    const { shape } = this.of(input).run;
    const kernel: [number, number] = shape.length === 3 ? [1, shape[2]!] : [shape[2]!, shape[3]!];
    const looks: Looks = { kernel, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
    return this.digital(kind === "max" ? "GlobalMaxPool" : "GlobalAveragePool", [input], {}, (tensor) =>
      pool(tensor, kind, looks),
    );
  }

  flatten(input: string): string {
    return this.digital("Flatten", [input], {}, ({ shape, values }) => ({
      shape: [shape[0]!, values.length / shape[0]!],
      values,
    }));
  }

  add(a: string, b: string): string {
    return this.digital("Add", [a, b], {}, add);
  }

  concat(a: string, b: string): string {
    return this.digital("Concat", [a, b], { axis: 1 }, concat);
  }

  finish(output: string): OracleNetwork {
    const [, ...sampleShape] = this.of("x").run.shape;
    const bytes = model({
      inputs: { x: ["n", ...sampleShape] },
      outputs: [output],
      nodes: this.nodes,
      initializers: this.constants,
    });
    return { bytes, layers: this.layers, values: this.values, kinds: this.kinds };
  }

  /** An operator of the digital side. */
  private digital(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue>,
    make: (...tensors: Real[]) => Real,
  ): string {
    const name = `t${this.nodes.length}`;
    const operands = inputs.flatMap((input) => this.values.get(input) ?? []);
    const run = make(...operands.map((operand) => operand.run));
    const same = operands.every((operand) => operand.calibration === operand.run);
    const calibration = same ? run : make(...operands.map((operand) => operand.calibration));
    this.nodes.push(node(op, inputs, [name], attributes, name));
    this.values.set(name, { run, calibration });
    this.kinds.add(op);
    return name;
  }

  private constant(name: string, values: readonly number[]): string {
    this.constants.push(tensor(name, [values.length], values));
    return name;
  }

  private scalar(name: string, value: number): string {
    this.constants.push(tensor(name, [], [value]));
    return name;
  }
}

/** Attributes of a kernel's walk as ONNX has them; one-dimensional ones have one axis. */
export function strideAndPads({ strides, pads }: Looks, flat: boolean): Record<string, AttributeValue> {
  return { strides: perAxis(strides, flat), pads: flat ? [pads[1], pads[3]] : [...pads] };
}

export const perAxis = (values: readonly [number, number], flat: boolean): number[] =>
  flat ? [values[1]] : [...values];
