import type { CellCoding, Kernels } from "../../bindings/kernels.ts";
import { WORD_BITS } from "../../assembly/shared/abi.ts";
import { adcBits } from "../model/arch/adc.ts";
import type { Config } from "../model/arch/config.ts";
import type { ColBlock, Placement } from "../model/ir/placement.ts";
import type { ActivationFormat } from "../model/ir/quantized.ts";
import type { RecordedWorkload } from "../model/ir/recorded.ts";
import type { GroupChoice, GroupTrace, IndexStep, TracedBitline } from "../model/ir/trace.ts";
import { indexEntries, packBlocks } from "../stages/compress/packGroup.ts";
import { columnsUnder } from "../stages/map/columnsUnder.ts";
import type { ColumnPart } from "../stages/map/columnsUnder.ts";
import { arraysOf } from "../stages/map/placeMatrix.ts";
import { traceRounds } from "../stages/simulate/traceRounds.ts";
import { cellDigits, zeroDigits } from "./trace/digits.ts";
import { chosen, entryOf, inputsOf, placed } from "./trace/recorded.ts";

/**
 * Plays one window of a recorded layer through ORC + DOF on one OU column group, with the engine's own placement, packing
 * and index. @throws InputError for a choice that is not there.
 */
export function traceGroup(
  recorded: RecordedWorkload,
  config: Config,
  choice: GroupChoice,
  window: number,
  kernels: Kernels,
): GroupTrace {
  const { layer, matrix, placement } = placed(recorded, choice, config);
  const block = chosen("colBlock", placement.colBlocks, choice.colBlock);
  const group = chosen("group", block.groups, choice.group);
  const { codes, place } = inputsOf(recorded, entryOf(recorded, choice.layer), window, choice.matrix, kernels);
  const part = columnsUnder(matrix, group, config);
  const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding: block.coding };
  const bitlines = bitlinesOf(part, cells, config, kernels);
  const { values, colCount } = part.columns;
  const filters = Array.from({ length: colCount }, (_, col) => part.firstCol + col);
  const { index, crossbars } = indexOf(part, placement, block, config, kernels);

  const allDigits = cellDigits(part.columns, cells, part.bitlines, kernels);
  const digits = index.map(({ row }) => Array.from(allDigits.subarray(row * group.count, (row + 1) * group.count)));
  const inputs = index.map(({ row }) => codes[row]!);
  const { activations } = layer;
  return {
    ...{ choice, window, place, activationBits: activations.bits, isSigned: activations.signed },
    ...{ ouRows: config.ou.rows, adcBits: adcBits(config), bitlines, filters },
    weights: index.map(({ row }) => Array.from(values.subarray(row * colCount, (row + 1) * colCount))),
    ...{ digits, index, inputs, matrixRows: matrix.rowCount },
    ...traceRounds({ crossbars, inputs, digits }, bitlines, filters, activations, config),
    product: productOf(allDigits, codes, activations, bitlines, filters, config),
    integers: integersOf(part, codes, activations),
    isWhole: filters.map((filter) => isWhole(filter, bitlines, config)),
  };
}

/** Which filter and slice each bitline of a group holds. */
function bitlinesOf(part: ColumnPart, cells: CellCoding, config: Config, kernels: Kernels): TracedBitline[] {
  const { slicesPerWeight } = arraysOf(config);
  const zeros = zeroDigits(part.columns, cells, part.bitlines, kernels);
  return Array.from(zeros, (zeroDigit, place): TracedBitline => {
    const bitline = part.bitlines.start + place;
    return {
      filter: part.firstCol + Math.floor(bitline / slicesPerWeight),
      slice: bitline % slicesPerWeight,
      sign: cells.coding === "negative" ? -1 : 1,
      zeroDigit,
    };
  });
}

/** The index of one group, entry by entry, and the crossbar of each. */
function indexOf(
  { columns, bitlines }: ColumnPart,
  placement: Placement,
  block: ColBlock,
  config: Config,
  kernels: Kernels,
): { index: IndexStep[]; crossbars: number[] } {
  const alone: Placement = { ...placement, colBlocks: [{ ...block, bitlines, groups: [bitlines] }] };
  const index: IndexStep[] = [];
  const crossbars: number[] = [];
  for (const { groups } of packBlocks(columns, alone, config, kernels)) {
    const [group] = groups as [(typeof groups)[number]];
    const isOwn = (row: number): boolean =>
      ((group.mask[Math.floor(row / WORD_BITS)]! >>> (row % WORD_BITS)) & 1) === 1;
    indexEntries(group, columns.rowCount, config, kernels).forEach((entries, crossbar) => {
      // A chunk of a stream counts on from the row before it, which is the last one kept.
      kernels.decodeIndex(entries, group.chunks[crossbar]!.rows.start - 1).forEach((row, entry) => {
        index.push({ entry: entries[entry]!, row, isFiller: !isOwn(row) });
        crossbars.push(crossbar);
      });
    });
  }
  return { index, crossbars };
}

/** Σ over all rows, kept or not, of input times the part of the weight that the group's slices make up. */
function productOf(
  digits: Uint8Array,
  codes: Uint16Array,
  format: ActivationFormat,
  bitlines: readonly TracedBitline[],
  filters: readonly number[],
  config: Config,
): number[] {
  const product = filters.map(() => 0);
  const worth = bitlines.map(({ slice, sign }) => sign * 2 ** (slice * config.crossbar.cellBits));
  for (const [row, code] of codes.entries()) {
    if (code === 0) continue;
    const input = inputOf(code, format);
    for (const [place, { filter, zeroDigit }] of bitlines.entries())
      product[filter - filters[0]!]! += input * worth[place]! * (digits[row * bitlines.length + place]! - zeroDigit);
  }
  return product;
}

/** X·W of each column, from the weights themselves. */
function integersOf({ columns }: ColumnPart, codes: Uint16Array, format: ActivationFormat): number[] {
  const { values, colCount } = columns;
  return Array.from({ length: colCount }, (_, col) =>
    codes.reduce((sum, code, row) => sum + inputOf(code, format) * values[row * colCount + col]!, 0),
  );
}

/** Does a group hold all slices of a filter, and is there no second array with the negative magnitudes? */
function isWhole(filter: number, bitlines: readonly TracedBitline[], config: Config): boolean {
  const { codings, slicesPerWeight } = arraysOf(config);
  return codings.length === 1 && bitlines.filter((bitline) => bitline.filter === filter).length === slicesPerWeight;
}

function inputOf(code: number, { bits, signed }: ActivationFormat): number {
  return signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
}
