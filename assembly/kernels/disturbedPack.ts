import { laneWords } from "../bits/drawLanes";
import { field } from "../bits/record";
import {
  MVM_FIRST_BITLINE,
  MVM_LEVELS,
  MVM_STRIDE_BYTES,
  STREAM_BITLINE_COUNT,
  STREAM_BITLINE_START,
} from "../shared/abi";
import { CELLS_FLOAT, CELLS_TABLE, DISTURBED_CELLS, DISTURBED_VALUES } from "../shared/deviceAbi";
import { DisturbedScratch, LANE_MASK_BYTES, TILE_IS_ODD } from "./disturbedScratch";
import { ClipScratch } from "./mvmClip";

/**
 * Packs the levels of one stream, and what its cells hold, as tiles firstTile, firstTile + 1, …: [set][place][16 or 32
 * lanes], a set being a tile or a pair. A row's place is its number in the span, or in the stream where that is longer.
 */
export function packStream(job: usize, stream: usize, own: DisturbedScratch, clip: ClipScratch, firstTile: i32): void {
  const kind = field(job, DISTURBED_CELLS);
  const valueShift: usize = kind == CELLS_FLOAT ? 2 : 1;
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const stride = <usize>field(job, MVM_STRIDE_BYTES);
  const rowShift: usize = clip.isPaired ? 5 : 4;
  for (let first = 0; first < bitlineCount; first += 16) {
    const tile = firstTile + (first >> 4);
    const lanes = min(bitlineCount - first, 16);
    const bitline = field(stream, STREAM_BITLINE_START) + first;
    writeLanes(own, tile, field(job, MVM_FIRST_BITLINE) + bitline, lanes, kind == CELLS_TABLE);
    packLevels(own, clip, tile, <usize>field(job, MVM_LEVELS) + <usize>bitline, stride);
    if (kind == CELLS_TABLE) continue;
    const from = <usize>field(job, DISTURBED_VALUES) + (<usize>bitline << valueShift);
    const to = own.values + (placeOfTile(clip, tile) << valueShift);
    packValues(own, clip, from, stride << valueShift, to, rowShift + valueShift, <usize>lanes << valueShift);
  }
  // The last pair may be half: its other half reads as level 0.
  const end = firstTile + ((bitlineCount + 15) >> 4);
  if (clip.isPaired && end == clip.tileCount && (end & 1) == 1) {
    memory.fill(own.laneMasks + <usize>end * LANE_MASK_BYTES, 0, LANE_MASK_BYTES);
    packLevels(own, clip, end, <usize>field(job, MVM_LEVELS) + <usize>field(stream, STREAM_BITLINE_START), stride);
  }
}

/** Where place 0 of a tile lies in clip.cells, in lanes. */
// @ts-ignore: decorator
@inline
function placeOfTile(clip: ClipScratch, tile: i32): usize {
  const places = (<usize>clip.spanWords << 6) + 1;
  if (!clip.isPaired) return (<usize>tile * places) << 4;
  return ((<usize>(tile >> 1) * places) << 5) + (<usize>(tile & 1) << 4);
}

/** Levels of one tile, 0 in lanes that are not in use, then a row of zeros. */
function packLevels(own: DisturbedScratch, clip: ClipScratch, tile: i32, from: usize, stride: usize): void {
  const mask = v128.load(own.laneMasks + <usize>tile * LANE_MASK_BYTES, 32);
  const to = clip.cells + placeOfTile(clip, tile);
  const rowShift: usize = clip.isPaired ? 5 : 4;
  for (let k: usize = 0; k < <usize>own.entryCount << 2; k += 4) {
    const levels = v128.load(from + <usize>load<i32>(own.rows + k) * stride);
    v128.store(to + (<usize>load<i32>(own.places + k) << rowShift), v128.and(levels, mask));
  }
  v128.store(to + ((<usize>clip.spanWords << 6) << rowShift), i64x2.splat(0));
}

/** Values of one tile, 0 in vectors that are not in use, then a row of zeros. */
function packValues(
  own: DisturbedScratch,
  clip: ClipScratch,
  from: usize,
  stride: usize,
  to: usize,
  toShift: usize,
  usedBytes: usize,
): void {
  const tileBytes: usize = (<usize>1 << toShift) >> (clip.isPaired ? 1 : 0);
  for (let k: usize = 0; k < <usize>own.entryCount << 2; k += 4) {
    const row = from + <usize>load<i32>(own.rows + k) * stride;
    const place = to + (<usize>load<i32>(own.places + k) << toShift);
    let at: usize = 0;
    for (; at < usedBytes; at += 16) v128.store(place + at, v128.load(row + at));
    for (; at < tileBytes; at += 16) v128.store(place + at, i64x2.splat(0));
  }
  memory.fill(to + ((<usize>clip.spanWords << 6) << toShift), 0, tileBytes);
}

/**
 * What the lanes of a tile bring into their draws, and which of them are in use. For a table, words are of pairs of
 * bitlines; the last one tells whether the first lane is the second of its pair.
 */
function writeLanes(own: DisturbedScratch, tile: i32, bitline: i32, lanes: i32, isTable: bool): void {
  const words = own.tileWords + (<usize>tile << 6);
  const mask = own.laneMasks + <usize>tile * LANE_MASK_BYTES;
  const first = isTable ? bitline >> 1 : bitline;
  for (let i = 0; i < 16; i += 4) v128.store(words + (<usize>i << 2), laneWords(first + i));
  if (isTable) store<i32>(words, bitline & 1, TILE_IS_ODD);
  for (let i = 0; i < 16; i++) {
    store<i16>(mask + (<usize>i << 1), i < lanes ? -1 : 0);
    store<i8>(mask + <usize>i, i < lanes ? -1 : 0, 32);
  }
}
