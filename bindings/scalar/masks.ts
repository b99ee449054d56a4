import { WORD_BITS } from "../../assembly/shared/abi.ts";
import { paddedStrideBytes, paddedWordCount, sliceCount, storedPattern, zeroRelativePattern } from "../coding.ts";
import type { CellBlock, CellCoding, Masks, Run, WeightMatrix, ZeroCounts } from "../kernels.ts";

export function buildRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): Masks {
  const wordCount = paddedWordCount(weights.rowCount);
  const words = new Uint32Array(groups.length * wordCount);
  groups.forEach((group, g) => {
    for (let row = 0; row < weights.rowCount; row++)
      for (let bitline = group.start; bitline < group.start + group.count; bitline++)
        if (!isSkippable(weights, cells, row, bitline)) setBit(words, g * wordCount, row);
  });
  return { words, wordCount };
}

export function buildBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): Masks {
  const bitlineCount = weights.colCount * sliceCount(weights.weightBits, cells);
  const wordCount = paddedWordCount(bitlineCount);
  const words = new Uint32Array(rowGroups.length * wordCount);
  rowGroups.forEach((group, g) => {
    for (let row = group.start; row < group.start + group.count; row++)
      for (let bitline = 0; bitline < bitlineCount; bitline++)
        if (!isSkippable(weights, cells, row, bitline)) setBit(words, g * wordCount, bitline);
  });
  return { words, wordCount };
}

export function countZeros({ values, rowCount, colCount }: WeightMatrix): ZeroCounts {
  const colUsed = new Uint8Array(colCount);
  let zeroCount = 0;
  let zeroRowCount = 0;
  for (let row = 0; row < rowCount; row++) {
    let zeros = 0;
    for (let col = 0; col < colCount; col++) {
      if (values[row * colCount + col] === 0) zeros++;
      else colUsed[col] = 1;
    }
    zeroCount += zeros;
    if (zeros === colCount) zeroRowCount++;
  }
  let zeroColCount = 0;
  for (const used of colUsed) if (used === 0) zeroColCount++;
  return { zeroCount, zeroRowCount, zeroColCount };
}

export function encodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): CellBlock {
  const strideBytes = paddedStrideBytes(bitlines.count);
  const levels = new Uint8Array(weights.rowCount * strideBytes);
  for (let row = 0; row < weights.rowCount; row++)
    for (let i = 0; i < bitlines.count; i++) {
      const [weight, slice] = weightOf(weights, cells, row, bitlines.start + i);
      const pattern = storedPattern(weight, weights.weightBits, cells.coding);
      levels[row * strideBytes + i] = digit(pattern, cells.cellBits, slice);
    }
  return { levels, rowCount: weights.rowCount, strideBytes, bitlines };
}

function isSkippable(weights: WeightMatrix, cells: CellCoding, row: number, bitline: number): boolean {
  const [weight, slice] = weightOf(weights, cells, row, bitline);
  return digit(zeroRelativePattern(weight, weights.weightBits, cells.coding), cells.cellBits, slice) === 0;
}

function weightOf(weights: WeightMatrix, cells: CellCoding, row: number, bitline: number): [number, number] {
  const slices = sliceCount(weights.weightBits, cells);
  const weight = weights.values[row * weights.colCount + Math.floor(bitline / slices)]!;
  return [weight, bitline % slices];
}

function digit(pattern: number, cellBits: number, slice: number): number {
  return (pattern >> (cellBits * slice)) & (2 ** cellBits - 1);
}

function setBit(words: Uint32Array, start: number, index: number): void {
  words[start + Math.floor(index / WORD_BITS)]! |= 1 << (index % WORD_BITS);
}
