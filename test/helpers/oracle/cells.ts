/** One matrix of integers with its inputs: weights [row][column], activations [window][row]. */
export interface OracleWorkload {
  readonly weights: readonly (readonly number[])[];
  readonly activations: readonly (readonly number[])[];
  /** Number format of the activations; by default signed where one is negative. */
  readonly signed?: boolean;
}

export interface OracleConfig {
  readonly R: number;
  readonly C: number;
  readonly H: number;
  readonly L: number;
  readonly c: number;
  readonly Bw: number;
  readonly Ba: number;
  readonly indexBits: number | "unlimited";
  readonly packing: "layer" | "crossbar";
  readonly coding: "offset" | "differential";
  readonly fillCycles: number;
  readonly emptyPlaneCycles: number;
  readonly adcBits: number;
  readonly adcMode: "clip" | "scale";
}

/** Cells of one array: levels[row][bitline]; per bitline its zero code, what a code step is worth, and its column. */
export interface CellArray {
  readonly levels: number[][];
  readonly zero: number[];
  readonly worth: number[];
  readonly col: number[];
}

/** Some rows of some bitlines of an array. */
export interface Segment {
  readonly array: CellArray;
  readonly rows: number[];
  readonly bitlines: number[];
}

export const chunksOf = <T>(items: readonly T[], size: number): T[][] => {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
};
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
export const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function halfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Weights as cells (§4): one array, or one for positive and one for negative magnitudes. */
export function cellArrays(weights: OracleWorkload["weights"], { Bw, c, coding }: OracleConfig): CellArray[] {
  const encode = (stored: (w: number) => number, bits: number, sign: number): CellArray => {
    const S = Math.ceil(bits / c);
    const digits = (value: number): number[] => range(0, S).map((s) => Math.floor(value / 2 ** (c * s)) % 2 ** c);
    const cols = range(0, weights[0]!.length);
    return {
      levels: weights.map((row) => row.flatMap((w) => digits(stored(w)))),
      zero: cols.flatMap(() => digits(stored(0))),
      worth: cols.flatMap(() => range(0, S).map((s) => sign * 2 ** (c * s))),
      col: cols.flatMap((n) => range(0, S).map(() => n)),
    };
  };
  if (coding === "offset") return [encode((w) => w + 2 ** (Bw - 1), Bw, 1)];
  return [encode((w) => Math.max(0, w), Bw - 1, 1), encode((w) => Math.max(0, -w), Bw - 1, -1)];
}

export const skippable = (array: CellArray, row: number, bitline: number): boolean =>
  array.levels[row]![bitline] === array.zero[bitline];

/** Bit `plane` of an input in `Ba` bits, two's complement where it is negative. */
export const bitOf = (x: number, plane: number, Ba: number): number =>
  Math.floor((x < 0 ? x + 2 ** Ba : x) / 2 ** plane) % 2;
