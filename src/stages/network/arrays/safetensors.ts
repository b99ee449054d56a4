import { Faults, inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { bfloatToFloat, halfToFloat } from "../file/half.ts";
import { product, showShape } from "../shape.ts";

/** Longest header that the format allows. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const BRACE = 0x7b;
const METADATA = "__metadata__";

interface ElementType {
  readonly bytes: number;
  readonly dtype?: NumericArray["dtype"];
  /** `data` starts at a multiple of its item size; absent: an element type that nothing here can take. */
  read?(data: ArrayBuffer): NumericArray["values"];
}

const TYPES: Readonly<Record<string, ElementType>> = {
  BOOL: { bytes: 1, dtype: "u1", read: (data) => new Uint8Array(data) },
  U8: { bytes: 1, dtype: "u1", read: (data) => new Uint8Array(data) },
  I8: { bytes: 1, dtype: "i1", read: (data) => new Int8Array(data) },
  U16: { bytes: 2, dtype: "u2", read: (data) => new Uint16Array(data) },
  I16: { bytes: 2, dtype: "i2", read: (data) => new Int16Array(data) },
  U32: { bytes: 4, dtype: "u4", read: (data) => new Uint32Array(data) },
  I32: { bytes: 4, dtype: "i4", read: (data) => new Int32Array(data) },
  U64: { bytes: 8, dtype: "u8", read: (data) => new BigUint64Array(data) },
  I64: { bytes: 8, dtype: "i8", read: (data) => new BigInt64Array(data) },
  F16: { bytes: 2, dtype: "f4", read: (data) => Float32Array.from(new Uint16Array(data), halfToFloat) },
  BF16: { bytes: 2, dtype: "f4", read: (data) => Float32Array.from(new Uint16Array(data), bfloatToFloat) },
  F32: { bytes: 4, dtype: "f4", read: (data) => new Float32Array(data) },
  F64: { bytes: 8, dtype: "f8", read: (data) => new Float64Array(data) },
  F8_E4M3: { bytes: 1 },
  F8_E5M2: { bytes: 1 },
  F8_E8M0: { bytes: 1 },
  C64: { bytes: 8 },
};

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** Header length, then a header that starts with `{`. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > LENGTH_BYTES && bytes[LENGTH_BYTES] === BRACE && bytes[7] === 0 && bytes[6] === 0;
}

/**
 * Tensors of a safetensors file, read when asked for; f16 and bf16 become f4, BOOL u1.
 * @throws InputError with every fault of the header: sizes, offsets that leave the file, overlap and holes.
 */
export class SafetensorsFile {
  readonly names: readonly string[];
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly dataOffset: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly place: string,
  ) {
    const { header, dataOffset } = readHeader(bytes, place);
    this.dataOffset = dataOffset;
    this.entries = checkEntries(header, bytes.length - dataOffset, place);
    this.names = [...this.entries.keys()];
  }

  /** @throws InputError when there is no such tensor, or its element type cannot be read. */
  read(name: string): NumericArray {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw inputError(this.place, `a tensor named ${name}`, this.names.join(", ") || "an empty file");
    const { dtype, read } = TYPES[entry.dtype]!;
    const place = `${this.place}:${name}`;
    if (dtype === undefined || read === undefined) throw inputError(place, "integers or floats", entry.dtype);
    // A copy: the data of the file need not be aligned.
    const data = new Uint8Array(this.bytes.subarray(this.dataOffset + entry.start, this.dataOffset + entry.end));
    return { place, dtype, shape: entry.shape, values: read(data.buffer) };
  }
}

function readHeader(bytes: Uint8Array, place: string): { header: Record<string, unknown>; dataOffset: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw inputError(place, `a safetensors header length of ${LENGTH_BYTES} bytes`, `${bytes.length} bytes in all`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) {
    throw inputError(place, `a safetensors header of at most ${MAX_HEADER_BYTES} bytes`, `${headerBytes}`);
  }
  const dataOffset = LENGTH_BYTES + headerBytes;
  if (dataOffset > bytes.length) {
    throw inputError(place, `a safetensors header of ${headerBytes} bytes`, `${bytes.length - LENGTH_BYTES} bytes`);
  }
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataOffset));
    header = JSON.parse(text);
  } catch (error) {
    throw inputError(place, "a JSON header", error instanceof Error ? error.message : String(error), error);
  }
  if (!isRecord(header)) throw inputError(place, "a JSON header with one entry a tensor", typeof header);
  return { header, dataOffset };
}

function checkEntries(header: Record<string, unknown>, dataBytes: number, place: string): Map<string, Entry> {
  const faults = new Faults();
  const entries = new Map<string, Entry>();
  for (const [name, described] of Object.entries(header)) {
    if (name === METADATA) continue;
    const entry = checkEntry(described, dataBytes, `${place}:${name}`, faults);
    if (entry !== undefined) entries.set(name, entry);
  }
  // Where an entry is broken, its bytes are not known and every other one would seem to leave a hole.
  const isWhole = entries.size === Object.keys(header).filter((name) => name !== METADATA).length;
  if (isWhole) checkCover(entries, dataBytes, place, faults);
  faults.throwIfAny();
  return entries;
}

function checkEntry(described: unknown, dataBytes: number, place: string, faults: Faults): Entry | undefined {
  if (!isRecord(described)) {
    faults.add(place, "dtype, shape and data_offsets", JSON.stringify(described) ?? "nothing");
    return undefined;
  }
  const { dtype, shape, data_offsets: offsets } = described;
  const type = typeof dtype === "string" && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (type === undefined) faults.add(place, `dtype of ${Object.keys(TYPES).join(", ")}`, show(dtype));
  const sized = isSizes(shape) && product(shape) <= Number.MAX_SAFE_INTEGER;
  if (!sized) faults.add(place, "a shape of non-negative integers", show(shape));
  const isRange = isSizes(offsets) && offsets.length === 2 && offsets[0]! <= offsets[1]!;
  if (!isRange) faults.add(place, "data_offsets [start, end]", show(offsets));
  if (type === undefined || !sized || !isRange) return undefined;
  const [start, end] = offsets as [number, number];
  if (end > dataBytes) {
    faults.add(place, `data_offsets within the ${dataBytes} bytes of data`, showShape([start, end]));
    return undefined;
  }
  const wanted = product(shape) * type.bytes;
  if (end - start !== wanted) {
    faults.add(place, `${wanted} bytes for shape ${showShape(shape)} of ${String(dtype)}`, `${end - start} bytes`);
    return undefined;
  }
  return { dtype: dtype as string, shape, start, end };
}

/** The data is to be covered once: no overlap, no hole, nothing behind. */
function checkCover(entries: ReadonlyMap<string, Entry>, dataBytes: number, place: string, faults: Faults): void {
  const sorted = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let covered = 0;
  let before = "the header";
  for (const [name, { start, end }] of sorted) {
    if (start < covered) faults.add(`${place}:${name}`, `data that starts behind ${before}, at ${covered}`, `${start}`);
    if (start > covered) faults.add(`${place}:${name}`, `data that starts at ${covered}, without a hole`, `${start}`);
    if (end >= covered) [covered, before] = [end, name];
  }
  if (covered < dataBytes) faults.add(place, `${covered} bytes of data, as its tensors say`, `${dataBytes}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function show(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
