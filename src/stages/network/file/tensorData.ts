import { InputError, inputError } from "../../../model/base/errors.ts";
import type { FloatTensor } from "../../../model/ir/layer.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import type { TensorProto } from "../onnxMessages.ts";
import { product, showShape } from "../shape.ts";
import { bfloatToFloat, halfToFloat } from "./half.ts";

/** ONNX TensorProto.DataType: public numbers of the format. */
export const DataType = { FLOAT: 1, UINT8: 2, INT8: 3, INT32: 6, INT64: 7, FLOAT16: 10, DOUBLE: 11 } as const;
const BFLOAT16 = 16;
const STRING = 8;
export const EXTERNAL_LOCATION = 1;

type TypedField = "floatData" | "doubleData" | "int32Data" | "int64Data" | "uint64Data" | "stringData";

interface ElementType {
  readonly name: string;
  readonly bits: number;
  readonly field: TypedField;
}

const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: { name: "float", bits: 32, field: "floatData" },
  2: { name: "uint8", bits: 8, field: "int32Data" },
  3: { name: "int8", bits: 8, field: "int32Data" },
  4: { name: "uint16", bits: 16, field: "int32Data" },
  5: { name: "int16", bits: 16, field: "int32Data" },
  6: { name: "int32", bits: 32, field: "int32Data" },
  7: { name: "int64", bits: 64, field: "int64Data" },
  8: { name: "string", bits: 0, field: "stringData" },
  9: { name: "bool", bits: 8, field: "int32Data" },
  10: { name: "float16", bits: 16, field: "int32Data" },
  11: { name: "double", bits: 64, field: "doubleData" },
  12: { name: "uint32", bits: 32, field: "uint64Data" },
  13: { name: "uint64", bits: 64, field: "uint64Data" },
  16: { name: "bfloat16", bits: 16, field: "int32Data" },
  17: { name: "float8e4m3fn", bits: 8, field: "int32Data" },
  18: { name: "float8e4m3fnuz", bits: 8, field: "int32Data" },
  19: { name: "float8e5m2", bits: 8, field: "int32Data" },
  20: { name: "float8e5m2fnuz", bits: 8, field: "int32Data" },
  21: { name: "uint4", bits: 4, field: "int32Data" },
  22: { name: "int4", bits: 4, field: "int32Data" },
};

export function elementTypeName(dataType: number | undefined): string {
  return ELEMENT_TYPES[dataType ?? 0]?.name ?? `data type ${dataType ?? 0}`;
}

export function tensorShape(tensor: TensorProto): number[] {
  return tensor.dims.map(Number);
}

/** Bytes that the tensor's shape asks for. @throws InputError for a shape or data type that cannot be. */
export function declaredBytes(tensor: TensorProto, place: string): number {
  const shape = tensorShape(tensor);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw inputError(place, "a shape of non-negative integers", showShape(shape));
  }
  const type = ELEMENT_TYPES[tensor.dataType ?? 0];
  if (type === undefined) throw inputError(place, "a supported data type", elementTypeName(tensor.dataType));
  return Math.ceil((product(shape) * type.bits) / 8);
}

/**
 * Holds the data against the shape.
 * @throws InputError naming both sizes when there is more or less data than the shape asks for.
 */
export function checkTensorSize(tensor: TensorProto, place: string): void {
  const byteCount = declaredBytes(tensor, place);
  const shape = tensorShape(tensor);
  const type = ELEMENT_TYPES[tensor.dataType ?? 0]!;
  const ofShape = `for shape ${showShape(shape)} of ${type.name}`;
  const raw = rawBytes(tensor, type);
  if (raw !== undefined) {
    if (raw.length !== byteCount) throw inputError(place, `${byteCount} bytes ${ofShape}`, `${raw.length} bytes`);
    return;
  }
  const valueCount = type.bits >= 8 || type.bits === 0 ? product(shape) : byteCount;
  const found = tensor[type.field]?.length ?? 0;
  if (found !== valueCount) throw inputError(place, `${valueCount} values ${ofShape}`, `${found} values`);
}

