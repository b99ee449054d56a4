import type { NumericArray } from "../../../model/ir/request.ts";
import { TensorProtoSchema } from "../onnxMessages.ts";
import type { NodeProto, TensorProto } from "../onnxMessages.ts";
import { create } from "../protobuf.ts";
import { product } from "../shape.ts";
import { intAttribute } from "./attributes.ts";
import { DataType, isWhole, toFloatTensor, toNumericArray } from "./tensorData.ts";

/** A constant of integers that the network reads as reals: (integer - zero point) · scale. */
export interface QuantizedConstant {
  /** Name of the integers. */
  readonly tensor: string;
  readonly integers: NumericArray;
  /** One for all, or one for each index of `axis`. */
  readonly scales: Float32Array;
  readonly axis: number;
  /** Of all elements; several where they differ. */
  readonly zeroPoints: readonly number[];
}

type Constants = ReadonlyMap<string, TensorProto>;

/** What a DequantizeLinear node makes of constants; null when one of its inputs is computed, or of a kind not known. */
export function dequantizedBy(node: NodeProto, constants: Constants): QuantizedConstant | null {
  // Scales of blocks have the axes of the tensor.
  if (intAttribute(node, "block_size", 0) !== 0) return null;
  const [tensor = "", scale = "", zeroPoint = ""] = node.input;
  return quantizedConstant(tensor, scale, zeroPoint, intAttribute(node, "axis", 1), constants);
}

/** Integers with their scale and zero point ("" for none); null when one is computed, or they do not fit together. */
export function quantizedConstant(
  tensor: string,
  scale: string,
  zeroPoint: string,
  axis: number,
  constants: Constants,
): QuantizedConstant | null {
  const [proto, scaleProto, zeroProto] = [constants.get(tensor), constants.get(scale), constants.get(zeroPoint)];
  if (proto === undefined || scaleProto === undefined || (zeroPoint !== "" && zeroProto === undefined)) return null;
  // What is wrong with them the graph says.
  if (![proto, scaleProto, zeroProto ?? scaleProto].every(isWhole)) return null;
  const integers = toNumericArray(proto, tensor);
  const scales = toFloatTensor(scaleProto)?.values;
  if (integers === null || /^f/.test(integers.dtype) || scales === undefined) return null;
  const rank = integers.shape.length;
  // A vector has one axis, whatever the default says.
  const along = rank === 1 ? 0 : axis < 0 ? axis + rank : axis;
  if (scales.length !== 1 && scales.length !== integers.shape[along]) return null;
  const zeros = zeroProto === undefined ? null : toNumericArray(zeroProto, zeroPoint);
  const zeroPoints =
    zeros === null ? [0] : [...new Set(Array.from(zeros.values as ArrayLike<number | bigint>, Number))];
  return { tensor, integers, scales, axis: along, zeroPoints };
}

/** The reals as a tensor of the network; null with zero points that differ, which no weights have. */
export function realsOf({ integers, scales, axis, zeroPoints }: QuantizedConstant): TensorProto | null {
  const [zeroPoint] = zeroPoints;
  if (zeroPoint === undefined || zeroPoints.length > 1) return null;
  const { shape } = integers;
  const inner = product(shape.slice(axis + 1));
  const values = new Float32Array(integers.values.length);
  for (let i = 0; i < values.length; i++) {
    const scale = scales.length === 1 ? scales[0]! : scales[Math.floor(i / inner) % scales.length]!;
    values[i] = (Number(integers.values[i]!) - zeroPoint) * scale;
  }
  const rawData = new Uint8Array(values.buffer);
  return create(TensorProtoSchema, { dims: shape.map(BigInt), dataType: DataType.FLOAT, rawData });
}
