import * as abi from "../../assembly/shared/abi.ts";
import { paddedWordCount, sliceCount } from "../../bindings/coding.ts";
import type {
  BitPlanes,
  CellCoding,
  CodeShape,
  Kernels,
  MvmOptions,
  OuFormation,
  Run,
  SegmentTable,
  StreamTable,
  WeightMatrix,
} from "../../bindings/kernels.ts";
import { ScalarKernels } from "../../bindings/scalar.ts";
import type { Random } from "../helpers/random.ts";
import { valueCases } from "./valueCases.ts";
import { deviceCases } from "./deviceCases.ts";
import { windowCases } from "./windowCases.ts";

/** A kernel applied to one random input; every generator mixes ordinary values with corners. */
export type Case<K> = (kernels: K) => unknown;
export type CaseGenerator<K> = (random: Random) => Case<K>;

const twin = new ScalarKernels();
const ROW_COUNTS = [0, 1, 2, 5, 8, 16, 17, 31, 32, 33, 40, 40];
const LONG_ROW_COUNTS = [63, 64, 65, 127, 128, 129, 160, 500];
const OU_ROWS = [1, 2, 3, 5, 9, 16, 17, 32, 127, 128, 200];
const WIDTHS = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 33, 40];

export const bulkCases: Record<string, CaseGenerator<Kernels>> = {
  ...windowCases,
  ...valueCases,
  ...deviceCases(randomProduct),

  packBitPlanes(random) {
    const shape = randomShape(random, randomRowCount(random, 0.4));
    const codes = randomCodes(random, shape);
    return (kernels) => kernels.packBitPlanes(codes, shape);
  },

  buildRowMasks(random) {
    const cells = randomCells(random);
    const weights = randomWeights(random, cells, randomRowCount(random, 0.2), random.integer(0, 9));
    const groups = randomRuns(random, weights.colCount * sliceCount(weights.weightBits, cells));
    return (kernels) => kernels.buildRowMasks(weights, cells, groups);
  },

  buildBitlineMasks(random) {
    const cells = randomCells(random);
    const weights = randomWeights(random, cells, randomRowCount(random, 0.1), random.integer(0, 9));
    const rowGroups = randomRuns(random, weights.rowCount);
    return (kernels) => kernels.buildBitlineMasks(weights, cells, rowGroups);
  },

  countZeros(random) {
    const weights = randomWeights(random, randomCells(random), random.integer(0, 40), random.integer(0, 40));
    const { rowCount, colCount } = weights;
    for (let row = 0; row < rowCount; row++) {
      if (random.chance(0.2)) weights.values.fill(0, row * colCount, (row + 1) * colCount);
    }
    const col = random.integer(0, 60);
    for (let row = 0; row < rowCount && col < colCount; row++) weights.values[row * colCount + col] = 0;
    return (kernels) => kernels.countZeros(weights);
  },

  countFixedOus(random) {
    const segments = randomSegments(random, 1, random.pick([4, 8, 16]));
    const unit = random.pick(OU_ROWS);
    return (kernels) => kernels.countFixedOus(segments, unit);
  },

  countOuCycles(random) {
    const planes = randomPlanes(random, randomRowCount(random, 0.6));
    const segments = randomSegments(random, planes.vectorCount, planes.wordCount);
    const ouRows = random.pick(OU_ROWS);
    const emptyPlaneCycles = random.pick([0, 0, 1, 3]);
    return (kernels) => kernels.countOuCycles(planes, segments, ouRows, emptyPlaneCycles);
  },

  encodeCells(random) {
    const cells = randomCells(random);
    const weights = randomWeights(random, cells, randomRowCount(random, 0.1), random.integer(0, 9));
    const [bitlines] = randomRuns(random, weights.colCount * sliceCount(weights.weightBits, cells));
    return (kernels) => kernels.encodeCells(weights, cells, bitlines ?? { start: 0, count: 0 });
  },

  mvmBitSerial(random) {
    const { planes, streams, block, ...product } = randomProduct(random, random.pick(OU_ROWS));
    const maxSum = product.ouRows * (2 ** product.cells.cellBits - 1);
    const options: MvmOptions = { ...product, adcTransfer: randomTransfer(random, maxSum) };
    const before = new Float64Array(product.sumCount).fill(7);
    return (kernels) => {
      const sums = before.slice();
      kernels.mvmBitSerial(planes, streams, block, options, sums);
      return sums;
    };
  },

  integerProduct(random) {
    const cells: CellCoding = { cellBits: 1, coding: "offset" };
    const shape = randomShape(random, randomRowCount(random, 0.1));
    const weights = randomWeights(random, cells, shape.rowCount, random.integer(0, 9));
    const codes = randomCodes(random, shape);
    const vector = random.integer(0, shape.vectorCount - 1);
    const signed = random.chance(0.5);
    const sumCount = shape.windowCount * shape.vectorCount * weights.colCount;
    const before = new Float64Array(sumCount).fill(7);
    return (kernels) => {
      const sums = before.slice();
      kernels.integerProduct(codes, shape, vector, signed, weights, sums);
      return sums;
    };
  },
};

