import { Faults, inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { MOST_ELEMENTS } from "./npy.ts";

const BANNER = "%%MatrixMarket";
/** Text decoded at a time: a whole file need not fit into one string. */
const STEP_BYTES = 1 << 20;
/** The matrix is held dense, 8 bytes an element. */

/** Faults of one file that are told one by one. */
const MAX_FAULTS = 20;
/** No run of digits can be taken in two ways: a long one would be tried in all of them. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;

type Field = "real" | "integer" | "pattern";
type Symmetry = "general" | "symmetric" | "skew-symmetric";

interface Header {
  readonly format: "coordinate" | "array";
  readonly field: Field;
  readonly symmetry: Symmetry;
}

interface Sizes {
  readonly rowCount: number;
  readonly colCount: number;
  /** Entries that the file is to have. */
  readonly entryCount: number;
}

export function isMatrixMarket(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, BANNER.length)) === BANNER;
}

/**
 * MatrixMarket text → dense matrix [rows, cols] as the file has them: real as f8, integer as i4, pattern as 0 and 1 (u1).
 * @throws InputError with the faults of its lines (`w.mtx:17`): header, indices, values, entries twice, their count.
 */
export function decodeMatrixMarket(bytes: Uint8Array, place: string): NumericArray {
  const lines = linesOf(bytes);
  const header = readBanner(lines.next().value?.text ?? "", place);
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const text = line.value.text.trim();
    if (text === "" || text.startsWith("%")) continue;
    return new Reader(header, readSizes(text, header, `${place}:${line.value.number}`), place).read(lines);
  }
  throw inputError(place, "a line with the sizes of the matrix", "the end of the file");
}

interface Line {
  readonly text: string;
  /** From 1 on. */
  readonly number: number;
}

function* linesOf(bytes: Uint8Array): Generator<Line> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  let number = 0;
  for (let start = 0; start < bytes.length; start += STEP_BYTES) {
    const pieces = (rest + decoder.decode(bytes.subarray(start, start + STEP_BYTES))).split("\n");
    rest = pieces.pop()!;
    for (const text of pieces) yield { text, number: ++number };
  }
  if (rest !== "") yield { text: rest, number: ++number };
}

function readBanner(line: string, place: string): Header {
  const [banner, object, ...words] = line.trim().split(/\s+/);
  const [format, field, symmetry] = words.map((word) => word.toLowerCase());
  const faults = new Faults();
  const at = `${place}:1`;
  if (banner !== BANNER || object?.toLowerCase() !== "matrix") {
    throw inputError(at, `${BANNER} matrix …`, JSON.stringify(line.slice(0, 60)));
  }
  const isFormat = format === "coordinate" || format === "array";
  if (!isFormat) faults.add(at, "format coordinate or array", format ?? "nothing");
  const isField = field === "real" || field === "integer" || field === "pattern" || field === "double";
  if (!isField || (field === "pattern" && format === "array")) {
    faults.add(at, "field real, integer or (of coordinates) pattern", field ?? "nothing");
  }
  const isSymmetry = symmetry === "general" || symmetry === "symmetric" || symmetry === "skew-symmetric";
  if (!isSymmetry) faults.add(at, "symmetry general, symmetric or skew-symmetric", symmetry ?? "nothing");
  faults.throwIfAny();
  return { format, field: field === "double" ? "real" : field, symmetry } as Header;
}

function readSizes(text: string, { format, symmetry }: Header, place: string): Sizes {
  const words = text.split(/\s+/);
  const sizes = words.map(Number);
  const expected = format === "coordinate" ? "rows, columns, entries" : "rows, columns";
  const isCount = format === "coordinate" ? 3 : 2;
  if (words.length !== isCount || !words.every((word) => /^\d+$/.test(word)) || !sizes.every(Number.isSafeInteger)) {
    throw inputError(place, `${expected} as whole numbers`, JSON.stringify(text.slice(0, 60)));
  }
  const [rowCount, colCount] = sizes as [number, number];
  if (rowCount * colCount > MOST_ELEMENTS) {
    throw inputError(place, `a matrix of at most ${MOST_ELEMENTS} elements`, `${rowCount} x ${colCount}`);
  }
  if (symmetry !== "general" && rowCount !== colCount) {
    throw inputError(place, `a square matrix, being ${symmetry}`, `${rowCount} x ${colCount}`);
  }
  const triangle = (rowCount * (rowCount + (symmetry === "symmetric" ? 1 : -1))) / 2;
  const dense = symmetry === "general" ? rowCount * colCount : triangle;
  return { rowCount, colCount, entryCount: format === "coordinate" ? sizes[2]! : dense };
}

