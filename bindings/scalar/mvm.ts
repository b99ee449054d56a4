import * as abi from "../../assembly/shared/abi.ts";
import { sliceCount, zeroCode } from "../coding.ts";
import type {
  BitPlanes,
  CellBlock,
  CodeShape,
  MvmOptions,
  OuFormation,
  StreamTable,
  WeightMatrix,
} from "../kernels.ts";
import { decodeIndex } from "./orcIndex.ts";
import { hasBit } from "./planes.ts";

export function mvmBitSerial(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  options: MvmOptions,
  sums: Float64Array,
): void {
  const { weights, cells } = options;
  const slices = sliceCount(weights.weightBits, cells);
  const arraySign = cells.coding === "negative" ? -1 : 1;
  for (let i = 0; i < streams.streamCount; i++) {
    const stream = readStream(streams, i);
    for (let window = 0; window < planes.windowCount; window++) {
      const vector = window * planes.vectorCount + stream.vector;
      for (let k = 0; k < stream.bitlineCount; k++) {
        const bitline = block.bitlines.start + stream.bitlineStart + k;
        const slice = bitline % slices;
        const zero = zeroCode(weights.weightBits, cells, slice);
        const sum = bitlineSum(planes, vector, stream.rows, block, stream.bitlineStart + k, zero, options);
        const col = Math.floor(bitline / slices);
        sums[vector * weights.colCount + col]! += arraySign * sum * 2 ** (cells.cellBits * slice);
      }
    }
  }
}

/** One bitline over all planes and OUs: Σ ±2^p (q - z · open rows). */
function bitlineSum(
  planes: BitPlanes,
  vector: number,
  rows: Int32Array,
  block: CellBlock,
  blockBitline: number,
  zero: number,
  options: MvmOptions,
): number {
  let accumulator = 0;
  for (let plane = 0; plane < planes.planeCount; plane++) {
    const planeStart = (vector * planes.planeCount + plane) * planes.wordCount;
    const isNegative = options.signed && plane === planes.planeCount - 1;
    const weight = isNegative ? -(2 ** plane) : 2 ** plane;
    const isOpen = (row: number) => hasBit(planes.words, planeStart, row);
    for (const openRows of formOus(rows, isOpen, options.formation, options.ouRows)) {
      let current = 0;
      for (const row of openRows) current += block.levels[row * block.strideBytes + blockBitline]!;
      accumulator += weight * (options.adcTransfer[current]! - zero * openRows.length);
    }
  }
  return accumulator;
}

/** Open rows of each OU that has any, in stream order. */
export function formOus(
  rows: Int32Array,
  isOpen: (row: number) => boolean,
  formation: OuFormation,
  ouRows: number,
): Int32Array[] {
  const candidates = formation === "dynamic" ? rows.filter(isOpen) : rows;
  const ous: Int32Array[] = [];
  for (let first = 0; first < candidates.length; first += ouRows) {
    const openRows = candidates.subarray(first, first + ouRows).filter(isOpen);
    if (openRows.length > 0) ous.push(openRows);
  }
  return ous;
}

export function readStream(streams: StreamTable, index: number) {
  const record = streams.records.subarray(index * abi.STREAM_FIELDS, (index + 1) * abi.STREAM_FIELDS);
  const entryStart = record[abi.STREAM_ENTRY_START]!;
  const entries = streams.entries.subarray(entryStart, entryStart + record[abi.STREAM_ENTRY_COUNT]!);
  const previousRow = record[abi.STREAM_PREVIOUS_ROW]!;
  return {
    vector: record[abi.STREAM_VECTOR]!,
    previousRow,
    rows: decodeIndex(entries, previousRow),
    bitlineStart: record[abi.STREAM_BITLINE_START]!,
    bitlineCount: record[abi.STREAM_BITLINE_COUNT]!,
  };
}

export function integerProduct(
  codes: Uint16Array,
  shape: CodeShape,
  vector: number,
  signed: boolean,
  weights: WeightMatrix,
  sums: Float64Array,
): void {
  const { colCount } = weights;
  for (let window = 0; window < shape.windowCount; window++) {
    const start = window * shape.vectorCount + vector;
    for (let row = 0; row < shape.rowCount; row++) {
      const input = inputValue(codes[start * shape.rowCount + row]!, shape.bits, signed);
      for (let col = 0; col < colCount; col++)
        sums[start * colCount + col]! += input * weights.values[row * colCount + col]!;
    }
  }
}

function inputValue(code: number, bits: number, signed: boolean): number {
  const low = code & (2 ** bits - 1);
  return signed && low >= 2 ** (bits - 1) ? low - 2 ** bits : low;
}
