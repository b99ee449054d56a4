import { WORD_BITS } from "../../assembly/shared/abi.ts";
import { paddedWordCount } from "../coding.ts";
import type { BitPlanes, CodeShape } from "../kernels.ts";

export function packBitPlanes(codes: Uint16Array, shape: CodeShape): BitPlanes {
  const { windowCount, vectorCount, rowCount, bits } = shape;
  const wordCount = paddedWordCount(rowCount);
  const words = new Uint32Array(windowCount * vectorCount * bits * wordCount);
  for (let vector = 0; vector < windowCount * vectorCount; vector++) {
    for (let plane = 0; plane < bits; plane++) {
      const planeStart = (vector * bits + plane) * wordCount;
      for (let row = 0; row < rowCount; row++) {
        const bit = (codes[vector * rowCount + row]! >> plane) & 1;
        words[planeStart + Math.floor(row / WORD_BITS)]! |= bit << (row % WORD_BITS);
      }
    }
  }
  return { words, windowCount, vectorCount, planeCount: bits, wordCount };
}

/** Is bit `row` of the set that starts at word `start` one? */
export function hasBit(words: Uint32Array, start: number, row: number): boolean {
  return ((words[start + Math.floor(row / WORD_BITS)]! >>> (row % WORD_BITS)) & 1) === 1;
}

export function popcount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
