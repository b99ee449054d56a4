import type {
  CountPlan,
  DeviceLevels,
  DisturbedOptions,
  Kernels,
  ReadOptions,
  SenseOptions,
  WindowSource,
} from "../../../bindings/kernels.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { countPlan } from "../../../src/stages/compress/countPlan.ts";
import { twoCrossbars } from "./twoCrossbars.ts";

/** Arguments that a kernel takes, every array of them as long as it must be. */
export interface ArgumentRow {
  arguments(): unknown[];
  /** Real numbers among them, by path; the others are whole. */
  readonly reals?: readonly string[];
  /** Arrays of any length. */
  readonly anyLength?: readonly string[];
  /** What may be left out. */
  readonly optional?: readonly string[];
  /** Arrays say the same thing twice, and implementations read one or the other. */
  readonly isRedundant?: boolean;
}

const twin = new ScalarKernels();
const ROWS = 40;
const cells = { cellBits: 2, coding: "offset" };
const weights = () => ({ values: Int16Array.of(1, -2, 3, 0, 0, -4), rowCount: 3, colCount: 2, weightBits: 4 });
const runs = () => [
  { start: 0, count: 1 },
  { start: 1, count: 2 },
];
const shape = { windowCount: 2, vectorCount: 1, rowCount: 3, bits: 3 };
const codes = () => Uint16Array.of(1, 2, 3, 4, 5, 6);
const planes = () => ({ ...twin.packBitPlanes(codes(), shape) });
const block = () => twin.encodeCells(weights(), { cellBits: 2, coding: "offset" }, { start: 0, count: 4 });
const streams = () => ({ records: Int32Array.of(0, -1, 0, 3, 0, 4), entries: new Uint32Array(3), streamCount: 1 });
const sums = () => new Float64Array(4);
const segments = () => ({
  records: Int32Array.of(0, 0, 0, 4, 0, 1, 4, 1, 0, 0, 4, 4, 1, 4),
  masks: Uint32Array.of(7, 0, 0, 0, 5, 0, 0, 0),
  segmentCount: 2,
  crossbarCount: 2,
});
const device = (): DeviceLevels => ({
  base: Float32Array.of(0, 1, 2, 3),
  span: Float32Array.of(1, 2, 3, 4),
  sigma: new Float32Array(4).fill(0.1),
  stuckLow: 0.125,
  stuckHigh: 0.25,
});
const sense = (): SenseOptions => ({ ouRows: 2, adc: { mode: "clip", topCode: 7 }, offset: 0.5, readSigma: 0.25 });
const key = () => [1, 2] as const;
const walk = { formation: "dynamic", signed: false, weights: { weightBits: 4, colCount: 2 }, cells } as const;
const reads = () => ({ ...walk, key: key(), windows: Uint32Array.of(4, 5), statsStride: 1 }) as ReadOptions;
const disturbed = () => ({ ...reads(), ...sense() }) as DisturbedOptions;

const SENSE_REALS = ["offset", "readSigma"];
const under = (place: string, names: readonly string[]): string[] => names.map((name) => `${place}.${name}`);
const deviceReals = (place: string) => under(place, ["stuckLow", "stuckHigh"]);

const dense = (): WindowSource => ({
  ...{ windowCount: 3, vectorCount: 1, rowCount: ROWS, conv: null },
  codes: Uint16Array.from({ length: 3 * ROWS }, (_, i) => i % 7),
});

const convolved = (): WindowSource => ({
  ...{ windowCount: 4, vectorCount: 1, rowCount: 8, codes: Uint16Array.from({ length: 18 }, (_, i) => i) },
  conv: {
    geometry: { kernel: [2, 2], strides: [1, 1], dilations: [1, 1] },
    ...{ padTop: 0, padLeft: 0, outHeight: 2, outWidth: 2, channelCount: 2, height: 3, width: 3 },
    ...{ firstChannel: 0, channelsPerVector: 2 },
  },
});

