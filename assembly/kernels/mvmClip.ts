import { planeWeight } from "../bits/coding";
import { align } from "../bits/record";

// Dynamic OUs, a clipping ADC, sums of at most 255: a tile of 16 bitlines is one v128 of bytes. Open rows are listed by a
// table of bytes without a branch, the list serves all tiles that keep the same rows, and the last OU of a plane is
// filled up with rows of zeros: no branch waits for a count.

/** A u16 byte offset reaches 63 · 64 rows of one tile, half of it for two tiles side by side. */
const MAX_SPAN_WORDS = 63;
const MAX_PAIR_SPAN_WORDS = 31;
/** Codes of at most 255 that a u16 lane holds. */
const MAX_OUS = 257;
const TABLE_BYTES: usize = 256 << 4;
/** Entries that a list may be written past its end: filled up to 16, then one step of the table. */
const LIST_SLACK = 32;
/** OUs of up to this many rows are filled up whole, higher ones to a multiple (at most 16: two vectors of a list). */
export const FILL_ROWS = 16;
/** Tiles that share one list at most, unless one stream has more. */
export const SHARED_TILES = 8;

@unmanaged
export class ClipScratch {
  /** u16[256][8]: offsets of the rows whose bits are set in a byte, for one tile a row and for two. */
  table: usize;
  pairTable: usize;
  /** u8[streamCount]: streams that have been read together with another one. */
  done: usize;
  /** i64[tile][16] */
  accumulators: usize;
  /** [tile][row][16], or [pair of tiles][row][32]: rows of the span, then one of zeros. */
  cells: usize;
  tileCount: i32;
  firstWord: i32;
  spanWords: i32;
  /** Two tiles lie side by side. */
  isPaired: bool;
  /** Few rows of the span are kept: bits are walked one by one. */
  isSparse: bool;
  /** u16 lists, one a plane, `listBytes` apart; open rows of each (i32). */
  lists: usize;
  listBytes: usize;
  counts: usize;
}

/** Does a stream of this many entries over this many u64 words fit? */
export function fitsClip(entryCount: i32, spanWords: i32, ouRows: i32): bool {
  return spanWords <= MAX_SPAN_WORDS && entryCount / ouRows < MAX_OUS;
}

// @ts-ignore: decorator
@inline
export function tilesOf(bitlineCount: i32): i32 {
  return (bitlineCount + 15) >> 4;
}

/** Places the arrays for the largest stream; at address 0 only measures. Returns the end. */
export function layOutClip(
  base: usize,
  streamCount: i32,
  entryCount: i32,
  bitlineCount: i32,
  planeCount: i32,
  wordCount: i32,
): usize {
  const spanRows = <usize>min((wordCount + 1) >> 1, MAX_SPAN_WORDS) << 6;
  const tileCount = <usize>max(tilesOf(bitlineCount), SHARED_TILES);
  const table = base + align(offsetof<ClipScratch>());
  const pairTable = table + TABLE_BYTES;
  const done = pairTable + TABLE_BYTES;
  const accumulators = done + align(<usize>streamCount);
  const cells = accumulators + ((tileCount + 1) << 7);
  const lists = cells + (((spanRows + 1) << 4) * (tileCount + 1));
  const listBytes = align(<usize>(entryCount + LIST_SLACK) << 1);
  const counts = lists + listBytes * <usize>planeCount;
  if (base != 0) {
    const scratch = changetype<ClipScratch>(base);
    scratch.table = table;
    scratch.pairTable = pairTable;
    scratch.done = done;
    scratch.accumulators = accumulators;
    scratch.cells = cells;
    scratch.lists = lists;
    scratch.listBytes = listBytes;
    scratch.counts = counts;
    fillTable(table, 4);
    fillTable(pairTable, 5);
    memory.fill(done, 0, <usize>streamCount);
  }
  return counts + align(<usize>planeCount << 2);
}

function fillTable(table: usize, rowShift: i32): void {
  for (let byte = 0; byte < 256; byte++) {
    let at = table + (<usize>byte << 4);
    for (let bit = 0; bit < 8; bit++) {
      if (!((byte >> bit) & 1)) continue;
      store<u16>(at, <u16>(bit << rowShift));
      at += 2;
    }
  }
}

