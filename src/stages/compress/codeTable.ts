import type { CodeTable, SegmentTable } from "../../../bindings/kernels.ts";
import {
  BLOCK_FIELDS,
  BLOCK_POSITION_COUNT,
  BLOCK_TILE_COUNT,
  CODE_ROWS,
  CODE_STEP,
  OCTET_LANES,
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_WORD_COUNT,
  TABLE_LANES,
  WORD_BITS,
} from "../../../assembly/shared/abi.ts";
import { firstRowOf } from "./rowSets.ts";

/** Crossbars that span the same rows. */
export interface RowBlock {
  readonly firstRow: number;
  readonly wordCount: number;
  /** Segments of each crossbar that keep a row. */
  readonly crossbars: number[][];
  laneCount: number;
}

/** Row blocks of a table in order of their rows; null when a crossbar's segments span different rows. */
export function rowBlocks(
  { records, segmentCount }: SegmentTable,
  listOf: Int32Array,
  vectorRows: number,
): RowBlock[] | null {
  const blocks = new Map<string, RowBlock>();
  for (let segment = 0; segment < segmentCount;) {
    const crossbar = records[segment * SEGMENT_FIELDS + SEGMENT_CROSSBAR];
    let block: RowBlock | null = null;
    const opened: number[] = [];
    let laneCount = 0;
    for (; records[segment * SEGMENT_FIELDS + SEGMENT_CROSSBAR] === crossbar && segment < segmentCount; segment++) {
      if (listOf[segment]! < 0) continue;
      const firstRow = firstRowOf(records, segment, vectorRows);
      const wordCount = records[segment * SEGMENT_FIELDS + SEGMENT_WORD_COUNT]!;
      if (block === null) block = blockOf(blocks, firstRow, wordCount);
      else if (block.firstRow !== firstRow || block.wordCount !== wordCount) return null;
      opened.push(segment);
      laneCount += records[segment * SEGMENT_FIELDS + SEGMENT_MULTIPLICITY]!;
    }
    block?.crossbars.push(opened);
    if (block !== null) block.laneCount += Math.ceil(laneCount / OCTET_LANES) * OCTET_LANES;
  }
  return [...blocks.values()].sort((a, b) => a.firstRow - b.firstRow);
}

function blockOf(blocks: Map<string, RowBlock>, firstRow: number, wordCount: number): RowBlock {
  const key = `${firstRow} ${wordCount}`;
  const known = blocks.get(key);
  if (known !== undefined) return known;
  const block = { firstRow, wordCount, crossbars: [], laneCount: 0 };
  blocks.set(key, block);
  return block;
}

/** Lays the segments of each block out in lanes. */
export function codeTable(segments: SegmentTable, blocks: readonly RowBlock[], rowCount: number): CodeTable {
  const tileCounts = blocks.map(({ laneCount }) => Math.ceil(laneCount / TABLE_LANES));
  const positionsOf = blocks.map((block) => positionsUsed(segments, block));
  const paddedCounts = positionsOf.map((used) => Math.ceil(used.length / CODE_STEP) * CODE_STEP);
  const tileCount = tileCounts.reduce((a, b) => a + b, 0);
  const positions = new Uint32Array(paddedCounts.reduce((a, b) => a + b, 0)).fill(rowCount);
  const codeCount = tileCounts.reduce((sum, count, i) => sum + count * paddedCounts[i]! * TABLE_LANES, 0);
  const laneCodes = new Uint8Array(codeCount);
  const laneBitlines = new Uint32Array(tileCount * TABLE_LANES);
  const crossbarEnds = new Uint16Array(tileCount);
  const records = new Int32Array(blocks.length * BLOCK_FIELDS);
  let position = 0;
  let tile = 0;
  let code = 0;
  for (const [i, block] of blocks.entries()) {
    const used = positionsOf[i]!;
    const lanes = new BlockLanes(segments, used, paddedCounts[i]!, laneCodes.subarray(code));
    for (const crossbar of block.crossbars) {
      for (const segment of crossbar) {
        const at = segment * SEGMENT_FIELDS;
        laneBitlines[tile * TABLE_LANES + lanes.count] = segments.records[at + SEGMENT_BITLINES]!;
        lanes.add(segment, segments.records[at + SEGMENT_MULTIPLICITY]!);
      }
      const octets = lanes.closeOctet();
      crossbarEnds[tile + Math.floor((octets - 1) / OCTETS)]! |= 1 << ((octets - 1) % OCTETS);
    }
    positions.set(
      used.map((nibble) => block.firstRow + nibble * CODE_ROWS),
      position,
    );
    records[i * BLOCK_FIELDS + BLOCK_POSITION_COUNT] = paddedCounts[i]!;
    records[i * BLOCK_FIELDS + BLOCK_TILE_COUNT] = tileCounts[i]!;
    position += paddedCounts[i]!;
    tile += tileCounts[i]!;
    code += tileCounts[i]! * paddedCounts[i]! * TABLE_LANES;
  }
  return { blocks: records, blockCount: blocks.length, positions, laneCodes, laneBitlines, crossbarEnds };
}

const OCTETS = TABLE_LANES / OCTET_LANES;
/** Codes in a word of a mask. */
const WORD_CODES = WORD_BITS / CODE_ROWS;

/** Nibbles of the span of which some segment keeps a row. */
function positionsUsed({ records, masks }: SegmentTable, { crossbars, wordCount }: RowBlock): number[] {
  const union = new Uint32Array(wordCount);
  for (const segment of crossbars.flat()) {
    const start = records[segment * SEGMENT_FIELDS + SEGMENT_MASK_START]!;
    for (let w = 0; w < wordCount; w++) union[w]! |= masks[start + w]!;
  }
  const nibbles = Array.from({ length: wordCount * WORD_CODES }, (_, nibble) => nibble);
  return nibbles.filter((nibble) => codeAt(union, 0, nibble) !== 0);
}

function codeAt(masks: Uint32Array, start: number, nibble: number): number {
  return (
    (masks[start + Math.floor(nibble / WORD_CODES)]! >>> (CODE_ROWS * (nibble % WORD_CODES))) & (2 ** CODE_ROWS - 1)
  );
}

/** Writes the lanes of one block, memory order [tile][position][lane]. */
class BlockLanes {
  count = 0;

  constructor(
    private readonly segments: SegmentTable,
    private readonly nibbles: readonly number[],
    private readonly positionCount: number,
    private readonly laneCodes: Uint8Array,
  ) {}

  /** `multiplicity` lanes of one segment. */
  add(segment: number, multiplicity: number): void {
    const { records, masks } = this.segments;
    const start = records[segment * SEGMENT_FIELDS + SEGMENT_MASK_START]!;
    for (const end = this.count + multiplicity; this.count < end; this.count++) {
      const tile = Math.floor(this.count / TABLE_LANES);
      let at = tile * this.positionCount * TABLE_LANES + (this.count % TABLE_LANES);
      for (const nibble of this.nibbles) {
        this.laneCodes[at] = codeAt(masks, start, nibble);
        at += TABLE_LANES;
      }
    }
  }

  /** The next crossbar starts an octet of its own; returns the octets so far. */
  closeOctet(): number {
    const octets = Math.ceil(this.count / OCTET_LANES);
    this.count = octets * OCTET_LANES;
    return octets;
  }
}
