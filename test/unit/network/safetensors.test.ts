import { describe, expect, test } from "vitest";
import { decodeArray } from "../../../src/stages/network/index.ts";
import { framed, safetensors } from "../../helpers/safetensors.ts";

const two = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) };

describe("safetensors", () => {
  test.each([
    ["BOOL", "u1", Uint8Array.of(0, 1), Uint8Array.of(0, 1)],
    ["U8", "u1", Uint8Array.of(255, 1), Uint8Array.of(255, 1)],
    ["I8", "i1", Int8Array.of(-128, 1), Int8Array.of(-128, 1)],
    ["I16", "i2", Int16Array.of(-300, 1), Int16Array.of(-300, 1)],
    ["U16", "u2", Uint16Array.of(65535, 1), Uint16Array.of(65535, 1)],
    ["I32", "i4", Int32Array.of(-70000, 1), Int32Array.of(-70000, 1)],
    ["I64", "i8", BigInt64Array.of(-(2n ** 60n), 1n), BigInt64Array.of(-(2n ** 60n), 1n)],
    ["F16", "f4", Uint16Array.of(0x3c00, 0xc100), Float32Array.of(1, -2.5)],
    ["BF16", "f4", Uint16Array.of(0x3f80, 0xc020), Float32Array.of(1, -2.5)],
    ["F32", "f4", Float32Array.of(0.1, -2), Float32Array.of(0.1, -2)],
    ["F64", "f8", Float64Array.of(0.1, -2), Float64Array.of(0.1, -2)],
  ])("%s, also at an odd address", (dtype, expected, data, values) => {
    // A header of 8 k + 1 bytes puts the data at an odd address.
    for (const alignment of [8, 1, 3]) {
      const bytes = safetensors({ a: { dtype, shape: [2], data } }, alignment);
      expect(decodeArray(bytes, "f")).toEqual({ place: "f:a", dtype: expected, shape: [2], values });
    }
  });

  test("several tensors by name, in any order of their data", () => {
    const a = { dtype: "F32", shape: [1, 2], data: Float32Array.of(3, 4), offsets: [8, 16] };
    const b = { dtype: "F32", shape: [2], data: Float32Array.of(5, 6), offsets: [0, 8] };
    const bytes = safetensors({ a, b });
    // The helper writes the data of a first: the offsets exchange them.
    expect(decodeArray(bytes, "f", "a")).toMatchObject({ shape: [1, 2], values: Float32Array.of(5, 6) });
    expect(decodeArray(bytes, "f", "b").values).toEqual(Float32Array.of(3, 4));
    expect(() => decodeArray(bytes, "f")).toThrow("f: expected the name of one tensor after a colon");
    expect(() => decodeArray(bytes, "f", "c")).toThrow("f: expected a tensor named c, got a, b");
  });

  const entry = (fields: object): Uint8Array => framed(JSON.stringify({ a: fields }), [new Uint8Array(8)]);
  test.each([
    [
      "a header longer than the file",
      safetensors({ a: two }).subarray(0, 30),
      /^f: expected a safetensors header of \d+ bytes, got 22 bytes$/,
    ],
    ["no JSON", framed("{nonsense"), /^f: expected a JSON header, got /],
    [
      "an unknown dtype",
      entry({ dtype: "F7", shape: [2], data_offsets: [0, 8] }),
      /^f:a: expected dtype of BOOL, .*, got "F7"$/,
    ],
    [
      "a negative size",
      entry({ dtype: "F32", shape: [-2], data_offsets: [0, 8] }),
      /^f:a: expected a shape of non-negative integers, got \[-2\]$/,
    ],
    [
      "offsets the wrong way round",
      entry({ dtype: "F32", shape: [2], data_offsets: [8, 0] }),
      /^f:a: expected data_offsets \[start, end\], got \[8,0\]$/,
    ],
    [
      "offsets that leave the file",
      entry({ dtype: "F32", shape: [3], data_offsets: [0, 12] }),
      /^f:a: expected data_offsets within the 8 bytes of data, got \[0,12\]$/,
    ],
    [
      "fewer bytes than the shape",
      entry({ dtype: "F32", shape: [3], data_offsets: [0, 8] }),
      /^f:a: expected 12 bytes for shape \[3\] of F32, got 8 bytes$/,
    ],
    [
      "bytes that no tensor has",
      framed(JSON.stringify({ a: { dtype: "U8", shape: [2], data_offsets: [0, 2] } }), [new Uint8Array(3)]),
      /^f: expected 2 bytes of data, as its tensors say, got 3$/,
    ],
    [
      "a tensor of 8-bit floats, when read",
      framed(JSON.stringify({ a: { dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2] } }), [new Uint8Array(2)]),
      /^f:a: expected integers or floats, got F8_E4M3$/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeArray(bytes, "f")).toThrow(message);
  });

  test("tells overlap, holes and every other fault at once", () => {
    const overlap = { a: two, b: { ...two, offsets: [4, 12] }, c: { ...two, offsets: [16, 24] } };
    expect(() => decodeArray(safetensors(overlap), "f", "a")).toThrow(
      "f:b: expected data that starts behind a, at 8, got 4\nf:c: expected data that starts at 12, without a hole, got 16",
    );
    const broken = { a: { ...two, shape: [3] }, b: { ...two, dtype: "F7" } };
    expect(() => decodeArray(safetensors(broken), "f", "a")).toThrow(/^f:a: expected 12 bytes.*\nf:b: expected dtype/);
  });
});
