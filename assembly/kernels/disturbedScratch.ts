import { writeDrawConstants } from "../bits/drawLanes";
import { align, field } from "../bits/record";
import {
  MVM_OU_ROWS,
  MVM_PLANE_COUNT,
  MVM_RECORDS,
  MVM_STREAM_COUNT,
  MVM_WORD_COUNT,
  STREAM_BITLINE_COUNT,
  STREAM_ENTRY_COUNT,
} from "../shared/abi";
import { DRAW_CONSTANT_BYTES } from "../shared/deviceAbi";
import { SHARED_TILES, tilesOf } from "./mvmClip";
import { layOutScratch, mostOf } from "./mvmOpenRows";

/** Rows that u16 offsets reach in two tiles side by side, in words of 64. */
export const MAX_PLACE_WORDS = 31;
/** OUs that are read before their sums are sensed: few enough for the nearest cache. */
const BATCH_OUS = 128;

// One OU that is read: where its list of rows (u16) starts and ends (rows of zeros fill the last OU of a plane up), its
// number in the batch, what its closed rows add; and for reads that draw: their state, the noise, the first table entry.
export const OU_BYTES = 32;
export const OU_SHIFT = 5;
export const OU_LIST = 0;
export const OU_LIST_END = 4;
/** f32 */
export const OU_OFFSET = 8;
/** f32 */
export const OU_SIGMA = 12;
export const OU_A = 16;
export const OU_B = 20;
export const OU_TABLE = 24;
export const OU_INDEX = 28;

/** The last OU of a plane is filled up to a multiple of this many rows, or to its full height. */
export const FILL_STEP = 4;

/** In the words of a tile: is its first bitline odd? (tables only) */
export const TILE_IS_ODD: usize = 60;
export const LANE_MASK_BYTES: usize = 48;
/** Lanes of a row of sums: two tiles. */
const MOST_LANES: usize = 32;

/** Working memory of mvmDisturbed beside that of mvmBitSerial. */
@unmanaged
export class DisturbedScratch {
  /** u32[bitlines, whole vectors]: what each bitline brings into its draws. */
  words: usize;
  /** f32 or i32[bitlines, whole vectors]: sums of one OU. */
  currents: usize;
  misreads: i64;
  errorSum: i64;
  squaredErrorSum: i64;
  /** Constants of drawLanes; those of sensing, three vectors (disturbedTiles.ts). */
  drawConstants: usize;
  limits: usize;
  /** Random bits of a tile whose first bitline is odd, three vectors. */
  draws: usize;
  /** State of the draws of the input vector at hand; do its reads draw at all? */
  stateA: u32;
  stateB: u32;
  isDrawn: bool;
  /** Are the reads of the window at hand counted? */
  isCounted: bool;
  /** Codes and ideal sums of u16, not of bytes. */
  isWide: bool;
  /** Planes read together, and their OUs at most. */
  batchPlanes: i32;
  batchOus: i32;
  /** The stream's rows (i32), the words of their span, where each row is packed, and the fixed OU of each place. */
  rows: usize;
  entryCount: i32;
  spanWords: i32;
  places: usize;
  /** u32[rows of the span] */
  placeOfRow: usize;
  ouOfPlace: usize;
  /** OUs of a batch: records, the end of each plane in them (most significant first). */
  ous: usize;
  planeEnds: usize;
  /** u32: addresses of the records, by the steps of rows they list; i32: where each number of steps ends. */
  order: usize;
  stepEnds: usize;
  stepLimit: i32;
  /** Packed values, f32 or i16; u32[tile][16] lane words; lanes in use, i16[16] and bytes[16] a tile. */
  values: usize;
  tileWords: usize;
  laneMasks: usize;
  /** [ou][lane]: disturbed sums (f32), what is sensed of them, ideal sums (u16 or bytes). */
  sums: usize;
  codes: usize;
  ideals: usize;
}

/** Bytes that mvmDisturbed needs at MVM_SCRATCH for this job. */
export function disturbedScratchBytes(job: usize): usize {
  return layOutDisturbed(job, 0);
}

