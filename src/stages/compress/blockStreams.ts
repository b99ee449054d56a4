import type { Kernels, Run, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { Steps } from "../../model/base/pace.ts";
import type { BlockStreams } from "../../model/ir/compressed.ts";
import type { ColBlock, Placement } from "../../model/ir/placement.ts";
import { indexEntries, packBlocks } from "./packGroup.ts";
import type { PackedGroup } from "./packGroup.ts";
import { StreamTableBuilder } from "./streamTable.ts";

/** The index of a layer's compressed and dense crossbars, as the bit-serial product walks it (§6); a step for each column block. */
export function* blockStreams(
  matrices: readonly WeightMatrix[],
  placement: Placement,
  config: Config,
  kernels: Kernels,
): Steps<BlockStreams[]> {
  const streams: BlockStreams[] = [];
  for (const [matrixIndex, matrix] of matrices.entries())
    for (const { block, groups } of packBlocks(matrix, placement, config, kernels)) {
      streams.push({
        matrixIndex,
        block,
        dense: denseStreams(matrixIndex, placement.rowBlocks, block),
        orc: packedStreams(matrixIndex, matrix.rowCount, block, groups, config, kernels),
      });
      yield;
    }
  return streams;
}

function denseStreams(vector: number, rowBlocks: readonly Run[], block: ColBlock): BlockStreams["dense"] {
  const streams = new StreamTableBuilder();
  // Every row follows the one before it, so all row blocks can read the same zero entries; the groups of a crossbar
  // open the same rows, so one stream stands for all of them.
  const entryStart = streams.addEntries(new Uint32Array(Math.max(0, ...rowBlocks.map((rows) => rows.count))));
  for (const rows of rowBlocks)
    streams.addStream(vector, rows.start - 1, entryStart, rows.count, 0, block.bitlines.count);
  return streams.build();
}

function packedStreams(
  vector: number,
  rowCount: number,
  block: ColBlock,
  groups: readonly PackedGroup[],
  config: Config,
  kernels: Kernels,
): BlockStreams["orc"] {
  const streams = new StreamTableBuilder();
  for (const [g, group] of groups.entries()) {
    const { start, count } = block.groups[g]!;
    for (const [chunk, entries] of indexEntries(group, rowCount, config, kernels).entries()) {
      if (entries.length === 0) continue;
      const previousRow = group.chunks[chunk]!.rows.start - 1;
      const entryStart = streams.addEntries(entries);
      streams.addStream(vector, previousRow, entryStart, entries.length, start - block.bitlines.start, count);
    }
  }
  return streams.build();
}
