/** Files for the program to read, byte by byte. */

export type NpyType = "i1" | "i2" | "i4" | "i8" | "u1" | "f4";

const ELEMENT_BYTES: Readonly<Record<NpyType, number>> = { i1: 1, i2: 2, i4: 4, i8: 8, u1: 1, f4: 4 };

/** NumPy's .npy, version 1.0; `shape` may lie about `values`. */
export function npy(type: NpyType, shape: readonly number[], values: readonly number[]): Uint8Array {
  const bytes = ELEMENT_BYTES[type];
  const order = bytes === 1 ? "|" : "<";
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const header = `${dict.padEnd(64 * Math.ceil((dict.length + 11) / 64) - 11)}\n`;
  const preamble = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8];
  const data = new DataView(new ArrayBuffer(values.length * bytes));
  values.forEach((value, index) => {
    if (type === "f4") data.setFloat32(index * 4, value, true);
    else if (type === "i8") data.setBigInt64(index * 8, BigInt(value), true);
    else if (type === "i4") data.setInt32(index * 4, value, true);
    else if (type === "i2") data.setInt16(index * 2, value, true);
    else data.setUint8(index, value & 255);
  });
  return new Uint8Array([...preamble, ...Buffer.from(header), ...new Uint8Array(data.buffer)]);
}

/** IDX of bytes, as MNIST has them. */
export function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((size) => [(size >>> 24) & 255, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return new Uint8Array([0, 0, 8, shape.length, ...sizes, ...values]);
}

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface OnnxTensor {
  readonly name: string;
  /** May lie about `values`. */
  readonly shape: readonly number[];
  /** Numbers, or where they lie in a file beside the model. */
  readonly values: readonly number[] | { readonly location: string; readonly offset: number; readonly bytes: number };
}

/** An ONNX model from `x` [N, columns] to the last node's output, opset 13, float32. */
export function onnx(columns: number, nodes: readonly OnnxNode[], tensors: readonly OnnxTensor[]): Uint8Array {
  const output = nodes.at(-1)?.output ?? "x";
  const dims = [message(1, text(2, "N")), message(1, varint(1, columns))];
  const graph = [
    ...nodes.map((node) =>
      message(1, [
        ...node.inputs.flatMap((name) => text(1, name)),
        ...text(2, node.output),
        ...text(3, node.name),
        ...text(4, node.op),
      ]),
    ),
    text(2, "tiny"),
    ...tensors.map(({ name, shape, values }) =>
      message(5, [...shape.flatMap((size) => varint(1, size)), ...varint(2, 1), ...text(8, name), ...dataOf(values)]),
    ),
    message(11, [...text(1, "x"), ...message(2, message(1, [...varint(1, 1), ...message(2, dims.flat())]))]),
    message(12, [...text(1, output), ...message(2, message(1, varint(1, 1)))]),
  ].flat();
  return new Uint8Array([...varint(1, 7), ...message(7, graph), ...message(8, [...text(1, ""), ...varint(2, 13)])]);
}

function dataOf(values: OnnxTensor["values"]): number[] {
  if (!("location" in values)) return field(9, [...new Uint8Array(Float32Array.from(values).buffer)]);
  const { location, offset, bytes } = values;
  const entries = Object.entries({ location, offset, length: bytes });
  return [
    ...entries.flatMap(([key, value]) => message(13, [...text(1, key), ...text(2, String(value))])),
    ...varint(14, 1),
  ];
}

function varint(number: number, value: number): number[] {
  return [...base128(number << 3), ...base128(value)];
}

function field(number: number, bytes: readonly number[]): number[] {
  return [...base128((number << 3) | 2), ...base128(bytes.length), ...bytes];
}

const message = field;

function text(number: number, value: string): number[] {
  return field(number, [...Buffer.from(value)]);
}

function base128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...base128(Math.floor(value / 128))];
}
