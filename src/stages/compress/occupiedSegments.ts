import type { Kernels, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { CompressedLayer } from "../../model/ir/compressed.ts";
import type { Placement } from "../../model/ir/placement.ts";
import { SegmentTableBuilder } from "./segmentTable.ts";

/** Bitlines that hold a non-skippable cell, per crossbar and OU row group: what OU-column compression keeps (`occ`, §7). */
export function occupiedSegments(
  matrices: readonly WeightMatrix[],
  placement: Placement,
  config: Config,
  kernels: Kernels,
): Pick<CompressedLayer, "occSegments" | "occRowCounts"> {
  const table = new SegmentTableBuilder();
  const rowCounts: number[] = [];
  const rowGroups = placement.rowBlocks.map((block) => cutIntoRuns(block.count, config.ou.rows, block.start));
  for (const [vector, matrix] of matrices.entries()) {
    const setsOf = new Map(
      [...new Set(placement.colBlocks.map((block) => block.coding))].map((coding) => [
        coding,
        kernels.buildBitlineMasks(matrix, { cellBits: config.crossbar.cellBits, coding }, rowGroups.flat()),
      ]),
    );
    let firstGroup = 0;
    for (const groups of rowGroups) {
      for (const { coding, bitlines } of placement.colBlocks) {
        const { words, wordCount } = setsOf.get(coding)!;
        table.addCrossbar();
        for (const [g, group] of groups.entries()) {
          table.addMembers(vector, words, (firstGroup + g) * wordCount, bitlines, bitlines.count);
          rowCounts.push(group.count);
        }
      }
      firstGroup += groups.length;
    }
  }
  return { occSegments: table.build(), occRowCounts: Int32Array.from(rowCounts) };
}
