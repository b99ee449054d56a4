import { align, field } from "../bits/record";
import {
  MVM_OU_ROWS,
  MVM_PLANE_COUNT,
  MVM_RECORDS,
  MVM_STREAM_COUNT,
  MVM_WORD_COUNT,
  STREAM_BITLINE_COUNT,
  STREAM_ENTRY_COUNT,
  STREAM_FIELDS,
} from "../shared/abi";
import { SHARED_TILES, tilesOf } from "./mvmClip";
import { layOutScratch } from "./mvmOpenRows";

/** Words of the longest span that mvmClip lists. */
const MAX_SPAN_WORDS = 63;
/** OUs that are read before their sums are sensed: few enough for the nearest cache. */
const BATCH_OUS = 128;

// One OU that is read: where its rows are listed (u16), how many are listed (rows of zeros fill the last OU up) and how
// many are open, what its closed rows add; and for reads that draw: the state, the noise, the first table entry.
export const OU_BYTES = 32;
export const OU_SHIFT = 5;
export const OU_LIST = 0;
export const OU_LISTED = 4;
export const OU_OPEN = 8;
/** f32 */
export const OU_OFFSET = 12;
export const OU_A = 16;
export const OU_B = 20;
/** f32 */
export const OU_SIGMA = 24;
export const OU_TABLE = 28;

/** Lanes of a row of sums: two tiles. */
export const MOST_LANES = 32;

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
  /** Most OUs of one batch of planes; their records and the end of each plane in them, most significant plane first. */
  batchOus: i32;
  ous: usize;
  planeEnds: usize;
  /** Packed cells, f32 or i16, laid out as those of mvmClip; u32[tile][16] lane words, i16[tile][16] lanes in use. */
  values: usize;
  tileWords: usize;
  laneMasks: usize;
  /** [ou][lane] f32, i16, u16: disturbed sums, what is sensed of them, ideal sums. */
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
  let records = <usize>field(job, MVM_RECORDS);
  const streamCount = field(job, MVM_STREAM_COUNT);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const wordCount = field(job, MVM_WORD_COUNT);
  const mvmEnd = layOutMvm(job, base);
  const own = align(mvmEnd);
  let entryCount = 0;
  let bitlineCount = 0;
  for (let i = 0; i < streamCount; i++, records += STREAM_FIELDS << 2) {
    entryCount = max(entryCount, load<i32>(records, STREAM_ENTRY_COUNT << 2));
    bitlineCount = max(bitlineCount, load<i32>(records, STREAM_BITLINE_COUNT << 2));
  }
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
  const spanRows = <usize>min((wordCount + 1) >> 1, MAX_SPAN_WORDS) << 6;
  const tileCount = <usize>max(tilesOf(bitlineCount), SHARED_TILES) + 1;
  const planeEnds = end + (<usize>batchOus << OU_SHIFT);
  const values = planeEnds + align(<usize>planeCount << 2);
  const tileWords = values + ((spanRows + 1) << 6) * tileCount;
  const laneMasks = tileWords + (tileCount << 6);
  const sums = laneMasks + (tileCount << 5);
  const codes = sums + <usize>batchOus * (MOST_LANES * 4);
  const ideals = codes + <usize>batchOus * (MOST_LANES * 2);
  if (base != 0) {
    const scratch = changetype<DisturbedScratch>(own);
    scratch.batchOus = batchOus;
    scratch.ous = end;
    scratch.planeEnds = planeEnds;
    scratch.values = values;
    scratch.tileWords = tileWords;
    scratch.laneMasks = laneMasks;
    scratch.sums = sums;
    scratch.codes = codes;
    scratch.ideals = ideals;
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
