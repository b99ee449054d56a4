import { absorbFirst, absorbSecond } from "../bits/draws";
import { field } from "../bits/record";
import {
  MVM_COL_COUNT,
  MVM_FORMATION,
  MVM_OU_ROWS,
  MVM_PLANES,
  MVM_PLANE_COUNT,
  MVM_RECORDS,
  MVM_SCRATCH,
  MVM_SIGNED,
  MVM_STREAM_COUNT,
  MVM_STRIDE_BYTES,
  MVM_SUMS,
  MVM_VECTOR_COUNT,
  MVM_WINDOW_COUNT,
  MVM_WORD_COUNT,
  STREAM_BITLINE_COUNT,
  STREAM_ENTRY_COUNT,
  STREAM_PREVIOUS_ROW,
  STREAM_VECTOR,
} from "../shared/abi";
import {
  CELLS_TABLE,
  DISTURBED_CELLS,
  DISTURBED_KEY,
  DISTURBED_KEY_2,
  DISTURBED_READ_SIGMA,
  DISTURBED_STATS,
  DISTURBED_STATS_STRIDE,
  DISTURBED_WINDOWS,
  DRAW_READ,
  DRAW_TABLE,
  READ_COUNT,
  READ_ERROR_SUM,
  READ_MISREADS,
  READ_SQUARED_ERROR_SUM,
} from "../shared/deviceAbi";
import { readDisturbedOus, writeWords } from "./disturbedGeneral";
import { listPlaces } from "./disturbedList";
import { packStream } from "./disturbedPack";
import { DisturbedScratch, layOutDisturbed, MAX_PLACE_WORDS, ownOffset } from "./disturbedScratch";
import { fitsTiles, readTiles } from "./disturbedTiles";
import { DONE, endTurn, entriesOf, IN_TURN, markEqualStreams, mergeSlices, mergeTurn, streamAt } from "./mvmBitSerial";
import { ClipScratch, listClip, openTiles, tilesOf } from "./mvmClip";
import { listOpenRows, MvmScratch, openStream } from "./mvmOpenRows";

/** Bit-serial product of disturbed reads (job: deviceAbi.ts); levels and values are readable a vector past their end. */
export function mvmDisturbed(job: usize): void {
  const base = <usize>field(job, MVM_SCRATCH);
  layOutDisturbed(job, base);
  const scratch = changetype<MvmScratch>(base);
  const own = changetype<DisturbedScratch>(base + ownOffset(job));
  for (let i = 0; i < field(job, MVM_STREAM_COUNT); i++) {
    const stream = streamAt(job, i);
    if (field(stream, STREAM_BITLINE_COUNT) == 0) continue;
    if (ASC_FEATURE_SIMD && load<u8>(changetype<ClipScratch>(scratch.clip).done + <usize>i) == DONE) continue;
    const entryCount = field(stream, STREAM_ENTRY_COUNT);
    const previousRow = field(stream, STREAM_PREVIOUS_ROW);
    const wordCount = field(job, MVM_WORD_COUNT);
    openStream(scratch, entriesOf(job, stream), entryCount, previousRow, wordCount, field(job, MVM_OU_ROWS));
    if (ASC_FEATURE_SIMD) {
      if (fitsTiles(job, own, entryCount)) {
        multiplyTiles(job, i, scratch, own);
        continue;
      }
    }
    multiplyStream(job, stream, scratch, own);
  }
  const stats = <usize>field(job, DISTURBED_STATS);
  store<f64>(stats, <f64>own.misreads, READ_MISREADS << 3);
  store<f64>(stats, <f64>own.errorSum, READ_ERROR_SUM << 3);
  store<f64>(stats, <f64>own.squaredErrorSum, READ_SQUARED_ERROR_SUM << 3);
}

/** All windows of one stream. */
function multiplyStream(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch): void {
  const planeCount = field(job, MVM_PLANE_COUNT);
  const wordCount = field(job, MVM_WORD_COUNT);
  const ouRows = field(job, MVM_OU_ROWS);
  const formation = field(job, MVM_FORMATION);
  const strideBytes = field(job, MVM_STRIDE_BYTES);
  const signed = field(job, MVM_SIGNED);
  const vectorBytes = (<usize>planeCount * <usize>wordCount) << 2;
  const colBytes = <usize>field(job, MVM_COL_COUNT) << 3;
  writeWords(job, stream, own);
  for (let window = 0; window < field(job, MVM_WINDOW_COUNT); window++) {
    const vector = <usize>window * <usize>field(job, MVM_VECTOR_COUNT) + <usize>field(stream, STREAM_VECTOR);
    const planes = <usize>field(job, MVM_PLANES) + vector * vectorBytes;
    const open = listOpenRows(scratch, planes, planeCount, wordCount, strideBytes, formation, ouRows, signed);
    openWindow(job, stream, own, window);
    readDisturbedOus(job, stream, scratch, own);
    mergeSlices(job, stream, scratch.accumulators, open, <usize>field(job, MVM_SUMS) + vector * colBytes);
    if (own.isCounted) countReads(job, scratch.ouCount, field(stream, STREAM_BITLINE_COUNT));
  }
}

