import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";

import { decodeArray, encodeNpz } from "../../../src/stages/network/index.ts";

/** npy bytes from a header as NumPy writes it, and data. */
function npy(descr: string, shape: string, data: ArrayBufferView, fortran = false, alignment = 64): Uint8Array {
  const dictionary = `{'descr': ${descr}, 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`;
  const headerBytes = Math.ceil((10 + dictionary.length + 1) / alignment) * alignment;
  const bytes = new Uint8Array(headerBytes + data.byteLength);
  bytes.set([0x93, ...strToU8("NUMPY"), 1, 0, (headerBytes - 10) & 255, (headerBytes - 10) >> 8]);
  bytes.set(strToU8(dictionary.padEnd(headerBytes - 11) + "\n"), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), headerBytes);
  return bytes;
}

const floats = Float32Array.of(1, -2, 3.5, 4, 5, 6);
const sound = npy("'<f4'", "(2, 3)", floats);

describe("npy", () => {
  test.each([
    ["i1", "'|i1'", Int8Array.of(-1, 2)],
    ["u1", "'|u1'", Uint8Array.of(255, 2)],
    ["i2", "'<i2'", Int16Array.of(-300, 2)],
    ["u2", "'<u2'", Uint16Array.of(65535, 2)],
    ["i4", "'<i4'", Int32Array.of(-70000, 2)],
    ["u4", "'<u4'", Uint32Array.of(4294967295, 2)],
    ["i8", "'<i8'", BigInt64Array.of(-5n, 2n ** 60n)],
    ["u8", "'<u8'", BigUint64Array.of(5n, 2n ** 63n)],
    ["f4", "'<f4'", Float32Array.of(0.5, -2)],
    ["f8", "'<f8'", Float64Array.of(0.1, -2)],
  ])("%s", (dtype, descr, values) => {
    expect(decodeArray(npy(descr, "(2,)", values), "a.npy")).toEqual({ place: "a.npy", dtype, shape: [2], values });
  });

  test("f2 becomes f4", () => {
    const array = decodeArray(npy("'<f2'", "(4,)", Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7bff)), "a.npy");
    expect(array).toMatchObject({ dtype: "f4", values: Float32Array.of(1, -2.5, 2 ** -24, 65504) });
  });

  test("a slice of a larger buffer, and data at an odd address", () => {
    const shifted = new Uint8Array(sound.length + 5);
    shifted.set(sound, 5);
    expect(decodeArray(shifted.subarray(5), "a").values).toEqual(floats);
    const odd = npy("'<f4'", "(2, 3)", floats, false, 7);
    expect((odd.length - 24) % 4).not.toBe(0);
    expect(decodeArray(odd, "a")).toMatchObject({ shape: [2, 3], values: floats });
  });

  test("column-major data is transposed", () => {
    // element [i][j][k] = 100 i + 10 j + k, first index fastest in the file
    const stored: number[] = [];
    const expected: number[] = [];
    for (const k of [0, 1]) for (const j of [0, 1, 2]) for (const i of [0, 1]) stored.push(100 * i + 10 * j + k);
    for (const i of [0, 1]) for (const j of [0, 1, 2]) for (const k of [0, 1]) expected.push(100 * i + 10 * j + k);
    const array = decodeArray(npy("'<i4'", "(2, 3, 2)", Int32Array.from(stored), true), "a");
    expect(array).toMatchObject({ shape: [2, 3, 2], values: Int32Array.from(expected) });
  });

  test("a scalar and an empty array", () => {
    expect(decodeArray(npy("'<f4'", "()", Float32Array.of(7)), "a")).toMatchObject({
      shape: [],
      values: Float32Array.of(7),
    });
    expect(decodeArray(npy("'<f4'", "(0, 3)", new Float32Array(0)), "a").shape).toEqual([0, 3]);
  });

  test.each([
    [
      "shorter than its shape",
      npy("'<f4'", "(3, 3)", floats),
      "a: expected 36 bytes of data for shape [3,3] of f4, got 24",
    ],
    ["longer than its shape", npy("'<f4'", "(5,)", floats), "a: expected 20 bytes of data for shape [5] of f4, got 24"],
    ["big-endian", npy("'>f4'", "(2, 3)", floats), "a: expected little-endian data, got big-endian '>f4'"],
    [
      "bool",
      npy("'|b1'", "(24,)", floats),
      "a: expected dtype of integers or floats (i1 … i8, u1 … u8, f2, f4, f8), got '|b1'",
    ],
    ["complex", npy("'<c8'", "(3,)", floats), "got '<c8'"],
    ["strings", npy("'<U3'", "(2,)", floats), "got '<U3'"],
    ["objects", npy("'|O'", "(2,)", floats), "got '|O'"],
    ["records", npy("[('x', '<f4')]", "(6,)", floats), "got [('x'"],
    ["negative size", npy("'<f4'", "(-6,)", floats), "a: expected a shape of non-negative integers, got (-6,)"],
    [
      "huge size",
      npy("'<f4'", "(1048576, 1048576, 1048576, 1048576)", floats),
      "a: expected at most 268435456 elements",
    ],
    ["no dictionary", npy("", "", floats).fill(0x20, 10, 40), "a: expected an npy header with descr"],
    [
      "version 9",
      Uint8Array.from(sound, (byte, at) => (at === 6 ? 9 : byte)),
      "a: expected npy format version 1, 2 or 3, got 9",
    ],
    ["cut in the header", sound.slice(0, 40), "a: expected a whole npy header, got 40 bytes in all"],
  ])("refuses: %s", (_title, bytes, message) => {
    expect(() => decodeArray(bytes, "a")).toThrow(message);
  });
});

