import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { InputError, decodeArray } from "../../src/index.ts";
import { npy } from "../edges/files.ts";
import { framed } from "../helpers/safetensors.ts";
import { joined } from "./mutate/bytes.ts";

/** npy bytes with any text in the place of the header. */
function npyOf(header: string, dataBytes = 0): Uint8Array {
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, header.length, true);
  return joined(
    Uint8Array.of(0x93, ...strToU8("NUMPY"), 2, 0),
    new Uint8Array(size.buffer),
    strToU8(header),
    new Uint8Array(dataBytes),
  );
}

const headerOf = (shape: string): string => `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }\n`;

/** The message of the InputError that a file ends in. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeArray(bytes, "f");
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("the file was taken");
}

describe("decompression bombs", () => {
  // 32 MiB of zeros in 32 KiB; each is refused before the second 16 MiB of them.
  const zeros = new Uint8Array(2 ** 25);

  test("npz: a member far longer than its header says", () => {
    const bomb = zipSync({ "x.npy": joined(npyOf(headerOf("6,")), zeros) }, { level: 1 });
    const message = refusal(bomb);
    expect(message).toMatch(/^f:x: expected at most \d+ bytes of npy data, got more$/);
  });

  test("npz: a member whose size is no number", () => {
    // 1e15 to the 24th is infinite, and 0 times infinite is none: no number is above it.
    const header = headerOf(`${"1000000000000000, ".repeat(24)}0`);
    const message = refusal(zipSync({ "x.npy": joined(npyOf(header), zeros) }, { level: 1 }));
    expect(message).toMatch(/^f:x: expected at most 268435456 elements, got shape \(1000000000000000, /);
  });

  test("npz: a member that never begins to be an array", () => {
    const message = refusal(zipSync({ "x.npy": zeros }, { level: 1 }));
    expect(message).toBe("f:x: expected an npy array, got something else");
  });

  test("npz: a directory that claims four billion members", () => {
    const sound = zipSync({ "x.npy": npy("f4", [2], [1, 2]) });
    const end = sound.slice(-22);
    const directory = new DataView(end.buffer).getUint32(16, true);
    // A zip64 record (count of members at 32, their place at 48), its locator (place of the record at 8), the end.
    const long = new DataView(new ArrayBuffer(56 + 20));
    long.setUint32(0, 0x06064b50, true);
    long.setUint32(32, 2 ** 32 - 1, true);
    long.setUint32(48, directory, true);
    long.setUint32(56, 0x07064b50, true);
    long.setUint32(64, sound.length - 22, true);
    new DataView(end.buffer).setUint32(16, 2 ** 32 - 1, true);
    const bytes = joined(sound.subarray(0, -22), new Uint8Array(long.buffer), end);
    expect(refusal(bytes)).toBe("f: expected a zip directory of 4294967295 members, got 1");
  });

  test("safetensors: a header that claims to be huge", () => {
    const length = new DataView(new ArrayBuffer(8));
    for (const [claimed, message] of [
      [2n ** 47n, "a safetensors header of at most 100000000 bytes, got 140737488355328"],
      [90_000_000n, "a safetensors header of 90000000 bytes, got 2 bytes"],
    ] as const) {
      length.setBigUint64(0, claimed, true);
      expect(refusal(joined(new Uint8Array(length.buffer), strToU8("{}")))).toBe(`f: expected ${message}`);
    }
  });

  test("gzip is not unpacked", () => {
    expect(refusal(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0))).toMatch(/got gzip data \(unpack it first\)$/);
  });
});

describe("shapes", () => {
  test.each([
    ["npy: product above 2^31, no data", npyOf(headerOf("65536, 65536")), "at most 268435456 elements"],
    ["npy: product above 2^53", npyOf(headerOf("134217728, 134217728")), "at most 268435456 elements"],
    [
      "npy: product that wraps to 0 in 64 bits",
      npyOf(headerOf("4294967296, 4294967296")),
      "at most 268435456 elements",
    ],
    ["npy: negative", npyOf(headerOf("-2, -3"), 24), "a shape of non-negative integers, got (-2, -3)"],
    ["npy: a huge integer", npyOf(headerOf("9".repeat(400))), "a shape of non-negative integers"],
    ["npy: NaN", npyOf(headerOf("nan, 2")), "a shape of non-negative integers, got (nan, 2)"],
    [
      "IDX: product above 2^31",
      Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255),
      "bytes of data for IDX shape",
    ],
    [
      "IDX: 255 axes without end",
      joined(Uint8Array.of(0, 0, 8, 255), new Uint8Array(1020).fill(255), new Uint8Array(4)),
      "bytes of data for IDX shape",
    ],
    [
      "safetensors: product above 2^53",
      framed('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'),
      "f:a: expected a shape of non-negative integers, got [4294967296,4294967296]",
    ],
    [
      "safetensors: negative",
      framed('{"a":{"dtype":"F32","shape":[-1,-4],"data_offsets":[0,16]}}', [new Uint8Array(16)]),
      "f:a: expected a shape of non-negative integers, got [-1,-4]",
    ],
    [
      "MatrixMarket: too many elements",
      strToU8("%%MatrixMarket matrix coordinate real general\n65536 65536 0\n"),
      "a matrix of at most 268435456 elements, got 65536 x 65536",
    ],
    [
      "MatrixMarket: negative",
      strToU8("%%MatrixMarket matrix array real general\n-2 3\n"),
      "rows, columns as whole numbers",
    ],
    [
      "MatrixMarket: NaN",
      strToU8("%%MatrixMarket matrix array real general\n1 1\nnan\n"),
      "f:3: expected a finite number, got nan",
    ],
    [
      "MatrixMarket: infinite",
      strToU8("%%MatrixMarket matrix array real general\n1 1\n1e999\n"),
      "f:3: expected a finite number, got 1e999",
    ],
  ])("%s", (_title, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test.each([
    ["npy", npyOf(headerOf("0, 3")), [0, 3]],
    ["IDX", Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3), [0, 3]],
    ["safetensors", framed('{"a":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}}', [new Uint8Array(0)]), [3, 0]],
    ["MatrixMarket", strToU8("%%MatrixMarket matrix array real general\n0 3\n"), [0, 3]],
  ])("%s: an extent of zero is an empty array", (_title, bytes, shape) => {
    expect(decodeArray(bytes, "f")).toMatchObject({ shape, values: { length: 0 } });
  });
});

describe("headers that take their time", () => {
  const repeated = 200_000;

  test.each([
    ["a shape that is opened again and again", "'shape':(".repeat(repeated)],
    ["a descr without end", "'descr':".repeat(repeated)],
    ["spaces", `'descr'${" ".repeat(repeated)}`],
  ])("npy: %s", (_title, header) => {
    expect(refusal(npyOf(header))).toMatch(/^f: expected an npy header with descr, fortran_order and shape, got/);
  });

  test("MatrixMarket: a line without end", () => {
    const bytes = strToU8(`%%MatrixMarket matrix array real general\n1 1\n${"1".repeat(repeated)}x\n`);
    expect(refusal(bytes)).toMatch(/^f:3: expected a finite number, got 1{60}$/);
  });
});

test.each([
  ["a byte order mark", "\uFEFF%%MatrixMarket matrix array real general\n1 1\n1\n"],
  ["NUL bytes", "\0\0\0\0\0\0\0\0"],
  ["nothing", ""],
])("files that begin with %s are told by their first bytes", (_title, text) => {
  expect(refusal(new TextEncoder().encode(text))).toMatch(
    /^f: expected an npy, npz, safetensors, MatrixMarket or IDX file, got (first bytes( [0-9a-f]{2}){8}|an empty file)$/,
  );
});

test("UTF-16 text is told by its first bytes", () => {
  const utf16 = Uint8Array.from([0xff, 0xfe, ...[..."%%Matrix"].flatMap((sign) => [sign.charCodeAt(0), 0])]);
  expect(refusal(utf16)).toMatch(/got first bytes ff fe 25 00 25 00 4d 00$/);
});
