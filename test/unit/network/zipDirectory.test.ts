import { Zip, ZipPassThrough, strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { decodeArray } from "../../../src/index.ts";
import { readZipDirectory } from "../../../src/stages/network/arrays/zipDirectory.ts";
import { npy } from "../../edges/files.ts";
import { joined } from "../../fuzz/mutate/bytes.ts";

const END_BYTES = 22;
const array = npy("f4", [3], [1, 2, 3]);
const two = zipSync({ "x.npy": [array, { level: 0 }], "é.npy": array });
// The check value of CRC-32: that of the digits 1 to 9.
const digits = zipSync({ digits: strToU8("123456789") });

/** The archive with its end said again by a record of 64-bit numbers, and in the end itself by all ones. */
function widened(archive: Uint8Array, entryCount: bigint): Uint8Array {
  const end = archive.slice(-END_BYTES);
  const narrow = new DataView(end.buffer);
  const wide = new DataView(new ArrayBuffer(56 + 20));
  wide.setUint32(0, 0x06064b50, true);
  wide.setBigUint64(32, entryCount, true);
  wide.setBigUint64(48, BigInt(narrow.getUint32(16, true)), true);
  wide.setUint32(56, 0x07064b50, true);
  wide.setBigUint64(56 + 8, BigInt(archive.length - END_BYTES), true);
  narrow.setUint16(10, 0xffff, true);
  narrow.setUint32(16, 0xffffffff, true);
  return joined(archive.subarray(0, -END_BYTES), new Uint8Array(wide.buffer), end);
}

/** The archive with bytes changed from where a text is found on. */
function changed(archive: Uint8Array, text: string, by: Uint8Array, occurrence = 0): Uint8Array {
  let at = -1;
  for (let i = 0; i <= occurrence; i++) at = Buffer.from(archive).indexOf(text, at + 1, "latin1");
  const other = archive.slice();
  other.set(by, at);
  return other;
}

describe("directory of a zip archive", () => {
  test("has names and checksums", () => {
    expect(readZipDirectory(digits, "a")).toEqual([
      { name: "digits", crc32: 0xcbf43926, method: 8, start: 0, packedBytes: expect.any(Number) as number },
    ]);
    expect(readZipDirectory(two, "a").map(({ name }) => name)).toEqual(["x.npy", "é.npy"]);
    expect(readZipDirectory(zipSync({}), "a")).toEqual([]);
  });

  test("is found before a note, and behind 64-bit numbers", () => {
    const note = new Uint8Array(0xffff);
    expect(readZipDirectory(joined(digits, note), "a")).toHaveLength(1);
    expect(() => readZipDirectory(joined(digits, note, Uint8Array.of(0)), "a")).toThrow(
      "a: expected a readable zip archive, got one without a directory at its end",
    );
    expect(readZipDirectory(widened(two, 2n), "a")).toEqual(readZipDirectory(two, "a"));
  });

  test.each([3n, 2n ** 32n, 2n ** 63n])("that claims %s members has to have them", (claimed) => {
    expect(() => readZipDirectory(widened(two, claimed), "a")).toThrow(
      `a: expected a zip directory of ${Number(claimed)} members, got 2`,
    );
  });

  test("has an array once", () => {
    const twice = zipSync({ "x.npy": array, "y.npy": array });
    expect(() => decodeArray(changed(twice, "y.npy", strToU8("x"), 1), "a", "x")).toThrow(
      "a: expected each array once, got x twice",
    );
  });
});

test("a streamed member ends where the directory says, whatever its data looks like", () => {
  // Sizes stand behind the data, after a mark that the data has, too.
  const marked = npy("i4", [3], [1, 0x08074b50, 3]);
  expect(Buffer.from(marked).includes("PK\x07\x08", 0, "latin1")).toBe(true);
  const parts: Uint8Array[] = [];
  const stream = new Zip((_error, part) => parts.push(part));
  const member = new ZipPassThrough("x.npy");
  stream.add(member);
  member.push(marked, true);
  stream.end();
  expect(decodeArray(joined(...parts), "a").values).toEqual(Int32Array.of(1, 0x08074b50, 3));
});

test.each([
  ["compressed in another way", 10, 12, "a:x: expected a member that is stored or deflated, got compression method 12"],
  ["elsewhere", 42, 5, "a:x: expected a member at byte 5 of the archive, got none"],
  ["longer than the archive", 21, 0xff, /^a:x: expected \d+ bytes of packed data, got \d+$/],
] as const)("a member is refused that is %s", (_title, offset, byte, message) => {
  const archive = zipSync({ "x.npy": array });
  const entry = Buffer.from(archive).indexOf("PK\x01\x02", 0, "latin1");
  archive[entry + offset] = byte;
  expect(() => decodeArray(archive, "a")).toThrow(message);
});

test("numbers that are not those that were written are refused", () => {
  const stored = zipSync({ "x.npy": [array, { level: 0 }] });
  expect(decodeArray(stored, "a").values).toEqual(Float32Array.of(1, 2, 3));
  // 2 becomes 3 by one bit.
  const damaged = changed(stored, "\x00\x00\x00\x40", Uint8Array.of(0, 0, 0x40));
  expect(() => decodeArray(damaged, "a")).toThrow(/^a:x: expected data of CRC-32 [0-9a-f]{8}, got [0-9a-f]{8}$/);
});
