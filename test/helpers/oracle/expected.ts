import { oracle } from "../oracle.ts";
import type { OracleEvents, OracleResult, OracleScheme, OracleSchemeName } from "../oracle.ts";
import { bitOf, halfEven, range, total } from "./cells.ts";
import type { OracleConfig } from "./cells.ts";
import type { OrcCounts } from "./crossbars.ts";
import { mapValues, sizeOf } from "./floats.ts";
import type { Real } from "./floats.ts";
import { windowsOf } from "./layers.ts";
import type { OracleLayer } from "./layers.ts";
import type { OracleNetwork, Values } from "./network.ts";

/** One entry of the report, counted. */
export interface ExpectedEntry {
  readonly name: string;
  readonly op: string;
  readonly group: number | "all";
  readonly matrixRows: number;
  readonly matrixCols: number;
  readonly matrixCount: number;
  /** Of each matrix. */
  readonly windows: number;
  readonly zeroWeights: number;
  readonly zeroRows: number;
  readonly zeroCols: number;
  readonly signed: boolean;
  /** Zeros of the input as codes, and the ones of each bit-plane, of so many values that reach its matrices. */
  readonly inputs: { readonly values: number; readonly zeros: number; readonly ones: readonly number[] };
  readonly scales: { readonly weight: number; readonly activation: number };
  readonly schemes: Record<OracleSchemeName, OracleScheme>;
  readonly events: Record<OracleSchemeName, OracleEvents>;
  readonly cycles: OracleResult["cycles"];
  readonly orc: OrcCounts;
  readonly crossbars: OracleResult["crossbars"];
  readonly usedCells: OracleResult["usedCells"];
  readonly planes: OracleResult["planes"];
  /** [window][matrix and column] */
  readonly outputs: OracleResult["outputs"];
  readonly product: number[][];
}

/** Every entry of a network: quantised (§3), placed, counted and executed. */
export function expectedEntries(
  network: OracleNetwork,
  config: OracleConfig,
  rule: "power-of-two" | "max-abs",
): ExpectedEntry[] {
  return network.layers.flatMap((layer) => layerEntries(layer, network.values.get(layer.input)!, config, rule));
}

function layerEntries(
  layer: OracleLayer,
  { run, calibration }: Values,
  config: OracleConfig,
  rule: "power-of-two" | "max-abs",
): ExpectedEntry[] {
  const { Bw, Ba } = config;
  const signed = calibration.values.some((value) => value < 0);
  const low = signed ? -(2 ** (Ba - 1)) : 0;
  const high = signed ? 2 ** (Ba - 1) - 1 : 2 ** Ba - 1;
  const activation = stepOf(calibration.values, high, rule);
  const codes = mapValues(run, (value) => clamp(halfEven(value / activation), low, high));

  const topWeight = 2 ** (Bw - 1) - 1;
  const weight = stepOf(layer.matrices.flat(2), topWeight, rule);
  const quantize = (w: number): number => clamp(halfEven(w / weight), -topWeight, topWeight) + 0;
  const parts = layer.matrices.map((matrix, group): ExpectedEntry => {
    const weights = matrix.map((row) => row.map(quantize));
    const activations = windowsOf(layer, group, codes);
    const columns = weights[0]!.map((_, col) => weights.map((row) => row[col]!));
    const allZero = (values: readonly number[]): boolean => values.every((value) => value === 0);
    return {
      name: layer.name,
      op: layer.op,
      group,
      matrixRows: weights.length,
      matrixCols: columns.length,
      matrixCount: 1,
      windows: activations.length,
      zeroWeights: weights.flat().filter((w) => w === 0).length,
      zeroRows: weights.filter(allZero).length,
      zeroCols: columns.filter(allZero).length,
      signed,
      inputs: inputsOf(layer.looks === null ? codes.values : channelsOf(codes, group, layer.matrices.length), Ba),
      scales: { weight, activation },
      ...oracle({ weights, activations, signed }, config),
    };
  });
  const depthwise = parts.length > 1 && parts.length === run.shape[1];
  return depthwise ? [merge(parts, config)] : parts;
}

/** The matrices of a depthwise layer as one entry (A2): counts add up, and all crossbars work at once (§7). */
function merge(parts: readonly ExpectedEntry[], { fillCycles }: OracleConfig): ExpectedEntry {
  const first = parts[0]!;
  const sum = <T extends object>(pick: (part: ExpectedEntry) => T): T => {
    const keys = Object.keys(pick(first)) as (keyof T)[];
    return Object.fromEntries(keys.map((key) => [key, total(parts.map((part) => pick(part)[key] as number))])) as T;
  };
  const sumEach = <T extends object>(pick: (part: ExpectedEntry) => Record<OracleSchemeName, T>) =>
    eachScheme(first.schemes, (name) => sum((part) => pick(part)[name]));
  const sideBySide = (pick: (part: ExpectedEntry) => number[][]): number[][] =>
    pick(first).map((_, window) => parts.flatMap((part) => pick(part)[window]!));
  const slowest = (name: OracleSchemeName, window: number): number =>
    Math.max(...parts.map(({ cycles }) => cycles[name][window]!));
  return {
    ...first,
    group: "all",
    matrixCount: parts.length,
    ...sum(({ zeroWeights, zeroRows, zeroCols }) => ({ zeroWeights, zeroRows, zeroCols })),
    schemes: eachScheme(first.schemes, (name) => ({
      ouOps: total(parts.map(({ schemes }) => schemes[name].ouOps)),
      latencyCycles: total(first.cycles[name].map((_, window) => slowest(name, window) + fillCycles)),
    })),
    events: sumEach(({ events }) => events),
    orc: sum(({ orc }) => orc),
    crossbars: sum(({ crossbars }) => crossbars),
    usedCells: sum(({ usedCells }) => usedCells),
    planes: sum(({ planes }) => planes),
    inputs: {
      ...sum(({ inputs: { values, zeros } }) => ({ values, zeros })),
      ones: first.inputs.ones.map((_, plane) => total(parts.map(({ inputs }) => inputs.ones[plane]!))),
    },
    outputs: eachScheme(first.schemes, (name) => sideBySide(({ outputs }) => outputs[name])),
    product: sideBySide(({ product }) => product),
  };
}

/** Values of the channels that one group reads. */
function channelsOf({ shape, values }: Real, group: number, groups: number): number[] {
  const perChannel = sizeOf(shape.slice(2));
  return values.filter(
    (_, at) => Math.floor((Math.floor(at / perChannel) % shape[1]!) / (shape[1]! / groups)) === group,
  );
}

function inputsOf(values: readonly number[], Ba: number): ExpectedEntry["inputs"] {
  return {
    values: values.length,
    zeros: values.filter((value) => value === 0).length,
    ones: range(0, Ba).map((plane) => total(values.map((value) => bitOf(value, plane, Ba)))),
  };
}

export function eachScheme<T>(
  like: Record<OracleSchemeName, unknown>,
  make: (name: OracleSchemeName) => T,
): Record<OracleSchemeName, T> {
  const names = Object.keys(like) as OracleSchemeName[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<OracleSchemeName, T>;
}

/** Step of the fixed point (§3); that of a tensor of zeros does not matter, the engine calls it 1. */
function stepOf(values: readonly number[], top: number, rule: "power-of-two" | "max-abs"): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 1;
  if (rule === "max-abs") return largest / top;
  let step = 1;
  while (step * top < largest) step *= 2;
  while ((step / 2) * top >= largest) step /= 2;
  return step;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
