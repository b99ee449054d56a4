import type { Kernels, Run, WeightMatrix } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import { popcount32 } from "../../model/base/bits.ts";
import { sum } from "../../model/base/numbers.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { OccupiedBitlines } from "../../model/ir/compressed.ts";
import type { Placement } from "../../model/ir/placement.ts";

/** Bitlines that hold a non-skippable cell, per crossbar and OU row group: what OU-column compression keeps (`occ`, §7). */
export function occupiedBitlines(
  matrices: readonly WeightMatrix[],
  { rowBlocks, colBlocks }: Placement,
  config: Config,
  kernels: Kernels,
): OccupiedBitlines {
  const rowGroups = rowBlocks.map((block) => cutIntoRuns(block.count, config.ou.rows, block.start));
  const groupCounts = rowGroups.flatMap((groups) => colBlocks.map(() => groups.length));
  const bitlineCounts = new Uint32Array(matrices.length * sum(groupCounts));
  const rowCounts = new Uint32Array(bitlineCounts.length);
  let at = 0;
  for (const matrix of matrices) {
    const setsOf = new Map(
      [...new Set(colBlocks.map((block) => block.coding))].map((coding) => [
        coding,
        kernels.buildBitlineMasks(matrix, { cellBits: config.crossbar.cellBits, coding }, rowGroups.flat()),
      ]),
    );
    let firstGroup = 0;
    for (const groups of rowGroups) {
      for (const { coding, bitlines } of colBlocks) {
        const { words, wordCount } = setsOf.get(coding)!;
        for (let g = 0; g < groups.length; g++, at++) {
          bitlineCounts[at] = countRun(words, (firstGroup + g) * wordCount, bitlines);
          rowCounts[at] = groups[g]!.count;
        }
      }
      firstGroup += groups.length;
    }
  }
  return { bitlineCounts, rowCounts, groupCounts: Uint32Array.from(matrices.flatMap(() => groupCounts)) };
}

/** Ones of a bit set, `sets[setStart]` its first word, inside a run. */
function countRun(sets: Uint32Array, setStart: number, { start, count }: Run): number {
  const end = start + count;
  let ones = 0;
  for (let word = Math.floor(start / WORD_BITS); word * WORD_BITS < end; word++) {
    let bits = sets[setStart + word]!;
    if (word * WORD_BITS < start) bits &= -1 << (start % WORD_BITS);
    if ((word + 1) * WORD_BITS > end) bits &= ~(-1 << (end % WORD_BITS));
    ones += popcount32(bits);
  }
  return ones;
}
