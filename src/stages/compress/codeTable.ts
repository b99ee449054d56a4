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
import { sum } from "../../model/base/numbers.ts";
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
  const laid = blocks.map((block) => layOut(segments, block));
  const tileCount = sum(laid.map((block) => block.tileCount));
  const positions = new Uint32Array(sum(laid.map((block) => block.positionCount))).fill(rowCount);
  const laneCodes = new Uint8Array(sum(laid.map((block) => block.codeCount)));
  const laneBitlines = new Uint32Array(tileCount * TABLE_LANES);
  const crossbarEnds = new Uint16Array(tileCount);
  const records = new Int32Array(blocks.length * BLOCK_FIELDS);
  let position = 0;
  let tile = 0;
  let code = 0;
  for (const [i, block] of laid.entries()) {
    for (const [nibble, place] of block.placeOf.entries())
      if (place >= 0) positions[position + place] = blocks[i]!.firstRow + nibble * CODE_ROWS;
    const bitlines = laneBitlines.subarray(tile * TABLE_LANES);
    fillLanes(segments, blocks[i]!, block, laneCodes.subarray(code), bitlines, crossbarEnds.subarray(tile));
    records[i * BLOCK_FIELDS + BLOCK_POSITION_COUNT] = block.positionCount;
    records[i * BLOCK_FIELDS + BLOCK_TILE_COUNT] = block.tileCount;
    position += block.positionCount;
    tile += block.tileCount;
    code += block.codeCount;
  }
  return { blocks: records, blockCount: blocks.length, positions, laneCodes, laneBitlines, crossbarEnds };
}

interface LaidBlock {
  /** Per nibble of the span: its position, or -1 where no segment keeps a row. */
  readonly placeOf: Int32Array;
  readonly positionCount: number;
  readonly tileCount: number;
  readonly codeCount: number;
}

function layOut({ records, masks }: SegmentTable, { crossbars, wordCount, laneCount }: RowBlock): LaidBlock {
  const union = new Uint32Array(wordCount);
  for (const crossbar of crossbars) {
    for (const segment of crossbar) {
      const start = records[segment * SEGMENT_FIELDS + SEGMENT_MASK_START]!;
      for (let w = 0; w < wordCount; w++) union[w]! |= masks[start + w]!;
    }
  }
  let used = 0;
  const placeOf = Int32Array.from({ length: wordCount * WORD_CODES }, (_, nibble) => {
    const word = union[Math.floor(nibble / WORD_CODES)]!;
    return ((word >>> (CODE_ROWS * (nibble % WORD_CODES))) & CODE_MASK) === 0 ? -1 : used++;
  });
  const positionCount = Math.ceil(used / CODE_STEP) * CODE_STEP;
  const tileCount = Math.ceil(laneCount / TABLE_LANES);
  return { placeOf, positionCount, tileCount, codeCount: tileCount * positionCount * TABLE_LANES };
}

const OCTETS = TABLE_LANES / OCTET_LANES;
/** Codes in a word of a mask. */
const WORD_CODES = WORD_BITS / CODE_ROWS;
const CODE_MASK = 2 ** CODE_ROWS - 1;

/** Writes the lanes of one block from the start of the arrays given. */
function fillLanes(
  segments: SegmentTable,
  { crossbars, wordCount }: RowBlock,
  { placeOf, positionCount }: LaidBlock,
  laneCodes: Uint8Array,
  laneBitlines: Uint32Array,
  crossbarEnds: Uint16Array,
): void {
  const { records, masks } = segments;
  let lane = 0;
  for (const crossbar of crossbars) {
    for (const segment of crossbar) {
      const at = segment * SEGMENT_FIELDS;
      const start = records[at + SEGMENT_MASK_START]!;
      laneBitlines[lane] = records[at + SEGMENT_BITLINES]!;
      for (const end = lane + records[at + SEGMENT_MULTIPLICITY]!; lane < end; lane++) {
        const first = Math.floor(lane / TABLE_LANES) * positionCount * TABLE_LANES + (lane % TABLE_LANES);
        for (let w = 0; w < wordCount; w++) {
          let nibble = w * WORD_CODES;
          for (let word = masks[start + w]!; word !== 0; word >>>= CODE_ROWS, nibble++)
            if ((word & CODE_MASK) !== 0) laneCodes[first + placeOf[nibble]! * TABLE_LANES] = word & CODE_MASK;
        }
      }
    }
    const octets = Math.ceil(lane / OCTET_LANES);
    lane = octets * OCTET_LANES;
    crossbarEnds[Math.floor((octets - 1) / OCTETS)]! |= 1 << ((octets - 1) % OCTETS);
  }
}
