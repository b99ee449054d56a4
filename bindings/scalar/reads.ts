import type { ReadOptions, ReadStats } from "../deviceKernels.ts";
import type { BitPlanes, CellBlock, StreamTable } from "../shapes.ts";
import { sliceCount, zeroCode } from "../coding.ts";
import { absorb } from "./draws.ts";
import type { DrawState } from "./draws.ts";
import { formOus, readStream } from "./mvm.ts";
import { hasBit } from "./planes.ts";

/** One OU with an open row, as all bitlines of its stream read it. */
export interface OuRead {
  readonly openRows: Int32Array;
  /** Of (key, purpose, window, vector, row before the stream, plane, number of the read in its plane). */
  readonly state: DrawState;
}

/** How a bitline is sensed: what its disturbed cells give, and what its ideal sum would. */
export interface Sensor {
  /** `bitline`: in the block; `sum`: of the levels. */
  sensed(read: OuRead, bitline: number, sum: number): number;
  ideal(sum: number): number;
}

/** The walk of mvmBitSerial with a sensor in place of the ADC; `purpose`: first word of every read's key. */
export function walkReads(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  options: ReadOptions & { readonly ouRows: number },
  purpose: number,
  sensor: Sensor,
  sums: Float64Array,
): ReadStats {
  const { weights, cells } = options;
  const slices = sliceCount(weights.weightBits, cells);
  const arraySign = cells.coding === "negative" ? -1 : 1;
  const stats: ReadStats = { readCount: 0, misreadCount: 0, errorSum: 0, squaredErrorSum: 0 };
  const layer = absorb(options.key, purpose);
  for (let i = 0; i < streams.streamCount; i++) {
    const stream = readStream(streams, i);
    for (let window = 0; window < planes.windowCount; window++) {
      const vector = window * planes.vectorCount + stream.vector;
      const isCounted = options.windows[window]! % options.statsStride === 0;
      const inVector = absorb(absorb(layer, options.windows[window]!), stream.vector);
      const reads = readsOf(planes, vector, stream.rows, absorb(inVector, stream.previousRow), options);
      for (let k = 0; k < stream.bitlineCount; k++) {
        const blockBitline = stream.bitlineStart + k;
        const bitline = block.bitlines.start + blockBitline;
        const slice = bitline % slices;
        const zero = zeroCode(weights.weightBits, cells, slice);
        let accumulator = 0;
        for (const { read, weight } of reads) {
          let sum = 0;
          for (const row of read.openRows) sum += block.levels[row * block.strideBytes + blockBitline]!;
          const sensed = sensor.sensed(read, blockBitline, sum);
          accumulator += weight * (sensed - zero * read.openRows.length);
          if (isCounted) addRead(stats, sensed - sensor.ideal(sum));
        }
        const col = Math.floor(bitline / slices);
        sums[vector * weights.colCount + col]! += arraySign * accumulator * 2 ** (cells.cellBits * slice);
      }
    }
  }
  return stats;
}

/** All reads of one input vector by one stream, and what a sensed sum of each is worth. */
function readsOf(
  planes: BitPlanes,
  vector: number,
  rows: Int32Array,
  state: DrawState,
  options: ReadOptions & { readonly ouRows: number },
): { read: OuRead; weight: number }[] {
  return Array.from({ length: planes.planeCount }, (_, plane) => {
    const planeStart = (vector * planes.planeCount + plane) * planes.wordCount;
    const isNegative = options.signed && plane === planes.planeCount - 1;
    const isOpen = (row: number) => hasBit(planes.words, planeStart, row);
    return formOus(rows, isOpen, options.formation, options.ouRows).map((openRows, number) => ({
      read: { openRows, state: absorb(state, number * 16 + plane) },
      weight: isNegative ? -(2 ** plane) : 2 ** plane,
    }));
  }).flat();
}

function addRead(stats: ReadStats, error: number): void {
  stats.readCount++;
  if (error !== 0) stats.misreadCount++;
  stats.errorSum += error;
  stats.squaredErrorSum += error * error;
}