const counting = (by: CountPlan["by"]): ArgumentRow => ({
  arguments: () => [dense(), { start: 0, count: 3 }, 3, [countPlan(twoCrossbars(ROWS), 1, ROWS, by)], 2, 0],
  isRedundant: by !== "popcounts",
});

/** The part of a name before its first space is the kernel's. */
export const argumentRows: Readonly<Record<string, ArgumentRow>> = {
  findRange: { arguments: () => [Float32Array.of(1, 2, 3)], anyLength: ["0"] },
  "findRange of doubles": { arguments: () => [Float64Array.of(1, 2, 3)], anyLength: ["0"] },
  quantize: {
    arguments: () => [Float32Array.of(1, 2, 3), 0.5, -4, 3, 3, new Uint16Array(3)],
    reals: ["1"],
    optional: ["5"],
  },
  "quantize without a place for codes": {
    arguments: () => [Float32Array.of(1, 2, 3), 0.5, -4, 3, 3],
    reals: ["1"],
    anyLength: ["0"],
  },
  packBitPlanes: { arguments: () => [codes(), shape] },
  buildRowMasks: { arguments: () => [weights(), cells, runs()] },
  buildBitlineMasks: { arguments: () => [weights(), cells, runs()] },
  countZeros: { arguments: () => [weights()] },
  countFixedOus: { arguments: () => [segments(), 2] },
  countOuCycles: { arguments: () => [planes(), segments(), 2, 0] },
  gatherWindows: { arguments: () => [dense(), Uint32Array.of(2, 0)], anyLength: ["1"] },
  "gatherWindows of a convolution": { arguments: () => [convolved(), Uint32Array.of(3, 1)], anyLength: ["1"] },
  "countWindows by popcounts": counting("popcounts"),
  "countWindows in slices": counting("slices"),
  "countWindows by table": counting("table"),
  encodeCells: { arguments: () => [weights(), cells, { start: 1, count: 3 }] },
  mvmBitSerial: {
    arguments: () => [
      planes(),
      streams(),
      block(),
      { ...walk, ouRows: 2, adcTransfer: Int32Array.of(0, 1, 2, 3, 4, 5, 6) },
      sums(),
    ],
  },
  integerProduct: { arguments: () => [codes(), shape, 0, false, weights(), sums()] },
  programCells: { arguments: () => [block(), device(), key()], reals: deviceReals("1") },
  programCellsFixed: { arguments: () => [block(), device(), key()], reals: deviceReals("1") },
  mvmDisturbed: {
    arguments: () => [planes(), streams(), twin.programCells(block(), device(), key()), block(), disturbed(), sums()],
    reals: under("4", SENSE_REALS),
  },
  mvmDisturbedFixed: {
    arguments: () => [
      ...[planes(), streams(), twin.programCellsFixed(block(), device(), key())],
      ...[block(), disturbed(), sums()],
    ],
    reals: under("4", SENSE_REALS),
  },
  buildSensingTable: {
    arguments: () => [{ ...sense(), device: device(), sampleCount: 10 }, key()],
    reals: [...under("0", SENSE_REALS), ...deviceReals("0.device")],
  },
  mvmTable: {
    arguments: () => [
      ...[planes(), streams(), block()],
      twin.buildSensingTable({ ...sense(), device: device(), sampleCount: 10 }, key()),
      ...[reads(), sums()],
    ],
  },
  encodeIndex: { arguments: () => [Uint32Array.of(5, 1), 3, 61, 2] },
  decodeIndex: { arguments: () => [Uint32Array.of(1, 0, 2), -1], anyLength: ["0"] },
  configure: {
    arguments: () => [{ crossbarRows: 128, ouRows: 16, cellBits: 2, weightBits: 16, activationBits: 16 }],
  },
  describe: { arguments: () => [] },
} satisfies Partial<Record<keyof Kernels, ArgumentRow>> & Record<string, ArgumentRow>;
