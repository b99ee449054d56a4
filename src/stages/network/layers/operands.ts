import { inputError } from "../../../model/base/errors.ts";
import type { FloatTensor, IntegerWeights, WeightSource } from "../../../model/ir/layer.ts";
import type { Graph, GraphNode } from "../file/graph.ts";
import { elementTypeName, toFloatTensor } from "../file/tensorData.ts";

/** Integers that fit 16 bits with a sign, whatever their values. */
const SMALL_INTEGERS: ReadonlySet<string> = new Set(["i1", "u1", "i2"]);

/** A node that no crossbar can take over; it stays digital, and the reason is reported. */
export class Unmappable extends Error {}

/** Reads the constant operands of matrix nodes. */
export class Operands {
  private readonly graph: Graph;
  private readonly place: string;

  constructor(graph: Graph, place: string) {
    this.graph = graph;
    this.place = place;
  }

  /** Where a node's fault lies, for messages. */
  placeOf(node: GraphNode): string {
    return `${this.place}, node ${node.name}`;
  }

  /** Integers with zero points of their own included, which are constant, but no weights. */
  isConstant(tensor: string): boolean {
    return this.graph.constants.has(tensor) || this.graph.quantized.has(tensor);
  }

  /**
   * Operand 1 of the node as weights; integers of a quantised network beside the reals, with one scale or one an index of
   * `columnAxis`. @throws Unmappable for other scales and zero points; see `constant`.
   */
  weights(
    node: GraphNode,
    columnAxis: (shape: readonly number[]) => number,
  ): FloatTensor & { integers?: IntegerWeights } {
    const name = node.proto.input[1] ?? "";
    const quantized = this.graph.quantized.get(name);
    if (quantized === undefined) return this.constant(node, 1, "weights");
    const { integers, scales, axis, zeroPoints, tensor } = quantized;
    const zeroPoint = zeroPoints.find((point) => point !== 0);
    if (zeroPoint !== undefined) throw new Unmappable(`weights ${tensor} with zero point ${zeroPoint}`);
    if (!SMALL_INTEGERS.has(integers.dtype)) throw new Unmappable(`weights ${tensor} of type ${integers.dtype}`);
    if (scales.length > 1 && axis !== columnAxis(integers.shape)) {
      throw new Unmappable(`weights ${tensor} with a scale for each index of axis ${axis}, not for each column`);
    }
    const values = Int16Array.from(integers.values as ArrayLike<number>);
    return { ...this.constant(node, 1, "weights"), integers: { values, scales } };
  }

  /** Step of the node's input where it is whole multiples of one: what a DequantizeLinear with one scale makes. */
  inputScale(node: GraphNode): number | undefined {
    const producer = this.graph.producers.get(node.proto.input[0] ?? "");
    if (producer?.op !== "DequantizeLinear") return undefined;
    const scale = this.graph.constants.get(producer.proto.input[1] ?? "");
    const values = scale === undefined ? undefined : toFloatTensor(scale)?.values;
    return values?.length === 1 && values[0]! > 0 ? values[0] : undefined;
  }

  /**
   * Constant floating-point operand `index` of the node.
   * @throws Unmappable when it is computed or not floating point; InputError when it holds NaN or infinity.
   */
  constant(node: GraphNode, index: number, what: string): FloatTensor {
    const name = node.proto.input[index] ?? "";
    const tensor = this.graph.constants.get(name);
    if (tensor === undefined) throw new Unmappable(`${what} ${name} computed, not constant`);
    if (this.graph.broken.has(name)) throw new Unmappable(`${what} ${name} damaged`);
    const floats = toFloatTensor(tensor);
    if (floats === null) throw new Unmappable(`${what} ${name} of type ${elementTypeName(tensor.dataType)}`);
    checkFinite(floats.values, `${this.placeOf(node)}, ${what} ${name}`);
    return floats;
  }

  /** Like `constant`; null when the operand is omitted. */
  optionalConstant(node: GraphNode, index: number, what: string): FloatTensor | null {
    return (node.proto.input[index] ?? "") === "" ? null : this.constant(node, index, what);
  }

  /** Where the weights and the bias of the node stand. */
  source(node: GraphNode, shape: readonly number[], order: WeightSource["order"]): WeightSource {
    const [, weights = "", bias = ""] = node.proto.input;
    const tensor = this.graph.quantized.get(weights)?.tensor ?? weights;
    return { tensor, bias: bias === "" ? null : bias, shape, order };
  }

  /** Name of the operand that feeds the crossbars. @throws Unmappable when it is constant. */
  dataInput(node: GraphNode): string {
    const name = node.proto.input[0] ?? "";
    if (name === "") throw inputError(this.placeOf(node), "a data input", "none");
    if (node.writes.length === 0) throw inputError(this.placeOf(node), "an output", "none");
    if (this.isConstant(name)) throw new Unmappable(`input ${name} constant`);
    return name;
  }
}

/** `inputScale` of a layer, absent where there is none. */
export function inputScaleOf(node: GraphNode, operands: Operands): { readonly inputScale?: number } {
  const inputScale = operands.inputScale(node);
  return inputScale === undefined ? {} : { inputScale };
}

/** @throws InputError naming the first value that is no number. */
export function checkFinite(values: Float32Array, place: string): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw inputError(place, "finite weights", `${values[bad]} at index ${bad}`);
}

/** [row][col] of [col][row]; square tiles keep both sides of the copy in cache. */
export function transposeInto<A extends Float32Array | Int16Array>(
  target: A,
  source: A,
  rowCount: number,
  colCount: number,
  offset: number,
): void {
  const tile = 32;
  for (let row0 = 0; row0 < rowCount; row0 += tile) {
    const rowEnd = Math.min(rowCount, row0 + tile);
    for (let col0 = 0; col0 < colCount; col0 += tile) {
      const colEnd = Math.min(colCount, col0 + tile);
      for (let row = row0; row < rowEnd; row++) {
        for (let col = col0; col < colEnd; col++) {
          target[offset + row * colCount + col] = source[offset + col * rowCount + row]!;
        }
      }
    }
  }
}