class Reader {
  private readonly values: Float64Array | Int32Array | Uint8Array;
  /** 1 where an entry has been. */
  private readonly taken: Uint8Array;
  private readonly faults = new Faults();
  private faultCount = 0;
  private next: [row: number, col: number] | undefined;

  constructor(
    private readonly header: Header,
    private readonly sizes: Sizes,
    private readonly place: string,
  ) {
    const size = sizes.rowCount * sizes.colCount;
    const { field } = header;
    this.values =
      field === "real" ? new Float64Array(size) : field === "integer" ? new Int32Array(size) : new Uint8Array(size);
    this.taken = new Uint8Array(size);
  }

  read(lines: Iterable<Line>): NumericArray {
    const { rowCount, colCount, entryCount } = this.sizes;
    let found = 0;
    for (const { text, number } of lines) {
      const trimmed = text.trim();
      if (trimmed === "" || trimmed.startsWith("%")) continue;
      if (found < entryCount) this.readEntry(trimmed.split(/\s+/), `${this.place}:${number}`);
      found++;
    }
    if (found !== entryCount) this.fault(this.place, `${entryCount} entries, as its sizes say`, `${found}`);
    if (this.faultCount > MAX_FAULTS) this.faults.add(this.place, "no fault", `${this.faultCount - MAX_FAULTS} more`);
    this.faults.throwIfAny();
    const dtypes = { real: "f8", integer: "i4", pattern: "u1" } as const;
    return { place: this.place, dtype: dtypes[this.header.field], shape: [rowCount, colCount], values: this.values };
  }

  private readEntry(words: readonly string[], at: string): void {
    const { format, field, symmetry } = this.header;
    const next = format === "array" ? this.nextPosition() : null;
    const isPattern = field === "pattern";
    const wordCount = format === "array" ? 1 : isPattern ? 2 : 3;
    if (words.length !== wordCount) {
      const expected = format === "array" ? "one value" : isPattern ? "row and column" : "row, column and value";
      this.fault(at, expected, JSON.stringify(words.join(" ").slice(0, 60)));
      return;
    }
    const position = next ?? this.readPosition(words, at);
    const value = isPattern ? 1 : this.readValue(words[words.length - 1]!, at);
    if (position === undefined || value === undefined) return;
    const [row, col] = position;
    this.put(row, col, value, at);
    if (symmetry !== "general" && row !== col) this.put(col, row, symmetry === "symmetric" ? value : -value, at);
  }

  private readPosition([rowWord, colWord]: readonly string[], at: string): [row: number, col: number] | undefined {
    const { rowCount, colCount } = this.sizes;
    const row = indexIn(rowWord!, rowCount);
    const col = indexIn(colWord!, colCount);
    if (row === undefined) this.fault(at, `row in 1..${rowCount}`, rowWord!);
    if (col === undefined) this.fault(at, `column in 1..${colCount}`, colWord!);
    if (row === undefined || col === undefined) return undefined;
    const { symmetry } = this.header;
    const isBelow = symmetry === "general" || row > col || (row === col && symmetry === "symmetric");
    if (!isBelow)
      this.fault(at, `an entry of the lower triangle, the matrix being ${symmetry}`, `${row + 1} ${col + 1}`);
    return isBelow ? [row, col] : undefined;
  }

  /** Where the next value of the array format stands: column by column, of a symmetric matrix the lower triangle. */
  private nextPosition(): [row: number, col: number] {
    const { symmetry } = this.header;
    const topOf = (col: number): number => (symmetry === "general" ? 0 : symmetry === "symmetric" ? col : col + 1);
    const [row, col] = this.next ?? [topOf(0), 0];
    this.next = row + 1 < this.sizes.rowCount ? [row + 1, col] : [topOf(col + 1), col + 1];
    return [row, col];
  }

  private readValue(word: string, at: string): number | undefined {
    const isInteger = this.header.field === "integer";
    const value = (isInteger ? INTEGER : NUMBER).test(word) ? Number(word) : NaN;
    if (Number.isFinite(value) && (!isInteger || value === (value | 0))) return value;
    this.fault(at, isInteger ? "an integer of 32 bits" : "a finite number", word.slice(0, 60));
    return undefined;
  }

  private put(row: number, col: number, value: number, at: string): void {
    const index = row * this.sizes.colCount + col;
    if (this.taken[index] === 1)
      this.fault(at, "an element that has not been given yet", `${row + 1} ${col + 1} again`);
    this.taken[index] = 1;
    this.values[index] = value;
  }

  private fault(place: string, expected: string, got: string): void {
    if (++this.faultCount <= MAX_FAULTS) this.faults.add(place, expected, got);
  }
}

/** Index from 0 on of a word that counts from 1 on. */
function indexIn(word: string, count: number): number | undefined {
  const index = /^\d+$/.test(word) ? Number(word) - 1 : -1;
  return index >= 0 && index < count ? index : undefined;
}
