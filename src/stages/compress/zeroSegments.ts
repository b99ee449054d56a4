import type { WeightMatrix } from "../../../bindings/kernels.ts";

/** Widths of an OU column group in weights, each twice the one before. */
export const GROUP_WIDTHS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/**
 * Share of all-zero segments (one row of `width` adjacent columns, the last of a row perhaps narrower) at each of
 * GROUP_WIDTHS, over all matrices: what ORC can drop where that many weights share an OU column group (§6).
 */
export function zeroSegmentRatios(matrices: readonly WeightMatrix[]): Record<string, number> {
  const zeroCounts = GROUP_WIDTHS.map(() => 0);
  const segmentCounts = GROUP_WIDTHS.map(() => 0);
  for (const { values, rowCount, colCount } of matrices) {
    const used = new Uint8Array(colCount);
    for (let row = 0; row < rowCount; row++) {
      const start = row * colCount;
      for (let col = 0; col < colCount; col++) used[col] = values[start + col] === 0 ? 0 : 1;
      for (let level = 0, count = colCount; level < GROUP_WIDTHS.length; level++) {
        // Two neighbours at a time: the flags of one width become those of the next.
        if (level > 0) count = joinPairs(used, count);
        let usedCount = 0;
        for (let i = 0; i < count; i++) usedCount += used[i]!;
        zeroCounts[level]! += count - usedCount;
        segmentCounts[level]! += count;
      }
    }
  }
  return Object.fromEntries(GROUP_WIDTHS.map((width, i) => [width, zeroCounts[i]! / segmentCounts[i]!]));
}

/** flags[i] = flags[2i] or flags[2i + 1], in place; returns how many are left. */
function joinPairs(flags: Uint8Array, count: number): number {
  const half = count >> 1;
  for (let i = 0; i < half; i++) flags[i] = flags[2 * i]! | flags[2 * i + 1]!;
  if (half * 2 === count) return half;
  flags[half] = flags[count - 1]!;
  return half + 1;
}
