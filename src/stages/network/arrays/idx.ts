import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { product } from "../shape.ts";

interface IdxType {
  readonly dtype: NumericArray["dtype"];
  readonly itemBytes: number;
  read(view: DataView, itemCount: number): NumericArray["values"];
}

const TYPES: Readonly<Record<number, IdxType>> = {
  0x08: { dtype: "u1", itemBytes: 1, read: (view, count) => fill(new Uint8Array(count), (i) => view.getUint8(i)) },
  0x09: { dtype: "i1", itemBytes: 1, read: (view, count) => fill(new Int8Array(count), (i) => view.getInt8(i)) },
  0x0b: { dtype: "i2", itemBytes: 2, read: (view, count) => fill(new Int16Array(count), (i) => view.getInt16(2 * i)) },
  0x0c: { dtype: "i4", itemBytes: 4, read: (view, count) => fill(new Int32Array(count), (i) => view.getInt32(4 * i)) },
  0x0d: {
    dtype: "f4",
    itemBytes: 4,
    read: (view, count) => fill(new Float32Array(count), (i) => view.getFloat32(4 * i)),
  },
  0x0e: {
    dtype: "f8",
    itemBytes: 8,
    read: (view, count) => fill(new Float64Array(count), (i) => view.getFloat64(8 * i)),
  },
};

function fill<T extends { [index: number]: number; length: number }>(values: T, read: (index: number) => number): T {
  for (let i = 0; i < values.length; i++) values[i] = read(i);
  return values;
}

export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2]! in TYPES && bytes[3]! > 0;
}

/**
 * IDX bytes (MNIST style): 0 0 type dimensions, big-endian sizes, big-endian data.
 * @throws InputError when the file is shorter or longer than its sizes say.
 */
export function decodeIdx(bytes: Uint8Array, place: string): NumericArray {
  const type = TYPES[bytes[2]!]!;
  const headerBytes = 4 + 4 * bytes[3]!;
  if (bytes.length < headerBytes) throw inputError(place, `an IDX header of ${headerBytes} bytes`, `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: bytes[3]! }, (_, axis) => view.getUint32(4 + 4 * axis));
  const dataBytes = product(shape) * type.itemBytes;
  if (bytes.length !== headerBytes + dataBytes) {
    const expected = `${dataBytes} bytes of data for IDX shape [${shape.join(",")}] of ${type.dtype}`;
    throw inputError(place, expected, String(bytes.length - headerBytes));
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset + headerBytes, dataBytes);
  return { place, dtype: type.dtype, shape, values: type.read(data, product(shape)) };
}
