import { fitsTable } from "../../../bindings/countPlan.ts";
import type { RowLists, SegmentTable } from "../../../bindings/kernels.ts";
import {
  CODE_ROWS,
  CODE_STEP,
  LIST_FIELDS,
  LIST_ROW_COUNT,
  LIST_STEP,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_WORD_COUNT,
  TABLE_LANES,
  WORD_BITS,
} from "../../../assembly/shared/abi.ts";
import { ceilDiv, sum } from "../../model/base/numbers.ts";
import type { RowBlock } from "./codeTable.ts";

/** What is to be counted under a plan. */
export interface CountWork {
  /** In all, and in one call at most. */
  readonly windowCount: number;
  readonly windowsPerCall: number;
  readonly bits: number;
  /** Two's complement inputs: their upper bits are mostly equal, ones as often as zeros. */
  readonly signed: boolean;
  readonly ouRows: number;
  readonly emptyPlaneCycles: number;
  readonly hasLanes: boolean;
}

/*
 * Times in ns of one core (a Xeon, SIMD build): minima of interleaved runs. Where two ways are near each other the
 * choice hardly matters; `npm run bench -- --grid` measures what it loses.
 */
/** Popcounts: a row packed, a segment's record, a plane of a segment that is not like the one before, and its words. */
const PACKED_ROW_NS = 2;
const SEGMENT_NS = 6;
const SEGMENT_PLANE_NS = 0.8;
const PLANE_WORD_NS = 0.25;
/** Plans: a mask looked up, and its words; a list kept, with its place in crossbars, and checked. */
const FOUND_MASK_NS = 70;
const FOUND_WORD_NS = 6;
const KEPT_LIST_NS = 350;
/** Planes of a tile: a row, for the tile and for each 8 windows. */
const TILE_ROW_NS = 35;
const TILE_ROW_OCTET_NS = 4;
/** Slices: a row of a list found in its mask; a pass over a list, and a row of it. */
const LISTED_ROW_NS = 1.3;
const LIST_PASS_NS = 16;
const ROW_PASS_NS = 0.45;
/** Table: a code of a lane laid out; a position filled for 128 windows, each plane; its entries. */
const LAID_CODE_NS = 8;
const FILLED_POSITION_NS = 8;
const TABLE_POSITION_NS = 60;
/** A window of a tile of lanes; a plane of it; a code that is not zero. */
const TABLE_WINDOW_NS = 25;
const TABLE_PLANE_NS = 12.5;
const CODE_NS = 1.75;
/** Codes of four rows that are not zero: rectified activations of which every second one is zero; two's complement. */
const OPEN_CODES = 0.6;
const SIGNED_OPEN_CODES = 0.85;

/** Windows of the narrowest tile. */
const OCTET = 8;

/** By popcounts: every plane of every segment, window after window; a mask that follows itself is counted once. */
export function popcountCost_ns(segments: SegmentTable, rowCount: number, { windowCount, bits }: CountWork): number {
  const { segmentCount } = segments;
  const { maskCount, wordCount } = masksOf(segments);
  const planes_ns = bits * (maskCount * SEGMENT_PLANE_NS + wordCount * PLANE_WORD_NS);
  return windowCount * (rowCount * PACKED_ROW_NS + segmentCount * SEGMENT_NS + planes_ns);
}

/** The least that any other way costs: its lists looked for, and every tile filled. */
export function searchCost_ns(segments: SegmentTable, rowCount: number, work: CountWork): number {
  const { maskCount, wordCount } = masksOf(segments);
  return maskCount * FOUND_MASK_NS + wordCount * FOUND_WORD_NS + fillCost_ns(rowCount, work, OCTET);
}

