import { field } from "../bits/record";
import {
  LINE_PIECE_BYTES,
  SOURCE_CODES,
  SOURCE_DILATION_X,
  SOURCE_DILATION_Y,
  SOURCE_HEIGHT,
  SOURCE_IS_CONV,
  SOURCE_ROW_COUNT,
  SOURCE_STRIDE_X,
  SOURCE_VECTOR_COUNT,
  SOURCE_WIDTH,
} from "../shared/abi";
import { LinePiece, locateWindows } from "./gatherWindows";

/** Windows of one tile: up to 128, taken row by row. */
@unmanaged
export class WindowTile {
  windowStart: i32;
  windowCount: i32;
  /** Windows that the lanes hold: a power of two from 8 to 128, at least windowCount. */
  laneCount: i32;
  pieceCount: i32;
  /** Address of the line pieces (convolutions). */
  pieces: usize;
  /** u16[laneCount + 8]: codes of one row; absent windows read 0. The last 8 are there to be overrun. */
  codes: usize;
}

export const TILE_BYTES: usize = 32 + 128 * LINE_PIECE_BYTES + 288;

/** Lays the tile's arrays out behind it. */
export function openTile(tile: WindowTile): void {
  tile.pieces = changetype<usize>(tile) + 32;
  tile.codes = tile.pieces + 128 * LINE_PIECE_BYTES;
}

export function moveTile(tile: WindowTile, source: usize, windowStart: i32, windowCount: i32, laneCount: i32): void {
  tile.windowStart = windowStart;
  tile.windowCount = windowCount;
  tile.laneCount = laneCount;
  if (field(source, SOURCE_IS_CONV)) {
    tile.pieceCount = locateWindows(source, <u32>windowStart, windowCount, tile.pieces);
  }
  zeroCodes(tile.codes, laneCount);
}

/** Codes of row `row` of the fully connected source, all vectors counted through. */
export function gatherDenseRow(tile: WindowTile, source: usize, row: i32): void {
  const windowBytes = (<usize>field(source, SOURCE_VECTOR_COUNT) * <usize>field(source, SOURCE_ROW_COUNT)) << 1;
  let input = <usize>field(source, SOURCE_CODES) + <usize>tile.windowStart * windowBytes + (<usize>row << 1);
  let out = tile.codes;
  for (const end = out + (<usize>tile.windowCount << 1); out < end; out += 2) {
    store<u16>(out, load<u16>(input));
    input += windowBytes;
  }
}

/** Codes of one kernel tap of one channel (counted from the first channel of vector 0). */
export function gatherConvRow(tile: WindowTile, source: usize, channel: i32, kernelRow: i32, kernelCol: i32): void {
  const height = field(source, SOURCE_HEIGHT);
  const width = field(source, SOURCE_WIDTH);
  const stride = field(source, SOURCE_STRIDE_X);
  const channelOffset = (<usize>channel * <usize>height * <usize>width) << 1;
  const down = kernelRow * field(source, SOURCE_DILATION_Y);
  const right = kernelCol * field(source, SOURCE_DILATION_X);
  let piece = changetype<LinePiece>(tile.pieces);
  for (let i = 0; i < tile.pieceCount; i++) {
    const count = piece.count;
    const out = tile.codes + (<usize>piece.lane << 1);
    const y = piece.top + down;
    if (<u32>y < <u32>height) {
      const line = piece.channel + channelOffset + (<usize>(y * width) << 1);
      if (stride == 1) copyLine(out, count, line, piece.left + right, width);
      else pickLine(out, count, line, piece.left + right, width, stride);
    } else {
      zeroCodes(out, count);
    }
    piece = changetype<LinePiece>(changetype<usize>(piece) + LINE_PIECE_BYTES);
  }
  const absent = tile.laneCount - tile.windowCount;
  if (absent > 0) zeroCodes(tile.codes + (<usize>tile.windowCount << 1), absent);
}

// Neighbouring pixels; what a whole vector writes past the piece is written again by the next one.
// @ts-ignore: decorator
@inline
function copyLine(out: usize, count: i32, line: usize, x: i32, width: i32): void {
  const first = min(max(-x, 0), count);
  const end = max(min(width - x, count), first);
  if (first > 0) zeroCodes(out, first);
  let from = line + (<usize>(x + first) << 1);
  const stop = out + (<usize>end << 1);
  for (let to = out + (<usize>first << 1); to < stop; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  if (end < count) zeroCodes(stop, count - end);
}

function pickLine(out: usize, count: i32, line: usize, x: i32, width: i32, stride: i32): void {
  for (const end = out + (<usize>count << 1); out < end; out += 2) {
    store<u16>(out, <u32>x < <u32>width ? load<u16>(line + (<usize>x << 1)) : 0);
    x += stride;
  }
}

// Whole vectors: up to 7 codes past the end become 0 too.
// @ts-ignore: decorator
@inline
function zeroCodes(at: usize, count: i32): void {
  const end = at + (<usize>count << 1);
  for (; at < end; at += 16) v128.store(at, i64x2.splat(0));
}