export const controlCases: Record<string, CaseGenerator<Kernels>> = {
  encodeIndex(random) {
    const mask = randomMask(random, random.integer(0, 8));
    const rowStart = random.integer(0, mask.length * 32);
    const rowCount = random.chance(0.5) ? mask.length * 32 - rowStart : random.integer(0, mask.length * 32 - rowStart);
    const indexBits = random.integer(0, random.pick([3, 16]));
    return (kernels) => kernels.encodeIndex(mask, rowStart, rowCount, indexBits);
  },

  decodeIndex(random) {
    const entries = Uint32Array.from({ length: random.integer(0, 60) }, () =>
      random.integer(0, random.pick([3, 70000])),
    );
    const previousRow = random.integer(-1, 300);
    return (kernels) => kernels.decodeIndex(entries, previousRow);
  },
};

function randomRowCount(random: Random, longChance: number): number {
  return random.pick(random.chance(longChance) ? LONG_ROW_COUNTS : ROW_COUNTS);
}

function randomCells(random: Random): CellCoding {
  return { cellBits: random.integer(1, 8), coding: random.pick(["offset", "offset", "positive", "negative"]) };
}

function randomWeights(random: Random, cells: CellCoding, rowCount: number, colCount: number): WeightMatrix {
  const weightBits = random.integer(1, 16);
  const max = 2 ** (weightBits - 1) - 1;
  const min = cells.coding === "offset" ? -max - 1 : -max;
  const density = random.pick([0, 0.05, 0.3, 0.3, 0.7, 1]);
  const small = random.chance(0.3);
  const corners = random.chance(0.2);
  const values = Int16Array.from({ length: rowCount * colCount }, () => {
    if (!random.chance(density)) return 0;
    if (corners) return random.pick([min, max]);
    return small ? random.integer(Math.max(min, -3), Math.min(max, 3)) : random.integer(min, max);
  });
  return { values, rowCount, colCount, weightBits };
}

/** Consecutive runs of one width from an arbitrary start (the last one narrower), with an empty one now and then. */
function randomRuns(random: Random, limit: number): Run[] {
  const width = random.pick(WIDTHS);
  const runs: Run[] = [];
  for (let start = random.integer(0, Math.min(limit, 5)); start < limit; start += width)
    runs.push({ start, count: Math.min(width, limit - start) });
  if (random.chance(0.1)) runs.push({ start: limit, count: 0 });
  return runs;
}

function randomShape(random: Random, rowCount: number): CodeShape {
  return {
    windowCount: random.integer(random.chance(0.03) ? 0 : 1, 3),
    vectorCount: random.integer(1, 3),
    rowCount,
    bits: random.integer(1, 16),
  };
}

function randomCodes(random: Random, shape: CodeShape): Uint16Array {
  const max = 2 ** shape.bits - 1;
  const density = random.pick([0, 0.1, 0.5, 0.5, 0.8, 1]);
  const isCorner = random.chance(0.15);
  const hasHighBits = random.chance(0.2);
  return Uint16Array.from({ length: shape.windowCount * shape.vectorCount * shape.rowCount }, () => {
    if (!random.chance(density)) return 0;
    if (hasHighBits) return random.integer(0, 65535);
    return isCorner ? max : random.integer(0, max);
  });
}

function randomPlanes(random: Random, rowCount: number): BitPlanes & { rowCount: number } {
  const shape = randomShape(random, rowCount);
  return { ...twin.packBitPlanes(randomCodes(random, shape), shape), rowCount };
}

function randomMask(random: Random, wordCount: number): Uint32Array {
  const density = random.pick([0, 0.02, 0.2, 0.6, 0.6, 1]);
  const mask = new Uint32Array(wordCount);
  for (let i = 0; i < wordCount * 32; i++) if (random.chance(density)) mask[i >> 5]! |= 1 << (i & 31);
  return mask;
}

