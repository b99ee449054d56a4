import type { CellCoding, ControlKernels, Kernels, Run, WeightMatrix } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { ColBlock, Placement } from "../../model/ir/placement.ts";

/** The rows that one OU column group keeps in one crossbar, fillers included (§6). */
export interface PackedRows {
  readonly rows: Int32Array;
  /** Where the index starts to count: the row before the first entry's gap. */
  readonly previousRow: number;
}

/** What one OU column group keeps. */
export interface PackedGroup {
  readonly mask: Uint32Array;
  readonly chunks: readonly PackedRows[];
}

/** A column block with the packed rows of each of its groups. */
export interface PackedBlock {
  readonly block: ColBlock;
  readonly groups: readonly PackedGroup[];
}

/** Packs a matrix block by block. The masks come from one call an array: the weights cross to the kernels once. */
export function* packBlocks(
  matrix: WeightMatrix,
  { colBlocks }: Placement,
  config: Config,
  kernels: Kernels,
): Generator<PackedBlock> {
  for (const coding of new Set(colBlocks.map((block) => block.coding))) {
    const blocks = colBlocks.filter((block) => block.coding === coding);
    const cells: CellCoding = { cellBits: config.crossbar.cellBits, coding };
    const { words, wordCount } = kernels.buildRowMasks(
      matrix,
      cells,
      blocks.flatMap(({ groups }) => groups),
    );
    let at = 0;
    for (const block of blocks) {
      const groups = block.groups.map(() => {
        const mask = words.subarray(at, (at += wordCount));
        return { mask, chunks: packGroup(mask, matrix.rowCount, config) };
      });
      yield { block, groups };
    }
  }
}

/**
 * Cuts a group's mask into the crossbars that its kept rows fill, by the packing rule (§5): one element per row block ("crossbar"),
 * or per chunk of R kept rows ("layer"). Rows are those that the index of `indexEntries` decodes to.
 */
function packGroup(mask: Uint32Array, rowCount: number, config: Config): PackedRows[] {
  const { rows: crossbarRows } = config.crossbar;
  const { indexBits } = config.sparsity;
  const reach = indexBits === "unlimited" ? Infinity : 2 ** indexBits;
  if (config.mapping.packing === "crossbar") {
    return cutIntoRuns(rowCount, crossbarRows).map((span) => ({
      rows: keptRows(mask, span, reach),
      previousRow: span.start - 1,
    }));
  }
  const rows = keptRows(mask, { start: 0, count: rowCount }, reach);
  return cutIntoRuns(rows.length, crossbarRows).map(({ start, count }) => ({
    rows: rows.subarray(start, start + count),
    previousRow: start === 0 ? -1 : rows[start - 1]!,
  }));
}

/** Index entries of each chunk of a group, from the codec. */
export function indexEntries(
  { mask, chunks }: PackedGroup,
  rowCount: number,
  config: Config,
  kernels: ControlKernels,
): Uint32Array[] {
  const { indexBits } = config.sparsity;
  // The kernels' word for unlimited is 0.
  const encode = ({ start, count }: Run): Uint32Array =>
    kernels.encodeIndex(mask, start, count, indexBits === "unlimited" ? 0 : indexBits);
  if (config.mapping.packing === "crossbar") return cutIntoRuns(rowCount, config.crossbar.rows).map(encode);
  const entries = encode({ start: 0, count: rowCount });
  let at = 0;
  return chunks.map(({ rows }) => entries.subarray(at, (at += rows.length)));
}

/** Rows of a mask, and a filler wherever the gap to the next one is longer than `reach` rows. */
function keptRows(mask: Uint32Array, { start, count }: Run, reach: number): Int32Array {
  // A filler is kept in place of a dropped row, so there are never more rows than the run has.
  const rows = new Int32Array(count);
  const end = start + count;
  let kept = 0;
  let previous = start - 1;
  for (let word = Math.floor(start / WORD_BITS); word * WORD_BITS < end; word++) {
    for (let bits = mask[word]!; bits !== 0; bits &= bits - 1) {
      const row = word * WORD_BITS + (WORD_BITS - 1 - Math.clz32(bits & -bits));
      if (row < start) continue;
      if (row >= end) break;
      for (; row - previous > reach; previous += reach) rows[kept++] = previous + reach;
      rows[kept++] = row;
      previous = row;
    }
  }
  return rows.slice(0, kept);
}
