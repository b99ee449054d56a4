import type { CellCoding, ControlKernels, Kernels, Run, WeightMatrix } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import { popcount32 } from "../../model/base/bits.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { ColBlock, Placement } from "../../model/ir/placement.ts";

/** What one OU column group keeps in one crossbar (§6): the kept rows in a run, of which the index counts from the start. */
export interface PackedRows {
  readonly rows: Run;
  readonly keptCount: number;
}

/** What one OU column group keeps. */
export interface PackedGroup {
  /** Rows with a cell that is not skippable. */
  readonly mask: Uint32Array;
  /** The same and the fillers. */
  readonly kept: Uint32Array;
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
    const keptWords = words.slice();
    let at = 0;
    for (const block of blocks) {
      const groups = block.groups.map(() => {
        const mask = words.subarray(at, at + wordCount);
        const kept = keptWords.subarray(at, (at += wordCount));
        return { mask, kept, chunks: packGroup(kept, matrix.rowCount, config) };
      });
      yield { block, groups };
    }
  }
}

/**
 * Adds a group's fillers to its mask and cuts it into the crossbars that its kept rows fill, by the packing rule (§5): one
 * element per row block ("crossbar"), or per chunk of R kept rows ("layer"). Rows are those that the index of
 * `indexEntries` decodes to.
 */
function packGroup(kept: Uint32Array, rowCount: number, config: Config): PackedRows[] {
  const { rows: crossbarRows } = config.crossbar;
  const { indexBits } = config.sparsity;
  const reach = indexBits === "unlimited" ? Infinity : 2 ** indexBits;
  if (config.mapping.packing === "crossbar") {
    return cutIntoRuns(rowCount, crossbarRows).map((rows) => ({ rows, keptCount: keepFillers(kept, rows, reach) }));
  }
  keepFillers(kept, { start: 0, count: rowCount }, reach);
  return cutIntoChunks(kept, crossbarRows);
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
  return chunks.map(({ keptCount }) => entries.subarray(at, (at += keptCount)));
}

/** Keeps a filler wherever the gap to the next kept row of a run is longer than `reach` rows; counts what is kept. */
function keepFillers(kept: Uint32Array, { start, count }: Run, reach: number): number {
  const end = start + count;
  let keptCount = 0;
  let previous = start - 1;
  for (let word = Math.floor(start / WORD_BITS); word * WORD_BITS < end; word++) {
    const firstRow = word * WORD_BITS;
    let bits = kept[word]!;
    if (firstRow < start) bits &= -1 << (start - firstRow);
    if (firstRow + WORD_BITS > end) bits &= ~(-1 << (end - firstRow));
    while (bits !== 0) {
      const row = firstRow + WORD_BITS - 1 - Math.clz32(bits & -bits);
      for (; row - previous > reach; previous += reach, keptCount++) {
        const filler = previous + reach;
        kept[Math.floor(filler / WORD_BITS)]! |= 1 << (filler % WORD_BITS);
      }
      if (reach >= WORD_BITS) {
        // No gap inside a word is longer.
        keptCount += popcount32(bits);
        previous = firstRow + WORD_BITS - 1 - Math.clz32(bits);
        break;
      }
      keptCount++;
      previous = row;
      bits &= bits - 1;
    }
  }
  return keptCount;
}

/** Runs of rows that keep `chunkRows` each, the last one perhaps fewer; a run ends with a kept row. */
function cutIntoChunks(kept: Uint32Array, chunkRows: number): PackedRows[] {
  const chunks: PackedRows[] = [];
  let start = 0;
  let end = 0;
  let keptCount = 0;
  const close = (): void => {
    chunks.push({ rows: { start, count: end - start }, keptCount });
    start = end;
    keptCount = 0;
  };
  for (let index = 0; index < kept.length; index++) {
    let bits = kept[index]!;
    for (let wanted = chunkRows - keptCount; popcount32(bits) >= wanted; wanted = chunkRows) {
      for (; wanted > 0; wanted--) {
        end = index * WORD_BITS + WORD_BITS - Math.clz32(bits & -bits);
        bits &= bits - 1;
      }
      keptCount = chunkRows;
      close();
    }
    if (bits === 0) continue;
    keptCount += popcount32(bits);
    end = (index + 1) * WORD_BITS - Math.clz32(bits);
  }
  if (keptCount > 0) close();
  return chunks;
}