/** Segments of whole vectors, of single words, at odd words; unused crossbars; masks shared with the segment before, or empty. */
function randomSegments(random: Random, vectorCount: number, wordCount: number): SegmentTable {
  const segmentCount = random.integer(0, 8);
  const records = new Int32Array(segmentCount * abi.SEGMENT_FIELDS);
  const masks: number[] = [];
  let crossbar = 0;
  for (let i = 0; i < segmentCount; i++) {
    if (random.chance(0.4)) crossbar += random.integer(1, 2);
    const isVector = wordCount >= 4 && random.chance(0.6);
    const segmentWords = isVector ? 4 : random.integer(0, wordCount);
    const mask = randomMask(random, segmentWords);
    const record = records.subarray(i * abi.SEGMENT_FIELDS);
    if (i > 0 && random.chance(0.15)) {
      record.set(records.subarray((i - 1) * abi.SEGMENT_FIELDS, i * abi.SEGMENT_FIELDS));
      record[abi.SEGMENT_CROSSBAR] = crossbar;
      continue;
    }
    record[abi.SEGMENT_CROSSBAR] = crossbar;
    record[abi.SEGMENT_VECTOR] = random.integer(0, vectorCount - 1);
    record[abi.SEGMENT_WORD_START] = random.integer(0, wordCount - segmentWords);
    record[abi.SEGMENT_WORD_COUNT] = segmentWords;
    record[abi.SEGMENT_MASK_START] = masks.length;
    record[abi.SEGMENT_MULTIPLICITY] = random.integer(1, 5);
    record[abi.SEGMENT_BITLINES] = random.integer(1, 80);
    masks.push(...mask);
  }
  return {
    records,
    masks: Uint32Array.from(masks),
    segmentCount,
    crossbarCount: crossbar + 1 + random.integer(0, 2),
  };
}

/** What every product reads: planes, streams over a block of cells, and how they are walked. */
export function randomProduct(random: Random, ouRows: number) {
  const cells = randomCells(random);
  const planes = randomPlanes(random, randomRowCount(random, 0.06));
  const rowCount = random.chance(0.8) ? planes.rowCount : planes.rowCount + 3;
  const weights = randomWeights(random, cells, rowCount, random.integer(1, 6));
  const bitlineCount = weights.colCount * sliceCount(weights.weightBits, cells);
  const start = random.chance(0.5) ? 0 : random.integer(0, Math.min(bitlineCount, 6));
  const count = random.chance(0.8) ? bitlineCount - start : random.integer(0, bitlineCount - start);
  const block = twin.encodeCells(weights, cells, { start, count });
  const streams = randomStreams(random, planes, Math.min(planes.rowCount, rowCount), block.bitlines.count);
  const formation: OuFormation = random.pick(["fixed", "dynamic"]);
  const sumCount = planes.windowCount * planes.vectorCount * weights.colCount;
  return { planes, streams, block, formation, ouRows, signed: random.chance(0.5), weights, cells, sumCount };
}

/** Each stream: some rows from some row on (or those of the one before), with fillers, over some bitlines of the block. */
function randomStreams(random: Random, planes: BitPlanes, rowCount: number, bitlineCount: number): StreamTable {
  const streamCount = random.integer(random.chance(0.05) ? 0 : 1, 4);
  const records = new Int32Array(streamCount * abi.STREAM_FIELDS);
  const entries: number[] = [];
  let previousEntries: Uint32Array = new Uint32Array(0);
  let previousRow = -1;
  for (let i = 0; i < streamCount; i++) {
    const rowStart = random.chance(0.7) ? 0 : random.integer(0, rowCount);
    const mask = randomMask(random, paddedWordCount(rowCount));
    const isRepeat = i > 0 && random.chance(0.5);
    const streamEntries = isRepeat
      ? previousEntries
      : twin.encodeIndex(mask, rowStart, rowCount - rowStart, random.pick([0, 1, 2, 5]));
    const bitlineStart = random.chance(0.4) ? 0 : random.integer(0, Math.min(bitlineCount, 20));
    const bitlinesLeft = bitlineCount - bitlineStart;
    const record = records.subarray(i * abi.STREAM_FIELDS);
    record[abi.STREAM_VECTOR] = random.integer(0, planes.vectorCount - 1);
    if (!isRepeat) previousRow = rowStart - 1;
    record[abi.STREAM_PREVIOUS_ROW] = previousRow;
    record[abi.STREAM_ENTRY_START] = entries.length;
    record[abi.STREAM_ENTRY_COUNT] = streamEntries.length;
    record[abi.STREAM_BITLINE_START] = bitlineStart;
    record[abi.STREAM_BITLINE_COUNT] = random.chance(0.4) ? bitlinesLeft : Math.min(bitlinesLeft, random.pick(WIDTHS));
    entries.push(...streamEntries);
    previousEntries = streamEntries;
  }
  return { records, entries: Uint32Array.from(entries), streamCount };
}

/** Lossless, clipping, scaling to fewer codes and back, or anything at all. */
function randomTransfer(random: Random, maxSum: number): Int32Array {
  const limit = 2 ** random.integer(1, 10) - 1;
  const anything = Int32Array.from({ length: maxSum + 1 }, () => random.integer(-100_000, 100_000));
  const transfer = random.pick<(sum: number) => number>([
    (sum) => sum,
    (sum) => Math.min(sum, limit),
    (sum) => Math.round((Math.round((sum * limit) / maxSum) * maxSum) / limit),
    (sum) => anything[sum]!,
  ]);
  return Int32Array.from({ length: maxSum + 1 + random.integer(0, 2) }, (_, sum) => transfer(Math.min(sum, maxSum)));
}
