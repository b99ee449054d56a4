import type { ArrayCoding } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { ceilDiv } from "../../model/base/numbers.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { ColBlock, CrossbarDemand, Placement } from "../../model/ir/placement.ts";

/** Arrays that a matrix occupies, and the cells of one weight in each (§4). */
export function arraysOf(config: Config): { codings: readonly ArrayCoding[]; slicesPerWeight: number } {
  const { weightBits } = config.precision;
  const { cellBits } = config.crossbar;
  return config.mapping.coding === "offset"
    ? { codings: ["offset"], slicesPerWeight: ceilDiv(weightBits, cellBits) }
    : { codings: ["positive", "negative"], slicesPerWeight: ceilDiv(weightBits - 1, cellBits) };
}

/** Dense placement (§5): row blocks of R rows, column blocks of C bitlines, OU column groups of L bitlines. */
export function placeMatrix(rowCount: number, colCount: number, config: Config): Placement {
  const { codings, slicesPerWeight } = arraysOf(config);
  const rowBlocks = cutIntoRuns(rowCount, config.crossbar.rows);
  const colBlocks = codings.flatMap((coding) =>
    cutIntoRuns(colCount * slicesPerWeight, config.crossbar.cols).map((bitlines): ColBlock => ({
      coding,
      bitlines,
      groups: cutIntoRuns(bitlines.count, config.ou.cols, bitlines.start),
    })),
  );
  // Without rows there is nothing to place: no crossbar, whatever the columns.
  return { rowBlocks, colBlocks: rowCount === 0 ? [] : colBlocks };
}

/** Crossbars and used cells of a dense placement. */
export function denseDemand(placement: Placement): CrossbarDemand {
  let usedCellCount = 0;
  for (const rows of placement.rowBlocks) {
    for (const block of placement.colBlocks) usedCellCount += rows.count * block.bitlines.count;
  }
  return { crossbarCount: placement.rowBlocks.length * placement.colBlocks.length, usedCellCount };
}
