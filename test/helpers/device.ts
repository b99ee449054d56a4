import { sliceCount } from "../../bindings/coding.ts";
import type {
  CellCoding,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  Kernels,
  OuFormation,
  ReadStats,
  SenseAdc,
  StreamTable,
  WeightMatrix,
} from "../../bindings/kernels.ts";
import { Random } from "./random.ts";
import { denseStreams, groupsOf, keptStreams } from "./streams.ts";

export const KEY: DrawKey = [11, 22];

/** Levels one code apart, over a reference of `hrs` codes; a level's deviation is that of its whole current. */
export function nominalDevice(cellBits: number, sigma: number, hrs = 1 / 18): DeviceLevels {
  const levelCount = 2 ** cellBits;
  return {
    base: Float32Array.from({ length: levelCount }, (_, level) => level),
    span: Float32Array.from({ length: levelCount }, (_, level) => level + hrs * (levelCount - 1)),
    sigma: new Float32Array(levelCount).fill(sigma),
    stuckLow: 0,
    stuckHigh: 0,
  };
}

/** One matrix with inputs, ready to be read in any way. */
export interface DeviceWork {
  readonly weights: WeightMatrix;
  readonly cells: CellCoding;
  readonly planes: ReturnType<Kernels["packBitPlanes"]>;
  readonly block: ReturnType<Kernels["encodeCells"]>;
  readonly dense: StreamTable;
  readonly kept: StreamTable;
  readonly windowCount: number;
}

export function deviceWork(
  kernels: Kernels,
  seed: number,
  shape: {
    rowCount: number;
    colCount: number;
    windowCount: number;
    weightBits: number;
    bits: number;
    cellBits: number;
  },
): DeviceWork {
  const random = new Random(seed);
  const { rowCount, colCount, windowCount, weightBits, bits } = shape;
  const most = 2 ** (weightBits - 1) - 1;
  const weight = () => (random.chance(0.4) ? random.integer(-most, most) : 0);
  const values = Int16Array.from({ length: rowCount * colCount }, weight);
  const weights: WeightMatrix = { values, rowCount, colCount, weightBits };
  const codes = Uint16Array.from({ length: windowCount * rowCount }, () =>
    random.chance(0.7) ? random.integer(0, 2 ** bits - 1) : 0,
  );
  const cells: CellCoding = { cellBits: shape.cellBits, coding: "offset" };
  const bitlines = { start: 0, count: colCount * sliceCount(weightBits, cells) };
  const groups = groupsOf(bitlines, 16);
  return {
    weights,
    cells,
    planes: kernels.packBitPlanes(codes, { windowCount, vectorCount: 1, rowCount, bits }),
    block: kernels.encodeCells(weights, cells, bitlines),
    dense: denseStreams(rowCount, groups, 128),
    kept: keptStreams(kernels, weights, cells, groups, 5, 128),
    windowCount,
  };
}

export interface Walk {
  readonly ouRows: number;
  readonly formation: OuFormation;
  readonly adc: SenseAdc;
  readonly signed?: boolean;
  readonly offset?: number;
  readonly readSigma?: number;
}

export function disturbedOptions(work: DeviceWork, walk: Walk): DisturbedOptions {
  return {
    offset: 0,
    readSigma: 0,
    signed: false,
    ...walk,
    weights: work.weights,
    cells: work.cells,
    key: KEY,
    windows: Uint32Array.from({ length: work.windowCount }, (_, window) => window + 1000),
    statsStride: 1,
  };
}

export const ENGINES = ["f32", "fixed", "table"] as const;
export type Engine = (typeof ENGINES)[number];

/** Sums and statistics of one engine over some streams; a table is made of few samples. */
export function runEngine(
  kernels: Kernels,
  engine: Engine,
  work: DeviceWork,
  streams: StreamTable,
  device: DeviceLevels,
  options: DisturbedOptions,
): { sums: Float64Array; stats: ReadStats } {
  const { planes, block } = work;
  const sums = new Float64Array(work.windowCount * work.weights.colCount);
  if (engine === "f32") {
    const cells = kernels.programCells(block, device, KEY);
    return { sums, stats: kernels.mvmDisturbed(planes, streams, cells, block, options, sums) };
  }
  if (engine === "fixed") {
    const cells = kernels.programCellsFixed(block, device, KEY);
    return { sums, stats: kernels.mvmDisturbedFixed(planes, streams, cells, block, options, sums) };
  }
  const table = kernels.buildSensingTable({ ...options, device, sampleCount: 20 }, KEY);
  return { sums, stats: kernels.mvmTable(planes, streams, block, table, options, sums) };
}

/** What an ADC makes of every sum, as mvmBitSerial takes it (§8). */
export function transferOf(adc: SenseAdc, fullScale: number): Int32Array {
  const halfEven = (value: number) => {
    const floor = Math.floor(value);
    return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
  };
  return Int32Array.from({ length: fullScale + 1 }, (_, sum) =>
    adc.mode === "clip"
      ? Math.min(sum, adc.topCode)
      : halfEven((halfEven((sum * adc.topCode) / fullScale) * fullScale) / adc.topCode),
  );
}
