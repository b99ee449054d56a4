import { Inflate, ZipPassThrough, zipSync } from "fflate";
import { dump } from "npyjs";

import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { decodeNpy, isNpy, readNpyHeader } from "./npy.ts";
import { packedData, readZipDirectory } from "./zipDirectory.ts";
import type { ZipEntry } from "./zipDirectory.ts";

/** Compressed bytes taken at a time: deflate grows at most 1032-fold, so one step yields at most 16 MiB. */
const STEP_BYTES = 16 * 1024;
/** Compression methods. */
const STORED = 0;
const DEFLATED = 8;
/** An npy header is a few hundred bytes; one that has not ended here never will. */
const LONGEST_HEADER_BYTES = 1 << 20;

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** Arrays of an npz archive, each inflated when asked for. @throws InputError when the archive or an array is damaged. */
export class NpzFile {
  readonly names: readonly string[];
  private readonly entries: ReadonlyMap<string, ZipEntry>;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly place: string,
  ) {
    this.entries = arrayEntries(bytes, place);
    this.names = [...this.entries.keys()];
  }

  read(name: string): NumericArray {
    const memberPlace = `${this.place}:${name}`;
    const entry = this.entries.get(name)!;
    const array = extract(this.bytes, entry, memberPlace);
    const [expected, found] = [entry.crc32, crc32(array)];
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

/** npy members, by the names of their arrays. */
function arrayEntries(bytes: Uint8Array, place: string): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of readZipDirectory(bytes, place)) {
    if (!entry.name.endsWith(".npy")) continue;
    const arrayName = entry.name.slice(0, -4);
    if (entries.has(arrayName)) throw inputError(place, "each array once", `${arrayName} twice`);
    entries.set(arrayName, entry);
  }
  return entries;
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
function extract(bytes: Uint8Array, entry: ZipEntry, place: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  let declaredBytes: number | null = null;
  const take = (chunk: Uint8Array): void => {
    chunks.push(chunk);
    byteCount += chunk.length;
    declaredBytes ??= declaredSize(chunks, byteCount, place);
    const bound = declaredBytes ?? LONGEST_HEADER_BYTES;
    if (byteCount > bound) throw inputError(place, `at most ${bound} bytes of npy data`, "more");
  };
  const packed = packedData(bytes, entry, place);
  if (entry.method === STORED) take(packed);
  else if (entry.method === DEFLATED) inflate(packed, take, place);
  else throw inputError(place, "a member that is stored or deflated", `compression method ${entry.method}`);
  return concatenate(chunks, byteCount);
}

function inflate(packed: Uint8Array, take: (chunk: Uint8Array) => void, place: string): void {
  const stream = new Inflate(take);
  try {
    for (let start = 0; start < packed.length; start += STEP_BYTES) {
      const end = Math.min(packed.length, start + STEP_BYTES);
      stream.push(packed.subarray(start, end), end === packed.length);
    }
  } catch (error) {
    if (error instanceof Error && error.name === "InputError") throw error;
    throw inputError(place, "deflated data", error instanceof Error ? error.message : String(error), error);
  }
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
