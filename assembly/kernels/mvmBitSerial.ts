import { zeroPattern } from "../bits/coding";
import { field } from "../bits/record";
import {
  CODING_NEGATIVE,
  MVM_CELL_BITS,
  MVM_CLIP_LIMIT,
  MVM_CODING,
  MVM_COL_COUNT,
  MVM_ENTRIES,
  MVM_FIRST_BITLINE,
  MVM_FORMATION,
  MVM_LEVELS,
  MVM_OU_ROWS,
  MVM_PLANES,
  MVM_PLANE_COUNT,
  MVM_RECORDS,
  MVM_SCRATCH,
  MVM_SIGNED,
  MVM_SLICE_COUNT,
  MVM_STREAM_COUNT,
  MVM_STRIDE_BYTES,
  MVM_SUMS,
  MVM_TRANSFER,
  MVM_VECTOR_COUNT,
  MVM_WEIGHT_BITS,
  MVM_WINDOW_COUNT,
  MVM_WORD_COUNT,
  STREAM_BITLINE_COUNT,
  STREAM_BITLINE_START,
  STREAM_ENTRY_COUNT,
  STREAM_ENTRY_START,
  STREAM_FIELDS,
  STREAM_PREVIOUS_ROW,
  STREAM_VECTOR,
  OPEN_DYNAMIC,
} from "../shared/abi";
import {
  ClipScratch,
  fitsClip,
  listClip,
  openTiles,
  packCells,
  SHARED_TILES,
  tilesOf,
} from "./mvmClip";
import { layOutScratch, listOpenRows, MvmScratch, openStream } from "./mvmOpenRows";
import { readClip } from "./mvmReadClip";
import { readOusByClip, readOusByTable, readOusGeneral } from "./mvmReadOus";

/** Marks of a stream: read together with the one at hand, and read before. */
export const IN_TURN: u8 = 1;
export const DONE: u8 = 2;

/** Do sums of one OU fit the lanes of the fast path? */
export function fitsByteLanes(ouRows: i32, cellBits: i32): bool {
  return ASC_FEATURE_SIMD && <i64>ouRows * <i64>((1 << cellBits) - 1) <= 255;
}

/** Bit-serial product of a job record (abi.ts); `levels` is readable 15 bytes past its end. */
export function mvmBitSerial(job: usize): void {
  const base = <usize>field(job, MVM_SCRATCH);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const wordCount = field(job, MVM_WORD_COUNT);
  const streamCount = field(job, MVM_STREAM_COUNT);
  const windowCount = field(job, MVM_WINDOW_COUNT);
  const vectorCount = field(job, MVM_VECTOR_COUNT);
  const strideBytes = field(job, MVM_STRIDE_BYTES);
  const formation = field(job, MVM_FORMATION);
  const ouRows = field(job, MVM_OU_ROWS);
  const signed = field(job, MVM_SIGNED);
  const vectorBytes = (<usize>planeCount * <usize>wordCount) << 2;
  const colBytes = <usize>field(job, MVM_COL_COUNT) << 3;
  let stream = <usize>field(job, MVM_RECORDS);
  layOutScratch(base, stream, streamCount, planeCount, wordCount);
  const scratch = changetype<MvmScratch>(base);

  for (let i = 0; i < streamCount; i++, stream += STREAM_FIELDS << 2) {
    if (field(stream, STREAM_BITLINE_COUNT) == 0) continue;
    if (ASC_FEATURE_SIMD && load<u8>(changetype<ClipScratch>(scratch.clip).done + <usize>i) == DONE) continue;
    const entryCount = field(stream, STREAM_ENTRY_COUNT);
    openStream(scratch, entriesOf(job, stream), entryCount, field(stream, STREAM_PREVIOUS_ROW), wordCount, ouRows);
    if (ASC_FEATURE_SIMD && formation == OPEN_DYNAMIC) {
      if (multiplyByClip(job, i, scratch)) continue;
    }
    for (let window = 0; window < windowCount; window++) {
      const vector = <usize>window * <usize>vectorCount + <usize>field(stream, STREAM_VECTOR);
      const planes = <usize>field(job, MVM_PLANES) + vector * vectorBytes;
      const open = listOpenRows(scratch, planes, planeCount, wordCount, strideBytes, formation, ouRows, signed);
      readOus(job, stream, scratch, entryCount);
      mergeSlices(job, stream, scratch.accumulators, open, <usize>field(job, MVM_SUMS) + vector * colBytes);
    }
  }
}

/**
 * All windows of a stream by mvmClip, where the stream and the ADC allow it, together with the later streams that keep
 * the same rows: they share the lists of open rows.
 */