/** Places all arrays from the scratch block on; at address 0 only measures. Returns the end. */
export function layOutDisturbed(job: usize, base: usize): usize {
  const records = <usize>field(job, MVM_RECORDS);
  const streamCount = field(job, MVM_STREAM_COUNT);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const wordCount = field(job, MVM_WORD_COUNT);
  const mvmEnd = layOutMvm(job, base);
  const own = align(mvmEnd);
  const entryCount = mostOf(records, streamCount, STREAM_ENTRY_COUNT);
  const bitlineCount = mostOf(records, streamCount, STREAM_BITLINE_COUNT);
  const laneBytes = align(<usize>bitlineCount) << 2;
  const words = own + align(offsetof<DisturbedScratch>());
  const currents = words + laneBytes;
  const end = currents + laneBytes;
  if (base != 0) {
    const scratch = changetype<DisturbedScratch>(own);
    scratch.words = words;
    scratch.currents = currents;
    scratch.misreads = 0;
    scratch.errorSum = 0;
    scratch.squaredErrorSum = 0;
  }
  if (!ASC_FEATURE_SIMD) return end;
  const ouRows = field(job, MVM_OU_ROWS);
  const batchOus = max(BATCH_OUS, (entryCount + ouRows - 1) / ouRows);
  const placeCount = (<usize>min((wordCount + 1) >> 1, MAX_PLACE_WORDS) << 6) + 1;
  const tileCount = <usize>max(tilesOf(bitlineCount), SHARED_TILES) + 1;
  const stepLimit = min(ouRows, entryCount) / FILL_STEP + 2;
  const limits = end + DRAW_CONSTANT_BYTES;
  const draws = limits + 48;
  const places = draws + 48;
  const placeOfRow = places + align(<usize>entryCount << 2);
  const ouOfPlace = placeOfRow + align(<usize>wordCount << 7);
  const ous = ouOfPlace + align(placeCount << 2);
  const planeEnds = ous + (<usize>batchOus << OU_SHIFT);
  const order = planeEnds + align(<usize>planeCount << 2);
  const stepEnds = order + align(<usize>batchOus << 2);
  const values = stepEnds + align(<usize>stepLimit << 2);
  const tileWords = values + (placeCount << 6) * tileCount;
  const laneMasks = tileWords + (tileCount << 6);
  const sums = laneMasks + LANE_MASK_BYTES * tileCount;
  const codes = sums + <usize>batchOus * (MOST_LANES * 4);
  const ideals = codes + <usize>batchOus * (MOST_LANES * 2);
  if (base != 0) {
    const scratch = changetype<DisturbedScratch>(own);
    scratch.drawConstants = end;
    scratch.limits = limits;
    scratch.draws = draws;
    scratch.batchOus = batchOus;
    scratch.places = places;
    scratch.placeOfRow = placeOfRow;
    scratch.ouOfPlace = ouOfPlace;
    scratch.ous = ous;
    scratch.planeEnds = planeEnds;
    scratch.order = order;
    scratch.stepEnds = stepEnds;
    scratch.stepLimit = stepLimit;
    scratch.values = values;
    scratch.tileWords = tileWords;
    scratch.laneMasks = laneMasks;
    scratch.sums = sums;
    scratch.codes = codes;
    scratch.ideals = ideals;
    writeDrawConstants(end);
  }
  return ideals + <usize>batchOus * (MOST_LANES * 2);
}

/** Where DisturbedScratch lies in the block: after what mvmBitSerial needs. */
export function ownOffset(job: usize): usize {
  const end = layOutMvm(job, 0);
  return align(end);
}

function layOutMvm(job: usize, base: usize): usize {
  return layOutScratch(
    base,
    <usize>field(job, MVM_RECORDS),
    field(job, MVM_STREAM_COUNT),
    field(job, MVM_PLANE_COUNT),
    field(job, MVM_WORD_COUNT),
  );
}