/** Whether a tensor is in the file, as much of it as its shape asks for. */
export function isWhole(tensor: TensorProto): boolean {
  if (tensor.dataLocation === EXTERNAL_LOCATION) return false;
  try {
    checkTensorSize(tensor, "");
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

/** Bytes in memory order, from raw_data or from the packed floats that this schema reads as bytes. */
function rawBytes(tensor: TensorProto, type: ElementType): Uint8Array | undefined {
  if (tensor.dataType !== STRING && tensor.rawData !== undefined && tensor.rawData.length > 0) return tensor.rawData;
  if (type.field === "floatData" || type.field === "doubleData") return tensor[type.field] ?? new Uint8Array(0);
  return undefined;
}

/** Floating-point tensor as 32-bit floats; null for other data types, and where data and shape do not fit. */
export function toFloatTensor(tensor: TensorProto): FloatTensor | null {
  if (!isWhole(tensor)) return null;
  const shape = tensorShape(tensor);
  const type = ELEMENT_TYPES[tensor.dataType ?? 0];
  const raw = type === undefined ? undefined : rawBytes(tensor, type);
  // Protobuf fields lie at any address, and slice() of a Node Buffer would not copy: this copy is aligned.
  const buffer = raw === undefined ? undefined : new Uint8Array(raw).buffer;
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return { shape, values: new Float32Array(buffer!) };
    case DataType.DOUBLE:
      return { shape, values: Float32Array.from(new Float64Array(buffer!)) };
    case DataType.FLOAT16:
    case BFLOAT16: {
      const convert = tensor.dataType === BFLOAT16 ? bfloatToFloat : halfToFloat;
      const halves = buffer === undefined ? tensor.int32Data : new Uint16Array(buffer);
      return { shape, values: Float32Array.from(halves, convert) };
    }
    default:
      return null;
  }
}

/** A tensor's data as raw_data would hold it, a view where it lies as bytes already. @throws RangeError for strings. */
export function toRawBytes(tensor: TensorProto): Uint8Array {
  const type = ELEMENT_TYPES[tensor.dataType ?? 0]!;
  const raw = rawBytes(tensor, type);
  if (raw !== undefined) return raw;
  switch (type.field) {
    case "int64Data":
      return new Uint8Array(BigInt64Array.from(tensor.int64Data).buffer);
    case "uint64Data":
      return type.bits === 64
        ? new Uint8Array(BigUint64Array.from(tensor.uint64Data).buffer)
        : new Uint8Array(Uint32Array.from(tensor.uint64Data, Number).buffer);
    case "int32Data": {
      if (type.bits === 32) return new Uint8Array(Int32Array.from(tensor.int32Data).buffer);
      if (type.bits === 16) return new Uint8Array(Uint16Array.from(tensor.int32Data).buffer);
      return Uint8Array.from(tensor.int32Data);
    }
    default:
      throw new RangeError(`${type.name} has no raw data`);
  }
}

/** Integer or float tensor as an array of its own type (float16 and bfloat16 as f4, bool as u1); null as above. */
export function toNumericArray(tensor: TensorProto, place: string): NumericArray | null {
  if (!isWhole(tensor)) return null;
  const shape = tensorShape(tensor);
  const floats = tensor.dataType === DataType.DOUBLE ? null : toFloatTensor(tensor);
  if (floats !== null) return { place, dtype: "f4", ...floats };
  const type = NUMERIC_TYPES[tensor.dataType ?? 0];
  if (type === undefined) return null;
  // A copy is aligned.
  return { place, dtype: type.dtype, shape, values: type.read(new Uint8Array(toRawBytes(tensor)).buffer) };
}

const NUMERIC_TYPES: Readonly<
  Record<number, { dtype: NumericArray["dtype"]; read(data: ArrayBuffer): NumericArray["values"] }>
> = {
  2: { dtype: "u1", read: (data) => new Uint8Array(data) },
  3: { dtype: "i1", read: (data) => new Int8Array(data) },
  4: { dtype: "u2", read: (data) => new Uint16Array(data) },
  5: { dtype: "i2", read: (data) => new Int16Array(data) },
  6: { dtype: "i4", read: (data) => new Int32Array(data) },
  7: { dtype: "i8", read: (data) => new BigInt64Array(data) },
  9: { dtype: "u1", read: (data) => new Uint8Array(data) },
  11: { dtype: "f8", read: (data) => new Float64Array(data) },
  12: { dtype: "u4", read: (data) => new Uint32Array(data) },
  13: { dtype: "u8", read: (data) => new BigUint64Array(data) },
};

/** Bytes of one element. */
export function itemBytesOf(tensor: TensorProto): number {
  return ELEMENT_TYPES[tensor.dataType ?? 0]!.bits / 8;
}
