import { Unzip, UnzipInflate, ZipPassThrough, zipSync } from "fflate";
import type { UnzipFile } from "fflate";
import { dump } from "npyjs";

import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { decodeNpy, isNpy, readNpyHeader } from "./npy.ts";
import { readZipDirectory } from "./zipDirectory.ts";

/** Compressed bytes taken at a time: deflate grows at most 1032-fold, so one step yields at most 16 MiB. */
const STEP_BYTES = 16 * 1024;
/** An npy header is a few hundred bytes; one that has not ended here never will. */
const LONGEST_HEADER_BYTES = 1 << 20;

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** Arrays of an npz archive, each inflated when asked for. @throws InputError when the archive or an array is damaged. */
export class NpzFile {
  readonly names: readonly string[];
  private readonly checksums: ReadonlyMap<string, number>;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly place: string,
  ) {
    this.checksums = arrayChecksums(bytes, place);
    this.names = [...this.checksums.keys()];
  }

  read(name: string): NumericArray {
    const memberPlace = `${this.place}:${name}`;
    const array = extract(this.bytes, `${name}.npy`, memberPlace);
    const [expected, found] = [this.checksums.get(name)!, crc32(array)];
    if (found !== expected) throw inputError(memberPlace, `data of CRC-32 ${hex(expected)}`, hex(found));
    return decodeNpy(array, memberPlace);
  }
}

/**
 * One array of an npz archive; without `member`, its only one.
 * @throws InputError naming the members there are, or when the archive or the array is damaged.
 */
export function decodeNpz(bytes: Uint8Array, place: string, member?: string): NumericArray {
  const file = new NpzFile(bytes, place);
  const { names } = file;
  const listed = names.length === 0 ? "none" : names.join(", ");
  if (member === undefined && names.length !== 1) {
    throw inputError(place, "the name of one array after a colon (file.npz:name)", `arrays ${listed}`);
  }
  const name = member === undefined ? names[0]! : member.replace(/\.npy$/, "");
  if (!names.includes(name)) throw inputError(place, `an array named ${name}`, listed);
  return file.read(name);
}

/** CRC-32 of each npy member, by the name of its array. */
function arrayChecksums(bytes: Uint8Array, place: string): Map<string, number> {
  const checksums = new Map<string, number>();
  for (const { name, crc32: checksum } of readZipDirectory(bytes, place)) {
    if (!name.endsWith(".npy")) continue;
    const arrayName = name.slice(0, -4);
    if (checksums.has(arrayName)) throw inputError(place, "each array once", `${arrayName} twice`);
    checksums.set(arrayName, checksum);
  }
  return checksums;
}

/** As the stream computes it that would put the bytes into an archive. */
function crc32(bytes: Uint8Array): number {
  const stream = new ZipPassThrough("");
  stream.ondata = () => undefined;
  stream.push(bytes, true);
  return stream.crc >>> 0;
}

const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0");

/** Inflates step by step and stops as soon as the member outgrows what its own npy header declares. */
function extract(bytes: Uint8Array, fileName: string, place: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  let declaredBytes: number | null = null;
  let finished = false;
  const take = (chunk: Uint8Array, final: boolean): void => {
    chunks.push(chunk);
    byteCount += chunk.length;
    finished ||= final;
    declaredBytes ??= declaredSize(chunks, byteCount, place);
    const bound = declaredBytes ?? LONGEST_HEADER_BYTES;
    if (byteCount > bound) throw inputError(place, `at most ${bound} bytes of npy data`, "more");
  };
  guarded(place, () => {
    const unzip = new Unzip((file: UnzipFile) => {
      if (file.name !== fileName) return;
      file.ondata = (error, chunk, final) => {
        if (error !== null) throw error;
        take(chunk, final);
      };
      file.start();
    });
    unzip.register(UnzipInflate);
    for (let start = 0; start < bytes.length && !finished; start += STEP_BYTES) {
      const end = Math.min(bytes.length, start + STEP_BYTES);
      unzip.push(bytes.subarray(start, end), end === bytes.length);
    }
  });
  return concatenate(chunks, byteCount);
}

function declaredSize(chunks: readonly Uint8Array[], byteCount: number, place: string): number | null {
  const start = chunks.length === 1 ? chunks[0]! : concatenate(chunks, byteCount);
  if (start.length >= 6 && !isNpy(start)) throw inputError(place, "an npy array", "something else");
  return readNpyHeader(start, place)?.fileBytes ?? null;
}

function concatenate(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const whole = new Uint8Array(byteCount);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function guarded(place: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof Error && error.name === "InputError") throw error;
    throw inputError(place, "a readable zip archive", error instanceof Error ? error.message : String(error), error);
  }
}

/** One array of an npz archive to be written. */
export interface NpzEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: BigInt64Array | Uint16Array | Uint32Array;
}

/** npz archive of integers; equal entries give equal bytes. @throws RangeError when a name occurs twice. */
export function encodeNpz(entries: readonly NpzEntry[]): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const entry of entries) {
    const fileName = `${entry.name}.npy`;
    if (fileName in files) throw new RangeError(`npz entry ${entry.name} occurs twice`);
    files[fileName] = new Uint8Array(dump(entry.values, [...entry.shape]));
  }
  // A zip stores local time without a zone: the date is built from local parts, so it is the same everywhere.
  return zipSync(files, { mtime: new Date(1980, 0, 1), level: 6 });
}
