import type { CellCoding, Kernels, Run, WeightMatrix } from "../../bindings/kernels.ts";
import {
  STREAM_ENTRY_COUNT,
  STREAM_ENTRY_START,
  STREAM_FIELDS,
  STREAM_PREVIOUS_ROW,
  WORD_BITS,
} from "../../assembly/shared/abi.ts";
import { adcBits } from "../model/arch/adc.ts";
import type { Config } from "../model/arch/config.ts";
import type { ColBlock, Placement } from "../model/ir/placement.ts";
import type { RecordedWorkload } from "../model/ir/recorded.ts";
import type { GroupChoice, GroupTrace, IndexStep, TracedBitline } from "../model/ir/trace.ts";
import { blockStreams } from "../stages/compress/blockStreams.ts";
import { arraysOf } from "../stages/map/placeMatrix.ts";
import { traceRounds } from "../stages/simulate/traceRounds.ts";
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
  const codes = inputsOf(recorded, entryOf(recorded, choice.layer), window, choice.matrix, kernels);
  const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding: block.coding };
  const bitlines = bitlinesOf(matrix, group, cells, config, kernels);
  const filters = [...new Set(bitlines.map(({ filter }) => filter))];
  const { index, crossbars } = indexOf(matrix, placement, block, group, config, kernels);

  const { levels, strideBytes } = kernels.encodeCells(matrix, cells, group);
  const digitsOf = (row: number): number[] =>
    Array.from(levels.subarray(row * strideBytes, row * strideBytes + group.count));
  const digits = index.map(({ row }) => digitsOf(row));
  const inputs = index.map(({ row }) => codes[row]!);
  const { activations } = layer;
  return {
    ...{ choice, window, activationBits: activations.bits, isSigned: activations.signed },
    ...{ ouRows: config.ou.rows, adcBits: adcBits(config), bitlines, filters },
    weights: index.map(({ row }) => filters.map((filter) => matrix.values[row * matrix.colCount + filter]!)),
    ...{ digits, index, inputs, matrixRows: matrix.rowCount },
    ...traceRounds({ crossbars, inputs, digits }, bitlines, filters, activations, config),
    product: filters.map((filter) => {
      let product = 0;
      for (let row = 0; row < matrix.rowCount; row++) {
        const input = valueOf(codes[row]!, activations);
        if (input !== 0) product += input * partOf(digitsOf(row), filter, bitlines, config);
      }
      return product;
    }),
  };
}

/** Which filter and slice each bitline of a group holds. */
function bitlinesOf(
  { colCount, weightBits }: WeightMatrix,
  group: Run,
  cells: CellCoding,
  config: Config,
  kernels: Kernels,
): TracedBitline[] {
  const { slicesPerWeight } = arraysOf(config);
  const zeros: WeightMatrix = { values: new Int16Array(colCount), rowCount: 1, colCount, weightBits };
  const { levels } = kernels.encodeCells(zeros, cells, group);
  return Array.from({ length: group.count }, (_, place): TracedBitline => {
    const bitline = group.start + place;
    return {
      filter: Math.floor(bitline / slicesPerWeight),
      slice: bitline % slicesPerWeight,
      sign: cells.coding === "negative" ? -1 : 1,
      zeroDigit: levels[place]!,
    };
  });
}

/** The index of one group, entry by entry, and the crossbar of each. */
function indexOf(
  matrix: WeightMatrix,
  placement: Placement,
  block: ColBlock,
  group: Run,
  config: Config,
  kernels: Kernels,
): { index: IndexStep[]; crossbars: number[] } {
  const alone: Placement = { ...placement, colBlocks: [{ ...block, groups: [group] }] };
  const [{ orc } = { orc: null }] = blockStreams([matrix], alone, config, kernels);
  const { words } = kernels.buildRowMasks(matrix, { cellBits: config.crossbar.cellBits, coding: block.coding }, [
    group,
  ]);
  const isKept = (row: number): boolean => ((words[Math.floor(row / WORD_BITS)]! >>> (row % WORD_BITS)) & 1) === 1;
  const index: IndexStep[] = [];
  const crossbars: number[] = [];
  for (let stream = 0; stream < (orc?.streamCount ?? 0); stream++) {
    const field = (name: number): number => orc!.records[stream * STREAM_FIELDS + name]!;
    const start = field(STREAM_ENTRY_START);
    const entries = orc!.entries.slice(start, start + field(STREAM_ENTRY_COUNT));
    const previousRow = field(STREAM_PREVIOUS_ROW);
    // Packed inside each crossbar, row blocks that keep nothing have no stream.
    const crossbar = config.mapping.packing === "crossbar" ? (previousRow + 1) / config.crossbar.rows : stream;
    kernels.decodeIndex(entries, previousRow).forEach((row, place) => {
      index.push({ entry: entries[place]!, row, isFiller: !isKept(row) });
      crossbars.push(crossbar);
    });
  }
  return { index, crossbars };
}

/** The part of a filter's weight that lies in the group. */
function partOf(digits: readonly number[], filter: number, bitlines: readonly TracedBitline[], config: Config): number {
  let part = 0;
  for (const [place, { filter: own, slice, sign, zeroDigit }] of bitlines.entries())
    if (own === filter) part += sign * (digits[place]! - zeroDigit) * 2 ** (slice * config.crossbar.cellBits);
  return part;
}

function valueOf(code: number, { bits, signed }: { readonly bits: number; readonly signed: boolean }): number {
  return signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
}
