import { align, field } from "../bits/record";
import { transposeCodes } from "../bits/transpose";
import {
  LANE_BYTES,
  SOURCE_CHANNELS_PER_VECTOR,
  SOURCE_IS_CONV,
  SOURCE_KERNEL_HEIGHT,
  SOURCE_KERNEL_WIDTH,
  SOURCE_ROW_COUNT,
  SOURCE_VECTOR_COUNT,
} from "../shared/abi";
import { gatherConvRow, gatherDenseRow, moveTile, openTile, TILE_BYTES, WindowTile } from "./gatherRows";

/**
 * Bit-planes of one tile, memory order [pass][row] in vectors of 128 lanes, one more row of zeros in every pass. With
 * fewer than 128 windows a pass holds several planes: pass p holds planes p, p + n, p + 2n, … (n = windows / 8).
 */
@unmanaged
export class TilePlanes {
  tile: WindowTile;
  rowCount: i32;
  bits: i32;
  /** n: vectors of codes, planes that lie in passes of their own. */
  period: i32;
  passCount: i32;
  passBytes: usize;
  planes: usize;
  /** u32[rowCount]: open bits of each row, all windows and planes of the call. */
  openCounts: usize;
  /** u16[rowCount]: bit p: some code of the tile's row has bit p. */
  rowPlanes: usize;
  /** u32[pass][rowCount + 1]: rows before each one that have a bit in the pass. */
  usedBefore: usize;
  /** 256 bytes. */
  work: usize;
}

/** Lays the arrays out behind the header, or only measures. Returns the end. */
export function layOutPlanes(base: usize, isReal: bool, source: usize, bits: i32): usize {
  const rowCount = countRowsOf(source);
  const tile = base + align(offsetof<TilePlanes>());
  const work = tile + align(TILE_BYTES);
  const openCounts = work + 256;
  const rowPlanes = openCounts + align(<usize>rowCount << 2);
  const usedBefore = rowPlanes + align(<usize>rowCount << 1);
  const planes = usedBefore + align((<usize>(rowCount + 1) * <usize>bits) << 2);
  const passBytes = <usize>(rowCount + 1) * LANE_BYTES;
  if (isReal) {
    const layout = changetype<TilePlanes>(base);
    layout.tile = changetype<WindowTile>(tile);
    openTile(layout.tile);
    layout.rowCount = rowCount;
    layout.bits = bits;
    layout.passBytes = passBytes;
    layout.planes = planes;
    layout.openCounts = openCounts;
    layout.rowPlanes = rowPlanes;
    layout.usedBefore = usedBefore;
    layout.work = work;
    memory.fill(openCounts, 0, <usize>rowCount << 2);
    memory.fill(planes, 0, passBytes * <usize>bits);
  }
  return planes + passBytes * <usize>bits;
}

/** Rows of a window, all vectors. */
export function countRowsOf(source: usize): i32 {
  return field(source, SOURCE_VECTOR_COUNT) * field(source, SOURCE_ROW_COUNT);
}

/** Lanes that the next tile takes for the windows left: 8 … 128, fewer when the rest of a wide tile would lie idle. */
export function tileLanes(windowsLeft: i32): i32 {
  let lanes = 8;
  while (lanes < windowsLeft && lanes < 128) lanes <<= 1;
  const isFull = windowsLeft >= lanes - (lanes >> 3);
  return isFull || lanes == 8 ? lanes : lanes >> 1;
}

/** Reads the windows of a tile and writes its planes. */
export function fillPlanes(layout: TilePlanes, source: usize, windowStart: i32, windowCount: i32, laneCount: i32): void {
  const tile = layout.tile;
  moveTile(tile, source, windowStart, windowCount, laneCount);
  layout.period = laneCount >> 3;
  layout.passCount = min(layout.period, layout.bits);
  if (!field(source, SOURCE_IS_CONV)) {
    for (let row = 0; row < layout.rowCount; row++) {
      gatherDenseRow(tile, source, row);
      fillRow(layout, row);
    }
    countUsedRows(layout);
    return;
  }
  const channelCount = field(source, SOURCE_VECTOR_COUNT) * field(source, SOURCE_CHANNELS_PER_VECTOR);
  const kernelHeight = field(source, SOURCE_KERNEL_HEIGHT);
  const kernelWidth = field(source, SOURCE_KERNEL_WIDTH);
  let row = 0;
  for (let channel = 0; channel < channelCount; channel++) {
    for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
      for (let kernelCol = 0; kernelCol < kernelWidth; kernelCol++) {
        gatherConvRow(tile, source, channel, kernelRow, kernelCol);
        fillRow(layout, row++);
      }
    }
  }
  countUsedRows(layout);
}

function countUsedRows(layout: TilePlanes): void {
  for (let pass = 0; pass < layout.passCount; pass++) {
    let planesOfPass: u32 = 0;
    for (let plane = pass; plane < layout.bits; plane += layout.period) planesOfPass |= 1 << plane;
    let at = usedBeforeOf(layout, pass);
    let used: u32 = 0;
    for (let row = 0; row < layout.rowCount; row++) {
      store<u32>(at, used);
      used += u32((<u32>load<u16>(layout.rowPlanes + (<usize>row << 1)) & planesOfPass) != 0);
      at += 4;
    }
    store<u32>(at, used);
  }
}

/** Rows before each row that have a bit in a pass: u32[rowCount + 1]. */
export function usedBeforeOf(layout: TilePlanes, pass: i32): usize {
  return layout.usedBefore + ((<usize>pass * <usize>(layout.rowCount + 1)) << 2);
}

function fillRow(layout: TilePlanes, row: i32): void {
  const codes = layout.tile.codes;
  const period = layout.period;
  const lowBits: i32 = (1 << layout.bits) - 1;
  const codeMask = i16x8.splat(<i16>lowBits);
  let used = i64x2.splat(0);
  let open: u64 = 0;
  for (let i = 0; i < period; i++) {
    const vector = v128.and(v128.load(codes + (<usize>i << 4)), codeMask);
    used = v128.or(used, vector);
    open += popcnt(<u64>i64x2.extract_lane(vector, 0)) + popcnt(<u64>i64x2.extract_lane(vector, 1));
  }
  const out = layout.planes + <usize>row * LANE_BYTES;
  const planesAt = layout.rowPlanes + (<usize>row << 1);
  if (open == 0) {
    store<u16>(planesAt, 0);
    for (let pass = 0; pass < layout.passCount; pass++) {
      v128.store(out + <usize>pass * layout.passBytes, used);
    }
    return;
  }
  let halves = <u64>(i64x2.extract_lane(used, 0) | i64x2.extract_lane(used, 1));
  halves |= halves >> 32;
  store<u16>(planesAt, <u16>(halves | (halves >> 16)));
  const count = layout.openCounts + (<usize>row << 2);
  store<u32>(count, load<u32>(count) + <u32>open);
  transposeCodes(codes, period, codeMask, layout.work, out, layout.passBytes, layout.passCount);
}

/** Lanes of a pass that stand for a window and plane that exist; window 8i + j, plane pass + n·q: lane 16j + i + n·q. */
export function presentLanes(layout: TilePlanes, pass: i32): v128 {
  const at = layout.work;
  for (let j = 0; j < 8; j++) {
    let lanes = 0;
    for (let bit = 0; bit < 16; bit++) {
      const window = ((bit % layout.period) << 3) + j;
      const plane = pass + (bit - (bit % layout.period));
      if (window < layout.tile.windowCount && plane < layout.bits) lanes |= 1 << bit;
    }
    store<u16>(at + (<usize>j << 1), <u16>lanes);
  }
  return v128.load(at);
}
