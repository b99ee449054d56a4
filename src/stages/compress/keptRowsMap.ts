import type { Run } from "../../../bindings/kernels.ts";
import { WORD_BITS } from "../../../assembly/shared/abi.ts";
import type { Config } from "../../model/arch/config.ts";
import { popcount32 } from "../../model/base/bits.ts";
import { ceilDiv } from "../../model/base/numbers.ts";
import { NO_GROUP } from "../../model/ir/keptRows.ts";
import type { KeptRows } from "../../model/ir/keptRows.ts";
import type { ColBlock, Placement } from "../../model/ir/placement.ts";
import type { PackedGroup } from "./packGroup.ts";

/** Row masks of at most so much are kept of a layer; the counts of all its crossbars are. */
const MASK_BYTES = 192 * 1024;
/** (crossbar, group) pairs of a layer above which it has no map. */
const MOST_COUNTS = 1 << 20;

/** Gathers what ORC keeps of a layer, group by group, for people to look at. */
export class KeptRowsMap {
  private readonly map: KeptRows;
  private readonly wordsPerMask: number;
  private readonly blockIndexOf: ReadonlyMap<ColBlock, number>;
  /** Place in `crossbars` of each crossbar whose masks are kept. */
  private readonly placeOf: ReadonlyMap<number, number>;

  private constructor(
    matrixCount: number,
    rowCount: number,
    private readonly placement: Placement,
    groupsPerBlock: number,
    config: Config,
  ) {
    const { rowBlocks, colBlocks } = placement;
    const crossbarCount = matrixCount * rowBlocks.length * colBlocks.length;
    const crossbarRows = config.crossbar.rows;
    this.wordsPerMask = ceilDiv(crossbarRows, WORD_BITS);
    const wordsPerCrossbar = groupsPerBlock * this.wordsPerMask;
    const most = Math.floor(MASK_BYTES / (wordsPerCrossbar * Uint32Array.BYTES_PER_ELEMENT));
    const kept = Math.min(crossbarCount, Math.max(1, most));
    const crossbars = Uint32Array.from({ length: kept }, (_, i) => Math.floor((i * crossbarCount) / kept));
    this.blockIndexOf = new Map(colBlocks.map((block, index) => [block, index]));
    this.placeOf = new Map(Array.from(crossbars, (crossbar, place) => [crossbar, place]));
    this.map = {
      ...{ matrixCount, rowCount, crossbarRows, groupsPerBlock },
      rowBlockCount: rowBlocks.length,
      colBlockCount: colBlocks.length,
      counts: new Uint16Array(crossbarCount * groupsPerBlock).fill(NO_GROUP),
      crossbars,
      masks: new Uint32Array(kept * wordsPerCrossbar),
    };
  }

  /** null for a layer of too many crossbars. */
  static of(matrixCount: number, rowCount: number, placement: Placement, config: Config): KeptRowsMap | null {
    const { rowBlocks, colBlocks } = placement;
    const groupsPerBlock = ceilDiv(config.crossbar.cols, config.ou.cols);
    const countCount = matrixCount * rowBlocks.length * colBlocks.length * groupsPerBlock;
    if (countCount > MOST_COUNTS) return null;
    return new KeptRowsMap(matrixCount, rowCount, placement, groupsPerBlock, config);
  }

  /** What the groups of one column block keep. */
  add(matrix: number, block: ColBlock, groups: readonly PackedGroup[]): void {
    const { rowBlocks } = this.placement;
    const { counts, masks, groupsPerBlock, colBlockCount } = this.map;
    const { wordsPerMask } = this;
    for (const [index, rows] of rowBlocks.entries()) {
      const crossbar = (matrix * rowBlocks.length + index) * colBlockCount + this.blockIndexOf.get(block)!;
      const place = this.placeOf.get(crossbar);
      for (const [g, { kept }] of groups.entries()) {
        let count = 0;
        for (let word = 0; word < wordsPerMask; word++) {
          const bits = bitsOf(kept, rows, word);
          count += popcount32(bits);
          if (place !== undefined) masks[(place * groupsPerBlock + g) * wordsPerMask + word] = bits;
        }
        counts[crossbar * groupsPerBlock + g] = count;
      }
    }
  }

  build(): KeptRows {
    return this.map;
  }
}

/** Word `word` of a bit set, counted from the start of a run and cut at its end. */
function bitsOf(words: Uint32Array, { start, count }: Run, word: number): number {
  const left = count - word * WORD_BITS;
  if (left <= 0) return 0;
  const at = start + word * WORD_BITS;
  const index = Math.floor(at / WORD_BITS);
  const shift = at % WORD_BITS;
  let bits = words[index]! >>> shift;
  if (shift > 0) bits |= (words[index + 1] ?? 0) << (WORD_BITS - shift);
  return left < WORD_BITS ? bits & ~(-1 << left) : bits;
}
