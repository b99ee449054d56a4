import type { Kernels, SegmentTable, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { sum } from "../../model/base/numbers.ts";
import type { Steps } from "../../model/base/pace.ts";
import type { CompressedLayer } from "../../model/ir/compressed.ts";
import type { ColBlock, CrossbarDemand, Placement } from "../../model/ir/placement.ts";
import type { KeptRowsMap } from "./keptRowsMap.ts";
import { occupiedBitlines } from "./occupiedBitlines.ts";
import { OrcTally } from "./orcTally.ts";
import { packBlocks } from "./packGroup.ts";
import type { PackedGroup } from "./packGroup.ts";
import { SegmentTableBuilder } from "./segmentTable.ts";

/**
 * ORC of one layer (§6): what each group keeps, and the segments that counting walks. All matrices of the layer share
 * one dense placement; matrix m reads vector m of each window and has a `recom` placement of its own. A step for each
 * column block.
 */
export function* compressLayer(
  matrices: readonly WeightMatrix[],
  placement: Placement,
  recomPlacements: readonly Placement[],
  config: Config,
  kernels: Kernels,
  keptRows: KeptRowsMap | null = null,
): Steps<CompressedLayer> {
  const packed = new SegmentTableBuilder();
  const tally = new OrcTally(config);
  for (const [vector, matrix] of matrices.entries()) {
    for (const { block, groups } of packBlocks(matrix, placement, config, kernels)) {
      for (const [g, { mask, chunks }] of groups.entries()) tally.add(block.groups[g]!, matrix.rowCount, mask, chunks);
      addPackedCrossbars(packed, vector, block, groups);
      keptRows?.add(vector, block, groups);
      yield;
    }
  }
  const orcSegments = packed.build();
  return {
    denseSegments: denseSegments(matrices.map(() => placement)),
    recomSegments: denseSegments(recomPlacements),
    occupied: occupiedBitlines(matrices, placement, config, kernels),
    orcSegments,
    orcDemand: { crossbarCount: orcSegments.crossbarCount, usedCellCount: tally.keptCells } satisfies CrossbarDemand,
    orc: tally.statistics(),
    ouColGroupCount:
      matrices.length * placement.rowBlocks.length * sum(placement.colBlocks.map(({ groups }) => groups.length)),
  };
}

/** One record per crossbar, every used row in, for the placement of each vector. */
function denseSegments(placements: readonly Placement[]): SegmentTable {
  const table = new SegmentTableBuilder();
  for (const [vector, placement] of placements.entries()) {
    for (const rows of placement.rowBlocks) {
      const span = table.addRun(rows);
      for (const block of placement.colBlocks) {
        table.addCrossbar();
        table.addSegment(vector, span, block.groups.length, block.bitlines.count);
      }
    }
  }
  return table.build();
}

/** "crossbar" packing keeps the dense crossbars; "layer" packing takes as many as the tallest group needs (§5). */
function addPackedCrossbars(
  table: SegmentTableBuilder,
  vector: number,
  block: ColBlock,
  groups: readonly PackedGroup[],
): void {
  const crossbarCount = Math.max(0, ...groups.map(({ chunks }) => chunks.length));
  for (let chunk = 0; chunk < crossbarCount; chunk++) {
    table.addCrossbar();
    for (const [g, { kept, chunks }] of groups.entries()) {
      const piece = chunks[chunk];
      if (piece !== undefined && piece.keptCount > 0)
        table.addMembers(vector, kept, 0, piece.rows, block.groups[g]!.count);
    }
  }
}
