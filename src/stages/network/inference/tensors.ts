import type { Tensor } from "onnxruntime-web";

import { inputError } from "../../../model/base/errors.ts";
import type { FloatTensor } from "../../../model/ir/layer.ts";
import { floatToHalf, halfToFloat } from "../file/half.ts";
import { DataType, elementTypeName } from "../file/tensorData.ts";
import { product, showShape } from "../shape.ts";

/** ONNX Runtime's name of an element type ↔ its number in the file format. */
const NUMBERS: Readonly<Partial<Record<Tensor.Type, number>>> = {
  ...{ float32: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8, bool: 9 },
  ...{ float16: 10, float64: 11, uint32: 12, uint64: 13, uint4: 21, int4: 22 },
};

export function elementTypeNumber(type: Tensor.Type): number {
  return NUMBERS[type] ?? 0;
}

/** @throws InputError when the tensor is not floating point. */
export function toFloats(tensor: Tensor, place: string): FloatTensor {
  const shape = tensor.dims;
  const data = tensor.data;
  if (data instanceof Float32Array) return { shape, values: data };
  if (data instanceof Float64Array) return { shape, values: Float32Array.from(data) };
  if (tensor.type === "float16") {
    // Newer engines hand out real 16-bit floats, older ones their bits.
    const convert = data instanceof Uint16Array ? halfToFloat : Number;
    return { shape, values: Float32Array.from(data as Uint16Array, convert) };
  }
  throw inputError(place, "a floating-point tensor", tensor.type);
}

type TensorData = Float32Array | Float64Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

interface FedType {
  readonly type: Tensor.Type;
  convert(values: Float32Array): TensorData;
}

const FED_TYPES: Readonly<Record<number, FedType>> = {
  [DataType.FLOAT]: { type: "float32", convert: (values) => values },
  [DataType.FLOAT16]: { type: "float16", convert: (values) => Uint16Array.from(values, floatToHalf) },
  [DataType.DOUBLE]: { type: "float64", convert: (values) => Float64Array.from(values) },
  [DataType.UINT8]: { type: "uint8", convert: (values) => Uint8Array.from(values) },
  [DataType.INT8]: { type: "int8", convert: (values) => Int8Array.from(values) },
  [DataType.INT32]: { type: "int32", convert: (values) => Int32Array.from(values) },
  [DataType.INT64]: {
    type: "int64",
    convert: (values) => BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
  },
};

/**
 * Floats as a tensor of the element type that the network declares.
 * @throws InputError when that type cannot be fed, or cannot hold the values exactly (integer types).
 */
export function fromFloats(
  constructor: typeof Tensor,
  floats: FloatTensor,
  elementType: number,
  place: string,
): Tensor {
  const fed = FED_TYPES[elementType];
  if (fed === undefined)
    throw inputError(place, "a float, float16, double or integer tensor", elementTypeName(elementType));
  const data = fed.convert(floats.values);
  const inexact = isInteger(data) ? data.findIndex((value, index) => Number(value) !== floats.values[index]) : -1;
  if (inexact >= 0) throw inputError(place, `values that ${fed.type} holds`, String(floats.values[inexact]));
  return new constructor(fed.type, data as Float32Array, [...floats.shape]);
}

function isInteger(data: TensorData): data is Uint8Array | Int8Array | Int32Array {
  return (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Int32Array ||
    data instanceof BigInt64Array
  );
}

/** What a network may ask for beside the samples that there are. */
const MAX_BATCH_VALUES = 2 ** 28;

/** Samples first … first + count - 1; behind the last sample of the batch, zeros. @throws InputError when those are too many. */
export function sliceBatch(batch: FloatTensor, first: number, count: number): FloatTensor {
  const perSample = batch.values.length / batch.shape[0]!;
  const shape = [count, ...batch.shape.slice(1)];
  const values = batch.values.subarray(first * perSample, (first + count) * perSample);
  if (values.length === count * perSample) return { shape, values };
  if (count * perSample > MAX_BATCH_VALUES)
    throw inputError("inputs", `a fixed batch of at most ${MAX_BATCH_VALUES} values`, showShape(shape));
  const padded = new Float32Array(count * perSample);
  padded.set(values);
  return { shape, values: padded };
}

/**
 * Puts slices of `perSlice` samples back together along axis 0 and drops what belongs to no sample.
 * @throws InputError when their other axes differ, or axis 0 does not hold whole samples.
 */
export function joinBatches(
  slices: readonly FloatTensor[],
  perSlice: number,
  sampleCount: number,
  place: string,
): FloatTensor {
  const { shape } = slices[0]!;
  const [rowCount = 1, ...rest] = shape;
  const odd = slices.find((slice) => showShape(slice.shape) !== showShape(shape));
  if (odd !== undefined) throw inputError(place, `slices of shape ${showShape(shape)}`, showShape(odd.shape));
  if (slices.length * perSlice === sampleCount && slices.length === 1) return slices[0]!;
  if (shape.length === 0 || rowCount % perSlice !== 0) {
    throw inputError(place, `an axis 0 that holds the ${perSlice} samples of a batch`, showShape(shape));
  }
  const joinedRows = (rowCount / perSlice) * sampleCount;
  const perRow = product(rest);
  const values = new Float32Array(joinedRows * perRow);
  slices.forEach((slice, index) => {
    const start = index * rowCount * perRow;
    values.set(slice.values.subarray(0, values.length - start), start);
  });
  return { shape: [joinedRows, ...rest], values };
}
