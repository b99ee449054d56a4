import type { CellCoding, Kernels, Run } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import type { ColBlock } from "../../model/ir/placement.ts";
import type { RecordedWorkload } from "../../model/ir/recorded.ts";
import type { CrossbarChoice, CrossbarView, LayerChoices } from "../../model/ir/trace.ts";
import { packBlocks } from "../../stages/compress/packGroup.ts";
import { columnsUnder } from "../../stages/map/columnsUnder.ts";
import type { ColumnPart } from "../../stages/map/columnsUnder.ts";
import { placeMatrix } from "../../stages/map/placeMatrix.ts";
import { windowGrid, windowsOf } from "../../stages/simulate/windows.ts";
import { cellDigits, zeroDigits } from "./digits.ts";
import { chosen, entriesOf, placed } from "./recorded.ts";

/** Cells of one crossbar, group by group. @throws InputError for a choice that is not there. */
export function viewCrossbar(
  recorded: RecordedWorkload,
  config: Config,
  choice: CrossbarChoice,
  kernels: Kernels,
): CrossbarView {
  const { matrix, placement } = placed(recorded, choice, config);
  const block = chosen("colBlock", placement.colBlocks, choice.colBlock);
  const [packed] = [...packBlocks(matrix, { ...placement, colBlocks: [block] }, config, kernels)];
  const runs = packed!.groups.map(({ chunks }) =>
    choice.isPacked ? chunks.map(({ rows }) => rows) : placement.rowBlocks,
  );
  const crossbarCount = Math.max(...runs.map(({ length }) => length));
  // Where nothing is kept there is an empty crossbar to look at.
  chosen("rowBlock", [...Array(Math.max(1, crossbarCount)).keys()], choice.rowBlock);
  const groups = packed!.groups.map(({ kept, mask }, g): CrossbarView["groups"][number] => {
    const { start, count } = block.groups[g]!;
    const rows = rowsOf(runs[g]![choice.rowBlock] ?? { start: 0, count: 0 }).filter(
      (row) => !choice.isPacked || bitAt(kept, row) === 1,
    );
    const isKept = Uint8Array.from(rows, (row) => bitAt(kept, row));
    return {
      ...{ firstBitline: start - block.bitlines.start, bitlineCount: count, rows, isKept },
      isFiller: isKept.map((isOne, wordline) => isOne & ~bitAt(mask, rows[wordline]!)),
      ...cellsOf(columnsUnder(matrix, { start, count }, config), rows, block, config, kernels),
    };
  });
  const { layer, matrix: place, colBlock, rowBlock, isPacked } = choice;
  return {
    ...{ layer, matrix: place, colBlock, rowBlock, isPacked, crossbarCount, groups },
    ...{ bitlineCount: block.bitlines.count, topDigit: 2 ** config.crossbar.cellBits - 1 },
  };
}

/** What the cells of some rows hold, and which of them are skippable. */
function cellsOf(
  { columns, bitlines }: ColumnPart,
  rows: readonly number[],
  { coding }: ColBlock,
  config: Config,
  kernels: Kernels,
): { digits: Uint8Array; isSkippable: Uint8Array } {
  const { values, colCount } = columns;
  const own = new Int16Array(rows.length * colCount);
  for (const [place, row] of rows.entries())
    own.set(values.subarray(row * colCount, (row + 1) * colCount), place * colCount);
  const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding };
  const digits = cellDigits({ ...columns, values: own, rowCount: rows.length }, cells, bitlines, kernels);
  const zeros = zeroDigits(columns, cells, bitlines, kernels);
  return { digits, isSkippable: digits.map((digit, cell) => Number(digit === zeros[cell % bitlines.count])) };
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

function rowsOf({ start, count }: Run): number[] {
  return Array.from({ length: count }, (_, place) => start + place);
}

function bitAt(words: Uint32Array, row: number): number {
  return (words[Math.floor(row / WORD_BITS)]! >>> (row % WORD_BITS)) & 1;
}