/** Starts a set of tiles that keep the same rows. */
export function openTiles(
  scratch: ClipScratch,
  entryCount: i32,
  firstWord: i32,
  spanWords: i32,
  tileCount: i32,
): void {
  scratch.tileCount = tileCount;
  scratch.firstWord = firstWord;
  scratch.spanWords = spanWords;
  scratch.isPaired = tileCount > 1 && spanWords <= MAX_PAIR_SPAN_WORDS;
  scratch.isSparse = entryCount << 2 < spanWords << 6;
  const rowBytes = scratch.isPaired ? 32 : 16;
  const zeroRow = (<usize>spanWords << 6) * rowBytes;
  const setCount = scratch.isPaired ? (tileCount + 1) >> 1 : tileCount;
  for (let i = 0; i < setCount; i++) {
    memory.fill(scratch.cells + <usize>i * (zeroRow + rowBytes) + zeroRow, 0, rowBytes);
  }
}

/** Packs the cells of one stream's rows (i32 each) as tiles firstTile, firstTile + 1, … */
export function packCells(
  scratch: ClipScratch,
  rows: usize,
  entryCount: i32,
  firstTile: i32,
  cells: usize,
  strideBytes: i32,
  bitlineCount: i32,
): void {
  const spanRows = <usize>scratch.spanWords << 6;
  const firstRow = scratch.firstWord << 6;
  const rowShift: usize = scratch.isPaired ? 5 : 4;
  for (let first = 0; first < bitlineCount; first += 16) {
    const tile = firstTile + (first >> 4);
    const set = <usize>(scratch.isPaired ? tile >> 1 : tile);
    const side = scratch.isPaired ? <usize>(tile & 1) << 4 : 0;
    const out = scratch.cells + ((set * (spanRows + 1)) << rowShift) + side;
    for (let k = 0; k < entryCount; k++) {
      const row = load<i32>(rows + (<usize>k << 2));
      const levels = v128.load(cells + <usize>row * <usize>strideBytes + <usize>first);
      v128.store(out + (<usize>(row - firstRow) << rowShift), levels);
    }
  }
}

/** Lists the open rows of every plane of one input vector; `mask`, `planes`: at the span. Returns Σ ±2^p · open rows. */
export function listClip(
  scratch: ClipScratch,
  mask: usize,
  planes: usize,
  planeBytes: usize,
  planeCount: i32,
  signed: i32,
): i64 {
  const spanWords = scratch.spanWords;
  const rowShift = scratch.isPaired ? 5 : 4;
  const table = scratch.isPaired ? scratch.pairTable : scratch.table;
  const zeroOffset: i32 = (spanWords << 6) << rowShift;
  const zeroRow = i16x8.splat(<i16>zeroOffset);
  let weightedOpen: i64 = 0;
  for (let p = 0; p < planeCount; p++) {
    const list = scratch.lists + <usize>p * scratch.listBytes;
    const end = scratch.isSparse
      ? listByBit(list, mask, planes, spanWords, rowShift)
      : listByByte(list, mask, planes, spanWords, table, rowShift);
    v128.store(end, zeroRow);
    v128.store(end, zeroRow, 16);
    const count = <i32>((end - list) >> 1);
    store<i32>(scratch.counts + (<usize>p << 2), count);
    weightedOpen += planeWeight(p, planeCount, signed) * <i64>count;
    planes += planeBytes;
  }
  return weightedOpen;
}

function listByByte(at: usize, mask: usize, plane: usize, spanWords: i32, table: usize, rowShift: i32): usize {
  const byteRows: i32 = 8 << rowShift;
  const step = i16x8.splat(<i16>byteRows);
  let first = i16x8.splat(0);
  for (let word = 0; word < spanWords; word++) {
    let open = load<u64>(plane) & load<u64>(mask);
    plane += 8;
    mask += 8;
    // Eight entries are written for every byte, of which those of its set bits stay.
    for (let byte = 0; byte < 8; byte++) {
      const bits = <usize>(open & 0xff);
      v128.store(at, i16x8.add(v128.load(table + (bits << 4)), first));
      at += <usize>popcnt(bits) << 1;
      open >>= 8;
      first = i16x8.add(first, step);
    }
  }
  return at;
}

function listByBit(at: usize, mask: usize, plane: usize, spanWords: i32, rowShift: i32): usize {
  for (let word = 0; word < spanWords; word++) {
    let open = load<u64>(plane) & load<u64>(mask);
    plane += 8;
    mask += 8;
    while (open != 0) {
      store<u16>(at, <u16>(((word << 6) + <i32>ctz(open)) << rowShift));
      at += 2;
      open &= open - 1;
    }
  }
  return at;
}
