import { unzipSync } from "fflate";

/** What a decoder written for this check alone makes of a file: shape, and values as numbers. */
export interface Decoded {
  readonly shape: readonly number[];
  readonly values: readonly (number | bigint)[];
}

type Read = (view: DataView, at: number) => number | bigint;

const READERS: Readonly<Record<string, readonly [itemBytes: number, read: Read]>> = {
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i8: [8, (view, at) => view.getBigInt64(at, true)],
  u8: [8, (view, at) => view.getBigUint64(at, true)],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
};
const OF_SAFETENSORS: Readonly<Record<string, string>> = {
  ...{
    BOOL: "u1",
    U8: "u1",
    I8: "i1",
    U16: "u2",
    I16: "i2",
    U32: "u4",
    I32: "i4",
    U64: "u8",
    I64: "i8",
    F32: "f4",
    F64: "f8",
  },
};

/** null where there is nothing to compare with: half floats, column-major data, IDX. */
export function decodedElsewhere(bytes: Uint8Array, member: string | undefined, dtype: string): Decoded | null {
  const start = String.fromCharCode(...bytes.subarray(0, 14));
  if (start.startsWith("PK")) return ofNpz(bytes, member);
  if (start.startsWith("\x93NUMPY")) return ofNpy(bytes);
  if (start === "%%MatrixMarket") return ofMarket(new TextDecoder("latin1").decode(bytes));
  if (bytes[0] === 0 && bytes[1] === 0 && bytes[3]! > 0 && bytes[8] !== 0x7b) return ofIdx(bytes, dtype);
  return bytes[8] === 0x7b ? ofSafetensors(bytes, member) : null;
}

/** By the directory at the end, where the door reads the members in their order. */
function ofNpz(bytes: Uint8Array, member: string | undefined): Decoded | null {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch {
    return null;
  }
  const arrays = Object.keys(files).filter((name) => name.endsWith(".npy"));
  const name = member === undefined ? arrays[0]! : `${member.replace(/\.npy$/, "")}.npy`;
  return files[name] === undefined ? null : ofNpy(files[name]);
}

function ofNpy(bytes: Uint8Array): Decoded | null {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
  const type = /'descr'\s*:\s*'[<|]?(\w\d)'/.exec(text)?.[1] ?? "";
  if (!/'fortran_order'\s*:\s*False/.test(text) || READERS[type] === undefined) return null;
  const shape = (/'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1] ?? "").split(",").filter((size) => size.trim() !== "");
  const sizes = shape.map((size) => Number(size.trim().replace(/L$/, "")));
  return read(bytes.subarray(bytes.length - dataBytes(sizes, type)), sizes, type);
}

function ofSafetensors(bytes: Uint8Array, member: string | undefined): Decoded | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dataStart = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, dataStart))) as Record<string, never>;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  const entry = (member === undefined ? entries[0] : entries.find(([name]) => name === member))![1] as {
    dtype: string;
    shape: number[];
    data_offsets: [number, number];
  };
  const type = OF_SAFETENSORS[entry.dtype];
  return type === undefined ? null : read(bytes.subarray(dataStart + entry.data_offsets[0]), entry.shape, type);
}

/** Row by row, from the list of entries or of columns. */
function ofMarket(text: string): Decoded {
  const [banner = "", ...rest] = text.split("\n");
  const [, , format, , symmetry] = banner.toLowerCase().split(/\s+/);
  const lines = rest.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("%"));
  const numbers = lines.map((line) => line.split(/\s+/).map(Number));
  const [rows, cols] = numbers[0] as [number, number];
  const values = new Array<number>(rows * cols).fill(0);
  const put = (row: number, col: number, value: number): void => {
    values[row * cols + col] = value;
    if (symmetry !== "general" && row !== col) values[col * cols + row] = symmetry === "symmetric" ? value : -value;
  };
  if (format === "coordinate") for (const [row, col, value = 1] of numbers.slice(1)) put(row! - 1, col! - 1, value);
  else {
    let at = 1;
    for (let col = 0; col < cols; col++) {
      const top = symmetry === "general" ? 0 : symmetry === "symmetric" ? col : col + 1;
      for (let row = top; row < rows; row++) put(row, col, numbers[at++]![0]!);
    }
  }
  return { shape: [rows, cols], values };
}

function ofIdx(bytes: Uint8Array, dtype: string): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: bytes[3]! }, (_, axis) => view.getUint32(4 + 4 * axis));
  const [itemBytes] = READERS[dtype]!;
  const data = bytes.slice(4 + 4 * shape.length);
  // Big-endian: the bytes of each element the other way round.
  for (let at = 0; at < data.length; at += itemBytes) data.subarray(at, at + itemBytes).reverse();
  return read(data, shape, dtype);
}

function dataBytes(shape: readonly number[], type: string): number {
  return shape.reduce((total, size) => total * size, READERS[type]![0]);
}

function read(data: Uint8Array, shape: readonly number[], type: string): Decoded {
  const [itemBytes, readAt] = READERS[type]!;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = dataBytes(shape, type) / itemBytes;
  return { shape, values: Array.from({ length: count }, (_, i) => readAt(view, i * itemBytes)) };
}