function multiplyByClip(job: usize, streamIndex: i32, scratch: MvmScratch): bool {
  const stream = streamAt(job, streamIndex);
  const ouRows = field(job, MVM_OU_ROWS);
  const entryCount = field(stream, STREAM_ENTRY_COUNT);
  const batchPlanes = clipBatch(job, entryCount);
  const firstWord = scratch.firstWord;
  const spanWords = scratch.endWord - firstWord;
  if (batchPlanes == 0 || !fitsClip(entryCount, spanWords, ouRows)) return false;
  const clip = changetype<ClipScratch>(scratch.clip);
  const tileCount = markEqualStreams(job, streamIndex, clip);
  openTiles(clip, entryCount, firstWord, spanWords, tileCount);
  const clipLimit = min(field(job, MVM_CLIP_LIMIT), 255);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const planeBytes = <usize>field(job, MVM_WORD_COUNT) << 2;
  const signed = field(job, MVM_SIGNED);
  const colBytes = <usize>field(job, MVM_COL_COUNT) << 3;
  const spanStart = <usize>firstWord << 3;
  const streamCount = field(job, MVM_STREAM_COUNT);
  for (let i = streamIndex, tile = 0; i < streamCount; i++) {
    if (load<u8>(clip.done + <usize>i) != IN_TURN) continue;
    const member = streamAt(job, i);
    const bitlineCount = field(member, STREAM_BITLINE_COUNT);
    const cells = <usize>field(job, MVM_LEVELS) + <usize>field(member, STREAM_BITLINE_START);
    packCells(clip, scratch.rows, entryCount, tile, cells, field(job, MVM_STRIDE_BYTES), bitlineCount);
    tile += tilesOf(bitlineCount);
  }
  for (let window = 0; window < field(job, MVM_WINDOW_COUNT); window++) {
    const vector = <usize>window * <usize>field(job, MVM_VECTOR_COUNT) + <usize>field(stream, STREAM_VECTOR);
    const planes = <usize>field(job, MVM_PLANES) + vector * planeBytes * <usize>planeCount + spanStart;
    const open = listClip(clip, scratch.mask + spanStart, planes, planeBytes, planeCount, signed);
    readClip(clip, planeCount, signed, ouRows, clipLimit, batchPlanes);
    const sums = <usize>field(job, MVM_SUMS) + vector * colBytes;
    mergeTurn(job, streamIndex, clip, open, sums);
  }
  endTurn(job, streamIndex, clip);
  return true;
}

/** Adds what the streams in turn have gathered for one window to its sums; returns their bitlines. */
export function mergeTurn(job: usize, streamIndex: i32, clip: ClipScratch, open: i64, sums: usize): i32 {
  const streamCount = field(job, MVM_STREAM_COUNT);
  let accumulators = clip.accumulators;
  let turnBitlines = 0;
  for (let i = streamIndex; i < streamCount; i++) {
    if (load<u8>(clip.done + <usize>i) != IN_TURN) continue;
    const member = streamAt(job, i);
    const bitlineCount = field(member, STREAM_BITLINE_COUNT);
    mergeSlices(job, member, accumulators, open, sums);
    accumulators += <usize>tilesOf(bitlineCount) << 7;
    turnBitlines += bitlineCount;
  }
  return turnBitlines;
}

/** The streams in turn are through. */
export function endTurn(job: usize, streamIndex: i32, clip: ClipScratch): void {
  const streamCount = field(job, MVM_STREAM_COUNT);
  for (let i = streamIndex; i < streamCount; i++) {
    if (load<u8>(clip.done + <usize>i) == IN_TURN) store<u8>(clip.done + <usize>i, DONE);
  }
}

/** Marks a stream and later ones of the same rows as IN_TURN, as many as tiles can share; returns their tiles. */
export function markEqualStreams(job: usize, streamIndex: i32, clip: ClipScratch): i32 {
  const stream = streamAt(job, streamIndex);
  const entryCount = field(stream, STREAM_ENTRY_COUNT);
  const entries = entriesOf(job, stream);
  let tileCount = tilesOf(field(stream, STREAM_BITLINE_COUNT));
  store<u8>(clip.done + <usize>streamIndex, IN_TURN);
  for (let i = streamIndex + 1; i < field(job, MVM_STREAM_COUNT) && tileCount < SHARED_TILES; i++) {
    const other = streamAt(job, i);
    const tiles = tilesOf(field(other, STREAM_BITLINE_COUNT));
    if (
      load<u8>(clip.done + <usize>i) == 0 &&
      tiles > 0 &&
      tileCount + tiles <= SHARED_TILES &&
      field(other, STREAM_ENTRY_COUNT) == entryCount &&
      field(other, STREAM_PREVIOUS_ROW) == field(stream, STREAM_PREVIOUS_ROW) &&
      field(other, STREAM_VECTOR) == field(stream, STREAM_VECTOR) &&
      memory.compare(entriesOf(job, other), entries, <usize>entryCount << 2) == 0
    ) {
      store<u8>(clip.done + <usize>i, IN_TURN);
      tileCount += tiles;
    }
  }
  return tileCount;
}

