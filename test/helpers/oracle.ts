/**
 * A second, deliberately naive implementation of the model (§4–§8), cell by cell, with no bit tricks and nothing shared
 * with the engine. One matrix workload of integers.
 */
export interface OracleWorkload {
  readonly weights: readonly (readonly number[])[];
  readonly activations: readonly (readonly number[])[];
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

export interface OracleScheme {
  ouOps: number;
  latencyCycles: number;
}

export interface OracleResult {
  schemes: Record<"naive" | "recom" | "occ" | "orc" | "dof" | "orc-dof" | "isaac", OracleScheme>;
  orc: { keptRows: number; fillerRows: number; indexBits: number; ouRowSegments: number; bitmapBits: number };
  crossbars: { dense: number; recom: number; orc: number };
  outputs: Record<"naive" | "orc" | "dof" | "orc-dof", number[][]>;
  product: number[][];
}

/** Cells of one array: levels[row][bitline], zero codes per bitline, and what a code step of a bitline is worth. */
interface CellArray {
  levels: number[][];
  zero: number[];
  worth: number[];
  col: number[];
}

/** Rows that one group keeps in one crossbar. */
type Kept = number[];

const chunksOf = <T>(items: readonly T[], size: number): T[][] => {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function cellArrays(weights: OracleWorkload["weights"], config: OracleConfig): CellArray[] {
  const { Bw, c } = config;
  const encode = (stored: (w: number) => number, bits: number, sign: number): CellArray => {
    const S = Math.ceil(bits / c);
    const digits = (value: number): number[] => range(0, S).map((s) => Math.floor(value / 2 ** (c * s)) % 2 ** c);
    const cols = weights[0]!.length;
    return {
      levels: weights.map((row) => row.flatMap((w) => digits(stored(w)))),
      zero: range(0, cols).flatMap(() => digits(stored(0))),
      worth: range(0, cols).flatMap(() => range(0, S).map((s) => sign * 2 ** (c * s))),
      col: range(0, cols).flatMap((n) => range(0, S).map(() => n)),
    };
  };
  if (config.coding === "offset") return [encode((w) => w + 2 ** (Bw - 1), Bw, 1)];
  return [encode((w) => Math.max(0, w), Bw - 1, 1), encode((w) => Math.max(0, -w), Bw - 1, -1)];
}

const bitOf = (x: number, plane: number, Ba: number): number => Math.floor((x < 0 ? x + 2 ** Ba : x) / 2 ** plane) % 2;

/** Kept rows with fillers, straight from the text of §6. */
function withFillers(
  kept: readonly number[],
  blockStart: number,
  indexBits: number | "unlimited",
): { rows: number[]; fillers: number } {
  const rows: number[] = [];
  let fillers = 0;
  let previous = blockStart - 1;
  for (const row of kept) {
    while (indexBits !== "unlimited" && row - previous - 1 > 2 ** indexBits - 1) {
      previous += 2 ** indexBits;
      rows.push(previous);
      fillers++;
    }
    rows.push(row);
    previous = row;
  }
  return { rows, fillers };
}

export function oracle({ weights, activations }: OracleWorkload, config: OracleConfig): OracleResult {
  const { R, C, H, L, Ba, indexBits } = config;
  const K = weights.length;
  const N = weights[0]!.length;
  const signed = activations.some((window) => window.some((x) => x < 0));
  const arrays = cellArrays(weights, config);
  const rowBlocks = chunksOf(range(0, K), R);
  const skippable = (array: CellArray, row: number, bitline: number): boolean =>
    array.levels[row]![bitline] === array.zero[bitline];

  // Column blocks of all arrays, each with its OU column groups as lists of bitlines.
  const blocks = arrays.flatMap((array) =>
    chunksOf(range(0, array.zero.length), C).map((bitlines) => ({ array, bitlines, groups: chunksOf(bitlines, L) })),
  );

  let keptRows = 0;
  let fillerRows = 0;
  let ouRowSegments = 0;
  const packed = blocks.map(({ array, groups }) =>
    groups.map((group): Kept[] => {
      ouRowSegments += K;
      const keeps = (row: number): boolean => group.some((bitline) => !skippable(array, row, bitline));
      const pack = (rows: number[], start: number): number[] => {
        const filled = withFillers(rows.filter(keeps), start, indexBits);
        keptRows += filled.rows.length;
        fillerRows += filled.fillers;
        return filled.rows;
      };
      if (config.packing === "crossbar") return rowBlocks.map((rows) => pack(rows, rows[0]!));
      return chunksOf(pack(range(0, K), 0), R);
    }),
  );

  const ones = (window: readonly number[], rows: readonly number[], plane: number): number =>
    rows.filter((row) => bitOf(window[row]!, plane, Ba) === 1).length;
  const planes = range(0, Ba);
  const dynamic = (window: readonly number[], rows: readonly number[]): { ops: number; cycles: number } => {
    if (rows.length === 0) return { ops: 0, cycles: 0 };
    const perPlane = planes.map((plane) => Math.ceil(ones(window, rows, plane) / H));
    return { ops: total(perPlane), cycles: total(perPlane.map((ops) => (ops === 0 ? config.emptyPlaneCycles : ops))) };
  };

  /** Crossbars as lists of groups' rows → ops and latency over all windows. */
  const scheme = (
    crossbars: Kept[][],
    cost: (window: readonly number[], rows: Kept) => { ops: number; cycles: number },
  ): OracleScheme => {
    let ouOps = 0;
    let latencyCycles = 0;
    for (const window of activations) {
      const costs = crossbars.map((groups) => groups.map((rows) => cost(window, rows)));
      ouOps += total(costs.flat().map(({ ops }) => ops));
      latencyCycles +=
        Math.max(0, ...costs.map((groups) => total(groups.map(({ cycles }) => cycles)))) + config.fillCycles;
    }
    return { ouOps, latencyCycles };
  };
  const fixed = (_window: readonly number[], rows: Kept): { ops: number; cycles: number } => {
    const ops = Ba * Math.ceil(rows.length / H);
    return { ops, cycles: ops };
  };

  const denseCrossbars = blocks.flatMap(({ groups }) => rowBlocks.map((rows) => groups.map(() => rows)));
  const orcCrossbars = packed.flatMap((groups) =>
    range(0, Math.max(0, ...groups.map((chunks) => chunks.length))).map((chunk) =>
      groups.map((chunks) => chunks[chunk] ?? []),
    ),
  );
  const usedRows = range(0, K).filter((row) => weights[row]!.some((w) => w !== 0));
  const usedCols = range(0, N).filter((col) => weights.some((row) => row[col] !== 0));
  const recomBlocks = arrays.flatMap((array) => {
    const S = array.zero.length / N;
    return chunksOf(range(0, usedCols.length * S), C).map((bitlines) => chunksOf(bitlines, L));
  });
  const recomCrossbars =
    usedRows.length === 0
      ? []
      : recomBlocks.flatMap((groups) => chunksOf(usedRows, R).map((rows) => groups.map(() => rows)));

  const occCosts = blocks.flatMap(({ array, bitlines }) =>
    rowBlocks.map((rows) =>
      total(
        chunksOf(rows, H).map((group) => {
          const occupied = bitlines.filter((bitline) => group.some((row) => !skippable(array, row, bitline))).length;
          return Ba * Math.ceil(occupied / L);
        }),
      ),
    ),
  );
  const W = activations.length;

  const adc = (sum: number): number => {
    const top = 2 ** config.adcBits - 1;
    if (config.adcMode === "clip") return Math.min(sum, top);
    const full = H * (2 ** config.c - 1);
    return halfEven((halfEven((sum * top) / full) * full) / top);
  };
  const execute = (
    streams: { block: (typeof blocks)[number]; bitlines: number[]; rows: number[] }[],
    formation: "fixed" | "dynamic",
  ): number[][] =>
    activations.map((window) => {
      const out = new Array<number>(N).fill(0);
      for (const { block, bitlines, rows } of streams) {
        for (const plane of planes) {
          const open = (row: number): boolean => bitOf(window[row]!, plane, Ba) === 1;
          const ous =
            formation === "dynamic" ? chunksOf(rows.filter(open), H) : chunksOf(rows, H).map((ou) => ou.filter(open));
          const weight = signed && plane === Ba - 1 ? -(2 ** plane) : 2 ** plane;
          for (const ou of ous) {
            for (const bitline of bitlines) {
              const { array } = block;
              const q = adc(total(ou.map((row) => array.levels[row]![bitline]!)));
              out[array.col[bitline]!]! += weight * array.worth[bitline]! * (q - array.zero[bitline]! * ou.length);
            }
          }
        }
      }
      return out.map((value) => value + 0);
    });
  const denseStreams = blocks.flatMap((block) =>
    block.groups.flatMap((bitlines) => rowBlocks.map((rows) => ({ block, bitlines, rows }))),
  );
  const orcStreams = blocks.flatMap((block, b) =>
    block.groups.flatMap((bitlines, g) => packed[b]![g]!.map((rows) => ({ block, bitlines, rows }))),
  );

  return {
    schemes: {
      naive: scheme(denseCrossbars, fixed),
      recom: scheme(recomCrossbars, fixed),
      occ: { ouOps: W * total(occCosts), latencyCycles: W * (Math.max(0, ...occCosts) + config.fillCycles) },
      orc: scheme(orcCrossbars, fixed),
      dof: scheme(denseCrossbars, dynamic),
      "orc-dof": scheme(orcCrossbars, dynamic),
      isaac: { ouOps: W * Ba * denseCrossbars.length, latencyCycles: W * (Ba + config.fillCycles) },
    },
    orc: {
      keptRows,
      fillerRows,
      indexBits: indexBits === "unlimited" ? 0 : keptRows * indexBits,
      ouRowSegments,
      bitmapBits: ouRowSegments,
    },
    crossbars: { dense: denseCrossbars.length, recom: recomCrossbars.length, orc: orcCrossbars.length },
    outputs: {
      naive: execute(denseStreams, "fixed"),
      orc: execute(orcStreams, "fixed"),
      dof: execute(denseStreams, "dynamic"),
      "orc-dof": execute(orcStreams, "dynamic"),
    },
    product: activations.map((window) =>
      range(0, N).map((col) => total(window.map((x, row) => x * weights[row]![col]!))),
    ),
  };
}

function halfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
