import { field } from "../bits/record";
import {
  LINE_PIECE_BYTES,
  SOURCE_CHANNELS_PER_VECTOR,
  SOURCE_CHANNEL_COUNT,
  SOURCE_CODES,
  SOURCE_DILATION_X,
  SOURCE_DILATION_Y,
  SOURCE_FIRST_CHANNEL,
  SOURCE_HEIGHT,
  SOURCE_IS_CONV,
  SOURCE_KERNEL_HEIGHT,
  SOURCE_KERNEL_WIDTH,
  SOURCE_OUT_HEIGHT,
  SOURCE_OUT_WIDTH,
  SOURCE_PAD_LEFT,
  SOURCE_PAD_TOP,
  SOURCE_ROW_COUNT,
  SOURCE_STRIDE_X,
  SOURCE_STRIDE_Y,
  SOURCE_VECTOR_COUNT,
  SOURCE_WIDTH,
} from "../shared/abi";

/** A stretch of windows on one output line: where they lie in the input, and in the tile. */
@unmanaged
export class LinePiece {
  lane: i32;
  count: i32;
  /** Input position of the first window's kernel corner, padding included. */
  top: i32;
  left: i32;
  /** Address of the sample's first channel of vector 0. */
  channel: usize;
}

/** Codes of some windows (u32 each) of a source, memory order [window][vector][row]; padding is 0. `work`: one piece. */
export function gatherWindows(source: usize, windows: usize, windowCount: i32, work: usize, out: usize): void {
  const codes = <usize>field(source, SOURCE_CODES);
  const windowBytes = (<usize>field(source, SOURCE_VECTOR_COUNT) * <usize>field(source, SOURCE_ROW_COUNT)) << 1;
  const isConv = field(source, SOURCE_IS_CONV);
  for (let i = 0; i < windowCount; i++, out += windowBytes) {
    const window = load<u32>(windows + (<usize>i << 2));
    if (isConv) {
      locateWindows(source, window, 1, work);
      gatherConvWindow(source, changetype<LinePiece>(work), out);
    } else {
      memory.copy(out, codes + <usize>window * windowBytes, windowBytes);
    }
  }
}

function gatherConvWindow(source: usize, piece: LinePiece, out: usize): void {
  const kernelHeight = field(source, SOURCE_KERNEL_HEIGHT);
  const kernelWidth = field(source, SOURCE_KERNEL_WIDTH);
  const dilationY = field(source, SOURCE_DILATION_Y);
  const dilationX = field(source, SOURCE_DILATION_X);
  const height = field(source, SOURCE_HEIGHT);
  const width = field(source, SOURCE_WIDTH);
  const channelBytes = (<usize>height * <usize>width) << 1;
  const channelCount = field(source, SOURCE_VECTOR_COUNT) * field(source, SOURCE_CHANNELS_PER_VECTOR);
  let channel = piece.channel;
  for (let c = 0; c < channelCount; c++, channel += channelBytes) {
    let y = piece.top;
    for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++, y += dilationY) {
      const line = channel + (<usize>(y * width) << 1);
      let x = piece.left;
      for (let kernelCol = 0; kernelCol < kernelWidth; kernelCol++, x += dilationX, out += 2) {
        const isInside = <u32>y < <u32>height && <u32>x < <u32>width;
        store<u16>(out, isInside ? load<u16>(line + (<usize>x << 1)) : 0);
      }
    }
  }
}

/** Cuts a run of windows of a convolution into pieces of one output line; returns how many. */
export function locateWindows(source: usize, windowStart: u32, windowCount: i32, pieces: usize): i32 {
  const outWidth = <u32>field(source, SOURCE_OUT_WIDTH);
  const positionCount = outWidth * <u32>field(source, SOURCE_OUT_HEIGHT);
  const channelBytes = (<usize>field(source, SOURCE_HEIGHT) * <usize>field(source, SOURCE_WIDTH)) << 1;
  const sampleBytes = channelBytes * <usize>field(source, SOURCE_CHANNEL_COUNT);
  const firstChannel = <usize>field(source, SOURCE_CODES) + channelBytes * <usize>field(source, SOURCE_FIRST_CHANNEL);
  let pieceCount = 0;
  for (let lane = 0; lane < windowCount; ) {
    const window = windowStart + <u32>lane;
    const position = window % positionCount;
    const outX = position % outWidth;
    const piece = changetype<LinePiece>(pieces + <usize>pieceCount * LINE_PIECE_BYTES);
    piece.lane = lane;
    piece.count = min(windowCount - lane, <i32>(outWidth - outX));
    piece.top = <i32>(position / outWidth) * field(source, SOURCE_STRIDE_Y) - field(source, SOURCE_PAD_TOP);
    piece.left = <i32>outX * field(source, SOURCE_STRIDE_X) - field(source, SOURCE_PAD_LEFT);
    piece.channel = firstChannel + <usize>(window / positionCount) * sampleBytes;
    lane += piece.count;
    pieceCount++;
  }
  return pieceCount;
}