/** In bit slices and by table; ∞ where it cannot be. `blocks`: of the table, or null. */
export function laneCosts(
  { records, listCount }: RowLists,
  segments: SegmentTable,
  blocks: readonly RowBlock[] | null,
  rowCount: number,
  work: CountWork,
): { slices: number; table: number } {
  const { maskCount, wordCount } = masksOf(segments);
  const found_ns = maskCount * FOUND_MASK_NS + wordCount * FOUND_WORD_NS + listCount * KEPT_LIST_NS;
  let paddedRows = 0;
  let mostRows = 0;
  for (let at = LIST_ROW_COUNT; at < listCount * LIST_FIELDS; at += LIST_FIELDS) {
    paddedRows += ceilDiv(records[at]!, LIST_STEP) * LIST_STEP;
    mostRows = Math.max(mostRows, records[at]!);
  }
  const pass_ns = listCount * LIST_PASS_NS + paddedRows * ROW_PASS_NS;
  const listed_ns = callCount(work) * paddedRows * LISTED_ROW_NS;
  const isTable = blocks !== null && fitsTable(mostRows, work.bits, work.ouRows, work.emptyPlaneCycles);
  return {
    slices: found_ns + listed_ns + fillCost_ns(rowCount, work, OCTET) + passCount(work) * pass_ns,
    table: isTable ? found_ns + fillCost_ns(rowCount, work, TABLE_LANES) + tableCost_ns(blocks, work) : Infinity,
  };
}

function tableCost_ns(blocks: readonly RowBlock[], { windowCount, bits, signed }: CountWork): number {
  const windowTiles = ceilDiv(windowCount, TABLE_LANES);
  let time_ns = 0;
  for (const { wordCount, laneCount } of blocks) {
    const codes = (wordCount * WORD_BITS) / CODE_ROWS;
    const positions = ceilDiv(codes, CODE_STEP) * CODE_STEP;
    const tiles = ceilDiv(laneCount, TABLE_LANES);
    const plane_ns = TABLE_PLANE_NS + codes * (signed ? SIGNED_OPEN_CODES : OPEN_CODES) * CODE_NS;
    time_ns += laneCount * codes * LAID_CODE_NS;
    time_ns += windowTiles * positions * (bits * FILLED_POSITION_NS + tiles * TABLE_POSITION_NS);
    time_ns += windowCount * tiles * (TABLE_WINDOW_NS + bits * plane_ns);
  }
  return time_ns;
}

/** Planes of all tiles. */
function fillCost_ns(rowCount: number, work: CountWork, leastLanes: number): number {
  const tiles = tilesOfCall(work, leastLanes);
  return callCount(work) * rowCount * sum(tiles.map((lanes) => TILE_ROW_NS + (lanes / OCTET) * TILE_ROW_OCTET_NS));
}

/** Passes over all lists: one a plane for 128 windows; fewer windows share passes. */
function passCount(work: CountWork): number {
  return callCount(work) * sum(tilesOfCall(work, OCTET).map((lanes) => Math.min(work.bits, lanes / OCTET)));
}

function callCount({ windowCount, windowsPerCall }: CountWork): number {
  return ceilDiv(windowCount, windowsPerCall);
}

/** Lanes of each tile of an average call: assembly/kernels/tilePlanes.ts cuts it so. */
function tilesOfCall(work: CountWork, leastLanes: number): number[] {
  const tiles: number[] = [];
  for (let left = Math.ceil(work.windowCount / Math.max(1, callCount(work))); left > 0;) {
    const whole = Math.min(TABLE_LANES, Math.max(OCTET, 2 ** Math.ceil(Math.log2(left))));
    const lanes = left >= whole - whole / 8 || whole === OCTET ? whole : whole / 2;
    tiles.push(Math.max(lanes, leastLanes));
    left -= Math.max(lanes, leastLanes);
  }
  return tiles;
}

/** Masks that differ from the one before, and their words. */
function masksOf({ records, segmentCount }: SegmentTable): { maskCount: number; wordCount: number } {
  let maskCount = 0;
  let wordCount = 0;
  let last = -1;
  for (let at = 0; at < segmentCount * SEGMENT_FIELDS; at += SEGMENT_FIELDS) {
    if (records[at + SEGMENT_MASK_START] === last) continue;
    last = records[at + SEGMENT_MASK_START]!;
    maskCount++;
    wordCount += records[at + SEGMENT_WORD_COUNT]!;
  }
  return { maskCount, wordCount };
}
