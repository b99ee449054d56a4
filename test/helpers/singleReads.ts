import type {
  BitPlanes,
  CellBlock,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  Kernels,
  SenseOptions,
  SensingTable,
  StreamTable,
} from "../../bindings/kernels.ts";
import { Random } from "./random.ts";

/** One read of every bitline of a matrix of levels, all rows open: sums are the codes themselves. */
export interface SingleReads {
  readonly planes: BitPlanes;
  readonly streams: StreamTable;
  readonly block: CellBlock;
  readonly rowCount: number;
  /** Ideal sum of each bitline. */
  readonly sums: Int32Array;
  readonly options: (sense: SenseOptions, key: DrawKey) => DisturbedOptions;
}

/** Positive coding of one slice: a bitline a column, no zero code. `level`: of a row and a bitline. */
export function singleReads(
  kernels: Kernels,
  cellBits: number,
  rowCount: number,
  bitlineCount: number,
  level: (row: number, bitline: number) => number,
): SingleReads {
  const values = new Int16Array(rowCount * bitlineCount);
  const sums = new Int32Array(bitlineCount);
  for (let row = 0; row < rowCount; row++)
    for (let bitline = 0; bitline < bitlineCount; bitline++) {
      values[row * bitlineCount + bitline] = level(row, bitline);
      sums[bitline]! += level(row, bitline);
    }
  const weights = { values, rowCount, colCount: bitlineCount, weightBits: cellBits + 1 };
  const cells = { cellBits, coding: "positive" } as const;
  const shape = { windowCount: 1, vectorCount: 1, rowCount, bits: 1 };
  return {
    planes: kernels.packBitPlanes(new Uint16Array(rowCount).fill(1), shape),
    streams: {
      records: Int32Array.of(0, -1, 0, rowCount, 0, bitlineCount),
      entries: new Uint32Array(rowCount),
      streamCount: 1,
    },
    block: kernels.encodeCells(weights, cells, { start: 0, count: bitlineCount }),
    rowCount,
    sums,
    options: (sense, key) => ({
      ...sense,
      formation: "dynamic",
      signed: false,
      weights,
      cells,
      key,
      windows: Uint32Array.of(0),
      statsStride: 1,
    }),
  };
}

/** Levels drawn evenly and independently. */
export function uniformReads(
  kernels: Kernels,
  seed: number,
  cellBits: number,
  rowCount: number,
  bitlineCount: number,
): SingleReads {
  const random = new Random(seed);
  const levels = Uint8Array.from({ length: rowCount * bitlineCount }, () => random.integer(0, 2 ** cellBits - 1));
  return singleReads(
    kernels,
    cellBits,
    rowCount,
    bitlineCount,
    (row, bitline) => levels[row * bitlineCount + bitline]!,
  );
}

export function readCells(
  kernels: Kernels,
  reads: SingleReads,
  device: DeviceLevels,
  sense: SenseOptions,
  key: DrawKey,
): Float64Array {
  const codes = new Float64Array(reads.sums.length);
  const cells = kernels.programCells(reads.block, device, key);
  kernels.mvmDisturbed(reads.planes, reads.streams, cells, reads.block, reads.options(sense, key), codes);
  return codes;
}

export function readFixed(
  kernels: Kernels,
  reads: SingleReads,
  device: DeviceLevels,
  sense: SenseOptions,
  key: DrawKey,
): Float64Array {
  const codes = new Float64Array(reads.sums.length);
  const cells = kernels.programCellsFixed(reads.block, device, key);
  kernels.mvmDisturbedFixed(reads.planes, reads.streams, cells, reads.block, reads.options(sense, key), codes);
  return codes;
}

export function readTable(
  kernels: Kernels,
  reads: SingleReads,
  table: SensingTable,
  sense: SenseOptions,
  key: DrawKey,
): Float64Array {
  const codes = new Float64Array(reads.sums.length);
  kernels.mvmTable(reads.planes, reads.streams, reads.block, table, reads.options(sense, key), codes);
  return codes;
}

/** How often each code came out of the bitlines with one ideal sum. */
export function histogram(codes: Float64Array, sums: Int32Array, sum: number): Map<number, number> {
  const counts = new Map<number, number>();
  codes.forEach((code, i) => {
    if (sums[i] === sum) counts.set(code, (counts.get(code) ?? 0) + 1);
  });
  return counts;
}
