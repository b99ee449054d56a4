import { absorbFirst, absorbSecond } from "../bits/draws";
import { planeWeight } from "../bits/coding";
import { field } from "../bits/record";
import { closedOffset, firstEntry, noiseSigma } from "../bits/sense";
import { MVM_CELL_BITS, MVM_FORMATION, MVM_OU_ROWS, OPEN_DYNAMIC } from "../shared/abi";
import {
  DISTURBED_IS_WIDE,
  DISTURBED_OFFSET,
  DISTURBED_READ_SIGMA,
  DISTURBED_SLOT_BITS,
  DISTURBED_VALUES,
} from "../shared/deviceAbi";
import {
  DisturbedScratch,
  FILL_STEP,
  OU_A,
  OU_B,
  OU_BYTES,
  OU_INDEX,
  OU_LIST,
  OU_LIST_END,
  OU_OFFSET,
  OU_SHIFT,
  OU_SIGMA,
  OU_TABLE,
} from "./disturbedScratch";
import { ClipScratch } from "./mvmClip";

/**
 * Lists the open rows of every plane by their places in the stream, as listClip does by their places in the span.
 * `mask`, `planes`: at the span. Returns Σ ±2^p · open rows.
 */
export function listPlaces(
  own: DisturbedScratch,
  clip: ClipScratch,
  mask: usize,
  planes: usize,
  planeBytes: usize,
  planeCount: i32,
  signed: i32,
): i64 {
  const rowShift: u32 = clip.isPaired ? 5 : 4;
  const zeroOffset: i32 = (clip.spanWords << 6) << rowShift;
  const zeroRow = i16x8.splat(<i16>zeroOffset);
  let weightedOpen: i64 = 0;
  for (let p = 0; p < planeCount; p++) {
    const list = clip.lists + <usize>p * clip.listBytes;
    let end = list;
    for (let word: usize = 0; word < <usize>own.spanWords; word++) {
      let open = load<u64>(planes + (word << 3)) & load<u64>(mask + (word << 3));
      while (open != 0) {
        const row = (word << 6) + <usize>ctz(open);
        store<u16>(end, <u16>(load<u32>(own.placeOfRow + (row << 2)) << rowShift));
        end += 2;
        open &= open - 1;
      }
    }
    v128.store(end, zeroRow);
    v128.store(end, zeroRow, 16);
    const count = <i32>((end - list) >> 1);
    store<i32>(clip.counts + (<usize>p << 2), count);
    weightedOpen += planeWeight(p, planeCount, signed) * <i64>count;
    planes += planeBytes;
  }
  return weightedOpen;
}

/** Cuts the lists of planes [start, end) into OUs, most significant plane first. Returns how many there are. */
export function listOus(job: usize, own: DisturbedScratch, clip: ClipScratch, start: i32, end: i32): i32 {
  const ouRows = field(job, MVM_OU_ROWS);
  const isDynamic = field(job, MVM_FORMATION) == OPEN_DYNAMIC;
  let ou = own.ous;
  let index = 0;
  let planeEnd = own.planeEnds;
  for (let p = end - 1; p >= start; p--) {
    let at = clip.lists + <usize>p * clip.listBytes;
    let left = load<i32>(clip.counts + (<usize>p << 2));
    let word = <u32>p;
    while (left > 0) {
      const open = isDynamic ? min(ouRows, left) : rowsOfFixedOu(own, clip, at, left);
      // Rows of zeros follow the list of a plane, not an OU in its midst.
      const listed = isDynamic ? min(ouRows, (open + FILL_STEP - 1) & -FILL_STEP) : open;
      store<u32>(ou, <u32>at, OU_LIST);
      store<u32>(ou, <u32>at + (<u32>listed << 1), OU_LIST_END);
      store<i32>(ou, index, OU_INDEX);
      store<u32>(own.order + (<usize>index << 2), <u32>ou);
      describeReads(job, own, ou, ouRows, open, word);
      index++;
      ou += OU_BYTES;
      word += 16;
      left -= open;
      at += <usize>open << 1;
    }
    store<i32>(planeEnd, index);
    planeEnd += 4;
  }
  // For one tile the order costs more than the branches that it makes foreseen.
  if (clip.tileCount > 1) orderOus(own, index);
  return index;
}

/** What the closed rows of an OU add, and what its reads draw. */
// @ts-ignore: decorator
@inline
function describeReads(job: usize, own: DisturbedScratch, ou: usize, ouRows: i32, open: i32, word: u32): void {
  store<f32>(ou, closedOffset(load<f32>(job, DISTURBED_OFFSET << 2), ouRows, open), OU_OFFSET);
  if (!own.isDrawn) return;
  const topLevel = (1 << field(job, MVM_CELL_BITS)) - 1;
  const a = absorbFirst(own.stateA, own.stateB, word);
  store<u32>(ou, a, OU_A);
  store<u32>(ou, absorbSecond(a, own.stateB), OU_B);
  store<f32>(ou, noiseSigma(load<f32>(job, DISTURBED_READ_SIGMA << 2), open), OU_SIGMA);
  const slotShift = field(job, DISTURBED_SLOT_BITS) + (field(job, DISTURBED_IS_WIDE) ? 3 : 2);
  store<i32>(ou, field(job, DISTURBED_VALUES) + (firstEntry(open, topLevel) << slotShift), OU_TABLE);
}

/** Listed rows from `at` on that belong to one fixed OU. */
function rowsOfFixedOu(own: DisturbedScratch, clip: ClipScratch, at: usize, left: i32): i32 {
  const rowShift: u32 = clip.isPaired ? 5 : 4;
  const ou = load<i32>(own.ouOfPlace + ((<usize>load<u16>(at) >> rowShift) << 2));
  let count = 1;
  while (count < left) {
    at += 2;
    if (load<i32>(own.ouOfPlace + ((<usize>load<u16>(at) >> rowShift) << 2)) != ou) break;
    count++;
  }
  return count;
}

/** own.order: the records by how many steps of rows they list. */
function orderOus(own: DisturbedScratch, ouCount: i32): void {
  const ends = own.stepEnds;
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  memory.fill(ends, 0, <usize>own.stepLimit << 2);
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const at = ends + stepsOf(ou);
    store<i32>(at, load<i32>(at) + 4);
  }
  let next = <i32>own.order;
  for (let step = 0; step < own.stepLimit; step++) {
    const at = ends + (<usize>step << 2);
    const bytes = load<i32>(at);
    store<i32>(at, next);
    next += bytes;
  }
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const at = ends + stepsOf(ou);
    store<u32>(<usize>load<u32>(at), <u32>ou);
    store<u32>(at, load<u32>(at) + 4);
  }
}

/** Where in own.stepEnds an OU counts: four bytes a step, two bytes a row. */
// @ts-ignore: decorator
@inline
function stepsOf(ou: usize): usize {
  const rows = (load<u32>(ou, OU_LIST_END) - load<u32>(ou, OU_LIST)) >> 1;
  return ((rows + FILL_STEP - 1) / FILL_STEP) << 2;
}