/** All windows of a stream and of the later ones that keep the same rows, tile by tile. */
function multiplyTiles(job: usize, streamIndex: i32, scratch: MvmScratch, own: DisturbedScratch): void {
  const stream = streamAt(job, streamIndex);
  const clip = changetype<ClipScratch>(scratch.clip);
  const streamCount = field(job, MVM_STREAM_COUNT);
  const isByPlace = openPlaces(job, stream, scratch, own);
  const spanWords = isByPlace ? (own.entryCount + 63) >> 6 : own.spanWords;
  openTiles(clip, own.entryCount, scratch.firstWord, spanWords, markEqualStreams(job, streamIndex, clip));
  for (let i = streamIndex, tile = 0; i < streamCount; i++) {
    if (load<u8>(clip.done + <usize>i) != IN_TURN) continue;
    const member = streamAt(job, i);
    packStream(job, member, own, clip, tile);
    tile += tilesOf(field(member, STREAM_BITLINE_COUNT));
  }
  const planeCount = field(job, MVM_PLANE_COUNT);
  const signed = field(job, MVM_SIGNED);
  const planeBytes = <usize>field(job, MVM_WORD_COUNT) << 2;
  const colBytes = <usize>field(job, MVM_COL_COUNT) << 3;
  const spanStart = <usize>scratch.firstWord << 3;
  const mask = scratch.mask + spanStart;
  for (let window = 0; window < field(job, MVM_WINDOW_COUNT); window++) {
    const vector = <usize>window * <usize>field(job, MVM_VECTOR_COUNT) + <usize>field(stream, STREAM_VECTOR);
    const planes = <usize>field(job, MVM_PLANES) + vector * planeBytes * <usize>planeCount + spanStart;
    const open = isByPlace
      ? listPlaces(own, clip, mask, planes, planeBytes, planeCount, signed)
      : listClip(clip, mask, planes, planeBytes, planeCount, signed);
    openWindow(job, stream, own, window);
    const ouCount = readTiles(job, own, clip);
    const sums = <usize>field(job, MVM_SUMS) + vector * colBytes;
    const bitlineCount = mergeTurn(job, streamIndex, clip, open, sums);
    if (own.isCounted) countReads(job, ouCount, bitlineCount);
  }
  endTurn(job, streamIndex, clip);
}

/** Where the rows of a stream are packed. Returns whether that is by their number in the stream: its span is long. */
function openPlaces(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch): bool {
  own.rows = scratch.rows;
  own.entryCount = field(stream, STREAM_ENTRY_COUNT);
  own.spanWords = scratch.endWord - scratch.firstWord;
  own.isDrawn = field(job, DISTURBED_CELLS) == CELLS_TABLE || load<f32>(job, DISTURBED_READ_SIGMA << 2) > 0;
  const isByPlace = own.spanWords > MAX_PLACE_WORDS;
  const firstRow = scratch.firstWord << 6;
  for (let k = 0; k < own.entryCount; k++) {
    const row = load<i32>(scratch.rows + (<usize>k << 2));
    const place = isByPlace ? k : row - firstRow;
    store<i32>(own.places + (<usize>k << 2), place);
    store<i32>(own.placeOfRow + (<usize>(row - firstRow) << 2), k);
    store<i32>(own.ouOfPlace + (<usize>place << 2), load<i32>(scratch.ouOfRow + (<usize>row << 2)));
  }
  return isByPlace;
}

function countReads(job: usize, ouCount: i32, bitlineCount: i32): void {
  const at = <usize>field(job, DISTURBED_STATS) + (READ_COUNT << 3);
  store<f64>(at, load<f64>(at) + <f64>ouCount * <f64>bitlineCount);
}

/** State of all draws for one input vector by one stream, and whether its reads are counted. */
function openWindow(job: usize, stream: usize, own: DisturbedScratch, window: i32): void {
  const number = load<u32>(<usize>field(job, DISTURBED_WINDOWS) + (<usize>window << 2));
  own.isCounted = number % <u32>field(job, DISTURBED_STATS_STRIDE) == 0;
  const key2 = <u32>field(job, DISTURBED_KEY_2);
  const purpose = field(job, DISTURBED_CELLS) == CELLS_TABLE ? DRAW_TABLE : DRAW_READ;
  let a = absorbFirst(<u32>field(job, DISTURBED_KEY), key2, purpose);
  let b = absorbSecond(a, key2);
  a = absorbFirst(a, b, number);
  b = absorbSecond(a, b);
  a = absorbFirst(a, b, field(stream, STREAM_VECTOR));
  b = absorbSecond(a, b);
  a = absorbFirst(a, b, field(stream, STREAM_PREVIOUS_ROW));
  own.stateA = a;
  own.stateB = absorbSecond(a, b);
}
