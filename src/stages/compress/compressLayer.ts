import type { CellCoding, Kernels, Run, SegmentTable, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { BlockStreams, CompressedLayer } from "../../model/ir/compressed.ts";
import type { ColBlock, CrossbarDemand, Placement } from "../../model/ir/placement.ts";
import { occupiedSegments } from "./occupiedSegments.ts";
import { OrcTally } from "./orcTally.ts";
import { packGroup } from "./packGroup.ts";
import type { PackedRows } from "./packGroup.ts";
import { SegmentTableBuilder } from "./segmentTable.ts";
import { StreamTableBuilder } from "./streamTable.ts";

/**
 * ORC of one layer (§6): row masks, index, and the segments and streams that counting and execution walk. All matrices
 * of the layer share one dense placement; matrix m reads vector m of each window and has a `recom` placement of its own.
 */
export function compressLayer(
  matrices: readonly WeightMatrix[],
  placement: Placement,
  recomPlacements: readonly Placement[],
  config: Config,
  kernels: Kernels,
): CompressedLayer {
  const packed = new SegmentTableBuilder();
  const tally = new OrcTally(config);
  const blocks: BlockStreams[] = [];
  for (const [vector, matrix] of matrices.entries()) {
    for (const block of placement.colBlocks) {
      const groups = packBlock(matrix, block, config, kernels, tally);
      addPackedCrossbars(packed, vector, block, groups);
      blocks.push({
        matrixIndex: vector,
        block,
        dense: denseStreams(vector, placement.rowBlocks, block),
        orc: packedStreams(vector, block, groups),
      });
    }
  }
  const orcSegments = packed.build();
  return {
    denseSegments: denseSegments(matrices.map(() => placement)),
    recomSegments: denseSegments(recomPlacements),
    ...occupiedSegments(matrices, placement, config, kernels),
    orcSegments,
    orcDemand: { crossbarCount: orcSegments.crossbarCount, usedCellCount: tally.keptCells } satisfies CrossbarDemand,
    orc: tally.statistics(),
    blocks,
  };
}

/** Index and packed rows of each group of a column block. */
function packBlock(matrix: WeightMatrix, block: ColBlock, config: Config, kernels: Kernels, tally: OrcTally): PackedRows[][] {
  const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding: block.coding };
  const masks = kernels.buildRowMasks(matrix, cells, block.groups);
  return block.groups.map((group, g) => {
    const mask = masks.words.subarray(g * masks.wordCount, (g + 1) * masks.wordCount);
    const chunks = packGroup(mask, matrix.rowCount, config, kernels);
    tally.add(group, matrix.rowCount, mask, chunks);
    return chunks;
  });
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
  groups: readonly (readonly PackedRows[])[],
): void {
  const crossbarCount = Math.max(0, ...groups.map((chunks) => chunks.length));
  for (let chunk = 0; chunk < crossbarCount; chunk++) {
    table.addCrossbar();
    for (const [g, chunks] of groups.entries()) {
      const rows = chunks[chunk]?.rows;
      if (rows !== undefined && rows.length > 0) table.addSegment(vector, table.addRows(rows), 1, block.groups[g]!.count);
    }
  }
}

function denseStreams(vector: number, rowBlocks: readonly Run[], block: ColBlock): BlockStreams["dense"] {
  const streams = new StreamTableBuilder();
  // Every row follows the one before it, so all row blocks can read the same zero entries; the groups of a crossbar
  // open the same rows, so one stream stands for all of them.
  const entryStart = streams.addEntries(new Uint32Array(Math.max(0, ...rowBlocks.map((rows) => rows.count))));
  for (const rows of rowBlocks) streams.addStream(vector, rows.start - 1, entryStart, rows.count, 0, block.bitlines.count);
  return streams.build();
}

function packedStreams(vector: number, block: ColBlock, groups: readonly (readonly PackedRows[])[]): BlockStreams["orc"] {
  const streams = new StreamTableBuilder();
  for (const [g, chunks] of groups.entries()) {
    const { start, count } = block.groups[g]!;
    for (const packed of chunks) {
      if (packed.entries.length === 0) continue;
      const entryStart = streams.addEntries(packed.entries);
      streams.addStream(vector, packed.previousRow, entryStart, packed.entries.length, start - block.bitlines.start, count);
    }
  }
  return streams.build();
}