describe("npz", () => {
  const other = npy("'<i8'", "(2,)", BigInt64Array.of(7n, -7n));
  const two = zipSync({ "x.npy": sound, "dir/y.npy": [other, { level: 0 }] });

  test("takes the named member, deflated or stored", () => {
    expect(decodeArray(two, "a.npz", "x")).toMatchObject({ place: "a.npz:x", shape: [2, 3], values: floats });
    expect(decodeArray(two, "a.npz", "x.npy").values).toEqual(floats);
    expect(decodeArray(two, "a.npz", "dir/y").values).toEqual(BigInt64Array.of(7n, -7n));
  });

  test("takes the only member without a name", () => {
    expect(decodeArray(zipSync({ "x.npy": sound, "readme.txt": strToU8("hi") }), "a.npz").values).toEqual(floats);
  });

  test("takes large members", () => {
    const large = Float32Array.from({ length: 60_000 }, (_, i) => Math.sin(i));
    const bytes = zipSync({ "small.npy": sound, "x.npy": npy("'<f4'", "(60000,)", large) });
    expect(decodeArray(bytes, "a.npz", "x").values).toEqual(large);
  });

  test.each([
    ["a missing member", two, "z", "a.npz: expected an array named z, got x, dir/y"],
    [
      "two members and no name",
      two,
      undefined,
      "a.npz: expected the name of one array after a colon (file.npz:name), got arrays x, dir/y",
    ],
    ["no member", zipSync({ "readme.txt": strToU8("hi") }), undefined, "got arrays none"],
    ["a damaged directory", two.slice(0, -30), "x", "a.npz: expected a readable zip archive"],
    [
      "a member that is no npy",
      zipSync({ "x.npy": strToU8("not an array") }),
      "x",
      "a.npz:x: expected an npy array, got something else",
    ],
    [
      "a member that lies",
      zipSync({ "x.npy": npy("'<f4'", "(7,)", floats) }),
      "x",
      "a.npz:x: expected 28 bytes of data",
    ],
  ])("refuses: %s", (_title, bytes, member, message) => {
    expect(() => decodeArray(bytes, "a.npz", member)).toThrow(message);
  });

  test("stops inflating a bomb at what its header declares", () => {
    // 64 MB of zeros behind a header of six floats
    const bomb = new Uint8Array(64 << 20);
    bomb.set(sound);
    const bytes = zipSync({ "x.npy": bomb }, { level: 9 });
    expect(bytes.length).toBeLessThan(100_000);
    expect(() => decodeArray(bytes, "a.npz")).toThrow(
      `a.npz:x: expected at most ${sound.length} bytes of npy data, got more`,
    );
  });

  test("refuses a member for a file that is no archive", () => {
    expect(() => decodeArray(sound, "a.npy", "x")).toThrow(
      "a.npy: expected an npz or safetensors file (array x was asked for), got",
    );
  });

  test("written archives read back, and equal entries give equal bytes", () => {
    const entries = [
      { name: "conv1", shape: [2, 3], values: BigInt64Array.of(1n, -2n, 3n, 2n ** 62n, -(2n ** 62n), 0n) },
      { name: "fire/e1", shape: [1], values: BigInt64Array.of(9n) },
    ];
    const bytes = encodeNpz(entries);
    expect(encodeNpz(entries)).toEqual(bytes);
    for (const { name, shape, values } of entries) {
      expect(decodeArray(bytes, "o.npz", name)).toEqual({ place: `o.npz:${name}`, dtype: "i8", shape, values });
    }
    expect(() => encodeNpz([entries[0]!, entries[0]!])).toThrow("npz entry conv1 occurs twice");
  });
});

describe("IDX", () => {
  const idx = (type: number, shape: readonly number[], data: readonly number[]) =>
    Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255]), ...data]);

  test.each([
    ["u1", 0x08, [1, 255], Uint8Array.of(1, 255)],
    ["i1", 0x09, [1, 255], Int8Array.of(1, -1)],
    ["i2", 0x0b, [1, 0, 255, 254], Int16Array.of(256, -2)],
    ["i4", 0x0c, [0, 1, 0, 0, 255, 255, 255, 255], Int32Array.of(65536, -1)],
    ["f4", 0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    ["f8", 0x0e, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0], Float64Array.of(1, -2.5)],
  ])("%s", (dtype, type, data, values) => {
    expect(decodeArray(idx(type, [2], data), "d.idx")).toEqual({ place: "d.idx", dtype, shape: [2], values });
  });

  test("three dimensions", () => {
    expect(decodeArray(idx(8, [1, 2, 3], [1, 2, 3, 4, 5, 6]), "d").shape).toEqual([1, 2, 3]);
  });

  test.each([
    ["short", idx(8, [2, 2], [1, 2, 3]), "d: expected 4 bytes of data for IDX shape [2,2] of u1, got 3"],
    ["long", idx(11, [2], [1, 2, 3, 4, 5]), "d: expected 4 bytes of data for IDX shape [2] of i2, got 5"],
    ["cut header", Uint8Array.of(0, 0, 8, 3, 0, 0), "d: expected an IDX header of 16 bytes, got 6"],
  ])("refuses: %s", (_title, bytes, message) => {
    expect(() => decodeArray(bytes, "d")).toThrow(message);
  });
});

test.each([
  ["empty", new Uint8Array(0), "f: expected an npy, npz, safetensors, MatrixMarket or IDX file, got an empty file"],
  ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), "got gzip data (unpack it first)"],
  ["unknown", strToU8("hello world"), "got first bytes 68 65 6c 6c 6f 20 77 6f"],
  ["IDX of unknown type", Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0), "got first bytes 00 00 07 01"],
])("other files are refused by their first bytes: %s", (_title, bytes, message) => {
  expect(() => decodeArray(bytes, "f")).toThrow(message);
});
