import { planeWeight } from "../bits/coding";
import { align, field } from "../bits/record";
import { OPEN_DYNAMIC, STREAM_BITLINE_COUNT, STREAM_ENTRY_COUNT, STREAM_FIELDS } from "../shared/abi";
import { layOutClip } from "./mvmClip";
import { decodeIndexEntries } from "./orcIndex";

/** Working memory of one call, laid over its scratch block: this header, then the arrays that it points to. */
@unmanaged
export class MvmScratch {
  /** i32[entries]: the stream's rows. */
  rows: usize;
  /** u64[wordCount / 2]: the stream's rows as a bit set, and the run of u64 words that is not empty. */
  mask: usize;
  firstWord: i32;
  endWord: i32;
  /** i32[rows]: number of the fixed OU that a row of the stream belongs to. */
  ouOfRow: usize;
  /** Open rows and OUs listed so far. */
  openCount: i32;
  ouCount: i32;
  /** u32[planes · entries]: byte offsets of the open rows' cells, plane after plane. */
  offsets: usize;
  /** u32[planes · entries]: where in `offsets` each OU ends. */
  ouEnds: usize;
  /** i32[planes + 1]: first OU of each plane. */
  planeOus: usize;
  /** i64[bitlines, whole vectors]: Σ ±2^p · q. */
  accumulators: usize;
  /** u32[bitlines, whole vectors]: sums of one OU. */
  currents: usize;
  /** Working memory of mvmClip. */
  clip: usize;
}

/** Bytes that mvmBitSerial needs at MVM_SCRATCH for these streams. */
export function mvmScratchBytes(records: usize, streamCount: i32, planeCount: i32, wordCount: i32): usize {
  return layOutScratch(0, records, streamCount, planeCount, wordCount);
}

/** The largest value of a field over all streams. */
export function mostOf(records: usize, streamCount: i32, index: i32): i32 {
  let most = 0;
  for (let i = 0; i < streamCount; i++, records += STREAM_FIELDS << 2) most = max(most, field(records, index));
  return most;
}

/** Places the arrays after the header, each 16-byte aligned; at address 0 only measures. Returns the end. */
export function layOutScratch(
  base: usize,
  records: usize,
  streamCount: i32,
  planeCount: i32,
  wordCount: i32,
): usize {
  const entryCount = mostOf(records, streamCount, STREAM_ENTRY_COUNT);
  const bitlineCount = mostOf(records, streamCount, STREAM_BITLINE_COUNT);
  const listBytes = align(<usize>entryCount << 2);
  const laneCount = align(<usize>bitlineCount);
  const rows = base + align(offsetof<MvmScratch>());
  const mask = rows + listBytes;
  const ouOfRow = mask + align(<usize>wordCount << 2);
  const offsets = ouOfRow + (<usize>wordCount << 7);
  const ouEnds = offsets + listBytes * <usize>planeCount;
  const planeOus = ouEnds + listBytes * <usize>planeCount;
  const accumulators = planeOus + align(<usize>(planeCount + 1) << 2);
  const currents = accumulators + (laneCount << 3);
  const clip = currents + (laneCount << 2);
  if (base != 0) {
    const scratch = changetype<MvmScratch>(base);
    scratch.rows = rows;
    scratch.mask = mask;
    scratch.ouOfRow = ouOfRow;
    scratch.offsets = offsets;
    scratch.ouEnds = ouEnds;
    scratch.planeOus = planeOus;
    scratch.accumulators = accumulators;
    scratch.currents = currents;
    scratch.clip = clip;
  }
  if (!ASC_FEATURE_SIMD) return clip;
  if (base != 0) return layOutClip(clip, streamCount, entryCount, bitlineCount, planeCount, wordCount);
  return clip + layOutClip(0, streamCount, entryCount, bitlineCount, planeCount, wordCount);
}