export function streamAt(job: usize, index: i32): usize {
  return <usize>field(job, MVM_RECORDS) + ((<usize>index * STREAM_FIELDS) << 2);
}

export function entriesOf(job: usize, stream: usize): usize {
  return <usize>field(job, MVM_ENTRIES) + (<usize>field(stream, STREAM_ENTRY_START) << 2);
}

/** Planes whose sums fit an i32 lane together; 0 where sums of one OU outgrow a byte or the ADC does not clip. */
function clipBatch(job: usize, entryCount: i32): i32 {
  const maxLevel = <i64>(1 << field(job, MVM_CELL_BITS)) - 1;
  const ouBound = <i64>min(field(job, MVM_OU_ROWS), entryCount) * maxLevel;
  // Largest |sum| of one plane; a batch of planes multiplies it by less than 2^planes.
  const planeBound = <i64>entryCount * maxLevel;
  if (field(job, MVM_CLIP_LIMIT) < 0 || ouBound > 255 || planeBound >= 1 << 30) return 0;
  let batchPlanes = 1;
  while (batchPlanes < field(job, MVM_PLANE_COUNT) && planeBound << (batchPlanes + 1) < <i64>1 << 31) batchPlanes++;
  return batchPlanes;
}

function readOus(job: usize, stream: usize, scratch: MvmScratch, entryCount: i32): void {
  const cells = <usize>field(job, MVM_LEVELS) + <usize>field(stream, STREAM_BITLINE_START);
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const signed = field(job, MVM_SIGNED);
  const transfer = <usize>field(job, MVM_TRANSFER);
  if (ASC_FEATURE_SIMD) {
    const batchPlanes = clipBatch(job, entryCount);
    if (batchPlanes > 0) {
      const clipLimit = min(field(job, MVM_CLIP_LIMIT), 255);
      readOusByClip(scratch, cells, bitlineCount, planeCount, signed, clipLimit, batchPlanes);
      return;
    }
    const maxLevel = <i64>(1 << field(job, MVM_CELL_BITS)) - 1;
    if (<i64>min(field(job, MVM_OU_ROWS), entryCount) * maxLevel <= 65535) {
      readOusByTable(scratch, cells, bitlineCount, planeCount, signed, transfer);
      return;
    }
  }
  readOusGeneral(scratch, cells, bitlineCount, planeCount, signed, transfer);
}

/** sums[col] += ±Σ over slices of (accumulator - z · open rows) · 2^(cellBits · slice) */
export function mergeSlices(job: usize, stream: usize, accumulators: usize, weightedOpen: i64, sums: usize): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const cellBits = field(job, MVM_CELL_BITS);
  const sliceCount = field(job, MVM_SLICE_COUNT);
  const coding = field(job, MVM_CODING);
  const zero = zeroPattern(field(job, MVM_WEIGHT_BITS), coding);
  const bitline = field(job, MVM_FIRST_BITLINE) + field(stream, STREAM_BITLINE_START);
  let slice = bitline % sliceCount;
  let at = sums + (<usize>(bitline / sliceCount) << 3);
  let accumulator = accumulators;
  const end = accumulator + (<usize>bitlineCount << 3);
  while (accumulator < end) {
    // One column: what these bitlines hold of it, and of the pattern of weight 0.
    const bitlines = min(sliceCount - slice, <i32>((end - accumulator) >> 3));
    let shift = cellBits * slice;
    const digits = ((1 << (cellBits * bitlines)) - 1) << shift;
    let sum = -<i64>(zero & digits) * weightedOpen;
    for (const stop = accumulator + (<usize>bitlines << 3); accumulator < stop; accumulator += 8) {
      sum += load<i64>(accumulator) << shift;
      shift += cellBits;
    }
    store<f64>(at, coding == CODING_NEGATIVE ? load<f64>(at) - <f64>sum : load<f64>(at) + <f64>sum);
    slice = 0;
    at += 8;
  }
}
