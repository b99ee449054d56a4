import { VECTOR_WORDS, WORD_BITS } from "../assembly/shared/abi.ts";
import type { ArrayCoding, CellCoding } from "./kernels.ts";

/** Bits that one array stores of a weight (§4): all of them offset, or the magnitude of one sign. */
function storedBits(weightBits: number, coding: ArrayCoding): number {
  return coding === "offset" ? weightBits : weightBits - 1;
}

/** S: cells of one weight on adjacent bitlines. Zero for the magnitude of a one-bit weight. */
export function sliceCount(weightBits: number, cells: CellCoding): number {
  return Math.ceil(storedBits(weightBits, cells.coding) / cells.cellBits);
}

/** z_s: level of slice `slice` of weight 0, the level that adds nothing. */
export function zeroCode(weightBits: number, cells: CellCoding, slice: number): number {
  if (cells.coding !== "offset") return 0;
  return ((2 ** (weightBits - 1)) >> (cells.cellBits * slice)) & (2 ** cells.cellBits - 1);
}

/**
 * Weight relative to zero as a bit pattern: a cell is skippable iff its digit here is 0. Offset coding flips only the
 * top bit of w + 2^(Bw-1), which leaves w in two's complement.
 */
export function zeroRelativePattern(weight: number, weightBits: number, coding: ArrayCoding): number {
  if (coding === "positive") return Math.max(weight, 0);
  if (coding === "negative") return Math.max(-weight, 0);
  return weight & (2 ** weightBits - 1);
}

/** What the cells of a weight hold, all slices together. */
export function storedPattern(weight: number, weightBits: number, coding: ArrayCoding): number {
  const pattern = zeroRelativePattern(weight, weightBits, coding);
  return coding === "offset" ? pattern ^ (2 ** (weightBits - 1)) : pattern;
}

/** Words of a bit set, padded to whole 128-bit vectors. */
export function paddedWordCount(bitCount: number): number {
  return Math.ceil(bitCount / (VECTOR_WORDS * WORD_BITS)) * VECTOR_WORDS;
}

/** Bytes of a row of cells, padded to whole 128-bit vectors. */
export function paddedStrideBytes(bitlineCount: number): number {
  return Math.ceil(bitlineCount / 16) * 16;
}
