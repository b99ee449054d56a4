import { parse } from "npyjs";

import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { product } from "../shape.ts";

type Dtype = NumericArray["dtype"];

const READABLE = new Set(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]);

/** Bounds what a small archive may inflate to: twice 2 GiB at worst, while its pieces are joined. */
export const MOST_ELEMENTS = 2 ** 28;

/** What the header of an npy file declares. */
export interface NpyHeader {
  readonly code: string;
  readonly itemBytes: number;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataOffset: number;
  /** Header and data together. */
  readonly fileBytes: number;
}

export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === "NUMPY";
}

/**
 * Header of an npy file; null when `bytes` ends inside it.
 * @throws InputError for a malformed header or a dtype that is not a little-endian integer or float.
 */
export function readNpyHeader(bytes: Uint8Array, place: string): NpyHeader | null {
  if (bytes.length < 12) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw inputError(place, "npy format version 1, 2 or 3", String(major));
  const textOffset = major === 1 ? 10 : 12;
  const dataOffset = textOffset + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < dataOffset) return null;
  const text = new TextDecoder("latin1").decode(bytes.subarray(textOffset, dataOffset));
  const descr = /'descr'\s*:\s*('[^']*'|[^,}]*)/.exec(text)?.[1]?.trim();
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^()]*)\)/.exec(text)?.[1];
  const isOnce = ["descr", "fortran_order", "shape"].every((key) => text.split(`'${key}'`).length === 2);
  if (!isOnce || descr === undefined || order === undefined || shape === undefined) {
    throw inputError(
      place,
      "an npy header with descr, fortran_order and shape",
      JSON.stringify(text.trim().slice(0, 80)),
    );
  }
  const code = readDescr(descr, place);
  const sizes = readShape(shape, place);
  const itemBytes = Number(code.slice(1));
  const fileBytes = dataOffset + product(sizes) * itemBytes;
  return { code, itemBytes, fortranOrder: order === "True", shape: sizes, dataOffset, fileBytes };
}

function readDescr(descr: string, place: string): string {
  const [, byteOrder, code] = /^'([<>|]?)(.*)'$/.exec(descr) ?? [];
  if (code === undefined || !READABLE.has(code)) {
    throw inputError(place, "dtype of integers or floats (i1 … i8, u1 … u8, f2, f4, f8)", descr);
  }
  if (byteOrder === ">") throw inputError(place, "little-endian data", `big-endian ${descr}`);
  return code;
}

function readShape(text: string, place: string): number[] {
  // Python 2 wrote long integers with a trailing L.
  const parts = text
    .split(",")
    .map((part) => part.trim().replace(/L$/, ""))
    .filter((part) => part !== "");
  const sizes = parts.map(Number);
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw inputError(place, "a shape of non-negative integers", `(${text.slice(0, 80)})`);
  // Sizes whose product is infinite have none (NaN) when another one is 0.
  if (!(product(sizes) <= MOST_ELEMENTS))
    throw inputError(place, `at most ${MOST_ELEMENTS} elements`, `shape (${text.slice(0, 80)})`);
  return sizes;
}

/**
 * npy bytes → array in row-major order; f2 becomes f4, column-major data is transposed.
 * @throws InputError when the header is malformed or the data is shorter or longer than its shape.
 */
export function decodeNpy(bytes: Uint8Array, place: string): NumericArray {
  const header = readNpyHeader(bytes, place);
  if (header === null) throw inputError(place, "a whole npy header", `${bytes.length} bytes in all`);
  if (bytes.length !== header.fileBytes) {
    const declared = header.fileBytes - header.dataOffset;
    const expected = `${declared} bytes of data for shape [${header.shape.join(",")}] of ${header.code}`;
    throw inputError(place, expected, String(bytes.length - header.dataOffset));
  }
  const data = parse(npyBuffer(bytes, header)).data as NumericArray["values"];
  const dtype = (header.code === "f2" ? "f4" : header.code) as Dtype;
  const values = header.fortranOrder ? rowMajor(data, header.shape) : data;
  return { place, dtype, shape: header.shape, values };
}

/** The reader views its buffer in place, so the data must start at a multiple of its item size. */
function npyBuffer(bytes: Uint8Array, header: NpyHeader): ArrayBuffer {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  if (whole && bytes.buffer instanceof ArrayBuffer && header.dataOffset % header.itemBytes === 0) return bytes.buffer;
  const text = `{'descr': '<${header.code}', 'fortran_order': False, 'shape': (${header.shape.join(",")},), }`;
  const dataOffset = Math.ceil((10 + text.length + 1) / 64) * 64;
  const buffer = new ArrayBuffer(dataOffset + bytes.length - header.dataOffset);
  const copy = new Uint8Array(buffer);
  copy.set(bytes.subarray(0, 6));
  copy[6] = 1;
  new DataView(buffer).setUint16(8, dataOffset - 10, true);
  copy.set(new TextEncoder().encode(text.padEnd(dataOffset - 11) + "\n"), 10);
  copy.set(bytes.subarray(header.dataOffset), dataOffset);
  return buffer;
}

function rowMajor(data: NumericArray["values"], shape: readonly number[]): NumericArray["values"] {
  const values = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => product(shape.slice(0, axis)));
  for (let to = 0, from = 0; to < data.length; to++) {
    values[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}
