import type { CellCoding, Kernels, Run } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import type { RecordedWorkload } from "../../model/ir/recorded.ts";
import type { CrossbarChoice, CrossbarView, LayerChoices } from "../../model/ir/trace.ts";
import { packBlocks } from "../../stages/compress/packGroup.ts";
import { placeMatrix } from "../../stages/map/placeMatrix.ts";
import { windowGrid, windowsOf } from "../../stages/simulate/windows.ts";
import { cellDigits, zeroDigits } from "./digits.ts";
import { chosen, entriesOf, placed } from "./recorded.ts";

/** Cells of one dense crossbar, and the rows that each of its groups keeps. @throws InputError for a choice that is not there. */
export function viewCrossbar(
  recorded: RecordedWorkload,
  config: Config,
  choice: CrossbarChoice,
  kernels: Kernels,
): CrossbarView {
  const { matrix, placement } = placed(recorded, choice, config);
  const rows = chosen("rowBlock", placement.rowBlocks, choice.rowBlock);
  const block = chosen("colBlock", placement.colBlocks, choice.colBlock);
  const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding: block.coding };
  const { colCount, weightBits, values } = matrix;
  const part = values.subarray(rows.start * colCount, (rows.start + rows.count) * colCount);
  const used = { values: part, rowCount: rows.count, colCount, weightBits };
  const digits = cellDigits(used, cells, block.bitlines, kernels);
  const zeros = zeroDigits(used, cells, block.bitlines, kernels);
  const packed = [...packBlocks(matrix, { ...placement, colBlocks: [block] }, config, kernels)][0]!;
  return {
    ...{ layer: choice.layer, matrix: choice.matrix, rowBlock: choice.rowBlock, colBlock: choice.colBlock },
    ...{ rowBlockCount: placement.rowBlocks.length, colBlockCount: placement.colBlocks.length },
    ...{ firstRow: rows.start, rowCount: rows.count, bitlineCount: block.bitlines.count },
    topDigit: 2 ** config.crossbar.cellBits - 1,
    digits,
    skippable: digits.map((digit, place) => Number(digit === zeros[place % block.bitlines.count])),
    groups: packed.groups.map(({ kept, mask }, g) => {
      const { start, count } = block.groups[g]!;
      const keptRows = rowsIn(kept, rows);
      const own = new Set(rowsIn(mask, rows));
      const fillerRows = keptRows.filter((row) => !own.has(row));
      return { firstBitline: start - block.bitlines.start, bitlineCount: count, keptRows, fillerRows };
    }),
  };
}

/** What there is to choose from in each layer of a recording. */
export function layerChoices(recorded: RecordedWorkload, config: Config): LayerChoices[] {
  const { sampleCount } = recorded;
  return entriesOf(recorded).map(({ layer, windowCount, set }) => {
    const { rowCount, colCount } = layer.matrices[0]!;
    const { rowBlocks, colBlocks } = placeMatrix(rowCount, colCount, config);
    return {
      ...{ name: layer.name, group: layer.group, matrixCount: layer.matrices.length, windowCount },
      windows: windowGrid(windowsOf(layer, set.batches[0]!.get(layer.inputTensor)!), windowCount / sampleCount),
      rowBlockCount: rowBlocks.length,
      groupCounts: colBlocks.map(({ groups }) => groups.length),
    };
  });
}

/** Rows of a bit set that lie in a run, counted from its start. */
function rowsIn(words: Uint32Array, { start, count }: Run): number[] {
  return Array.from({ length: count }, (_, row) => row).filter(
    (row) => (words[Math.floor((start + row) / WORD_BITS)]! >>> ((start + row) % WORD_BITS)) & 1,
  );
}