/** Decodes a stream's index: its rows, their bit set and their fixed OUs. */
export function openStream(
  scratch: MvmScratch,
  entries: usize,
  entryCount: i32,
  previousRow: i32,
  wordCount: i32,
  ouRows: i32,
): void {
  decodeIndexEntries(entries, entryCount, previousRow, scratch.rows);
  memory.fill(scratch.mask, 0, <usize>wordCount << 2);
  scratch.firstWord = 0;
  scratch.endWord = 0;
  if (entryCount == 0) return;
  let ou = 0;
  let rowsInOu = 0;
  for (let k = 0; k < entryCount; k++) {
    const row = load<i32>(scratch.rows + (<usize>k << 2));
    const word = scratch.mask + ((<usize>row >> 6) << 3);
    store<u64>(word, load<u64>(word) | (<u64>1 << (<u64>row & 63)));
    if (rowsInOu == ouRows) {
      ou++;
      rowsInOu = 0;
    }
    store<i32>(scratch.ouOfRow + (<usize>row << 2), ou);
    rowsInOu++;
  }
  scratch.firstWord = load<i32>(scratch.rows) >> 6;
  scratch.endWord = (load<i32>(scratch.rows + (<usize>(entryCount - 1) << 2)) >> 6) + 1;
}

/** Lists the open rows of every plane of one input vector, cut into OUs. Returns Σ ±2^p · open rows. */
export function listOpenRows(
  scratch: MvmScratch,
  planes: usize,
  planeCount: i32,
  wordCount: i32,
  strideBytes: i32,
  formation: i32,
  ouRows: i32,
  signed: i32,
): i64 {
  let weightedOpen: i64 = 0;
  scratch.openCount = 0;
  scratch.ouCount = 0;
  for (let p = 0; p < planeCount; p++) {
    const first = scratch.openCount;
    store<i32>(scratch.planeOus + (<usize>p << 2), scratch.ouCount);
    if (formation == OPEN_DYNAMIC) {
      listDynamic(scratch, planes, strideBytes, ouRows);
    } else {
      listFixed(scratch, planes, strideBytes);
    }
    weightedOpen += planeWeight(p, planeCount, signed) * <i64>(scratch.openCount - first);
    planes += <usize>wordCount << 2;
  }
  store<i32>(scratch.planeOus + (<usize>planeCount << 2), scratch.ouCount);
  return weightedOpen;
}

function listDynamic(scratch: MvmScratch, plane: usize, strideBytes: i32, ouRows: i32): void {
  const mask = scratch.mask;
  const endWord = scratch.endWord;
  const first = scratch.openCount;
  let at = scratch.offsets + (<usize>first << 2);
  for (let word = scratch.firstWord; word < endWord; word++) {
    let open = load<u64>(plane + (<usize>word << 3)) & load<u64>(mask + (<usize>word << 3));
    while (open != 0) {
      store<u32>(at, rowOffset(word, open, strideBytes));
      at += 4;
      open &= open - 1;
    }
  }
  const end = <i32>((at - scratch.offsets) >> 2);
  // Counted in rows left, not in row numbers: first + ouRows may pass 2^31.
  let left = end - first;
  while (left > 0) {
    left -= min(left, ouRows);
    endOu(scratch, end - left);
  }
  scratch.openCount = end;
}

function listFixed(scratch: MvmScratch, plane: usize, strideBytes: i32): void {
  const mask = scratch.mask;
  const endWord = scratch.endWord;
  let openCount = scratch.openCount;
  let current = -1;
  for (let word = scratch.firstWord; word < endWord; word++) {
    let open = load<u64>(plane + (<usize>word << 3)) & load<u64>(mask + (<usize>word << 3));
    while (open != 0) {
      const ou = load<i32>(scratch.ouOfRow + (<usize>((word << 6) + <i32>ctz(open)) << 2));
      if (ou != current && current >= 0) endOu(scratch, openCount);
      current = ou;
      store<u32>(scratch.offsets + (<usize>openCount << 2), rowOffset(word, open, strideBytes));
      openCount++;
      open &= open - 1;
    }
  }
  if (current >= 0) endOu(scratch, openCount);
  scratch.openCount = openCount;
}

/** Byte offset of the cells of the lowest row in `open`. */
// @ts-ignore: decorator
@inline
function rowOffset(word: i32, open: u64, strideBytes: i32): u32 {
  return <u32>((word << 6) + <i32>ctz(open)) * <u32>strideBytes;
}

// @ts-ignore: decorator
@inline
function endOu(scratch: MvmScratch, openCount: i32): void {
  const ou = scratch.ouCount;
  store<i32>(scratch.ouEnds + (<usize>ou << 2), openCount);
  scratch.ouCount = ou + 1;
}
