import { zeroPattern } from "../bits/coding";
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
} from "../shared/abi";
import { layOutScratch, listOpenRows, MvmScratch, openStream } from "./mvmOpenRows";
import { readOusByClip, readOusByTable, readOusGeneral } from "./mvmReadOus";

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
    const entries = <usize>field(job, MVM_ENTRIES) + (<usize>field(stream, STREAM_ENTRY_START) << 2);
    const entryCount = field(stream, STREAM_ENTRY_COUNT);
    openStream(scratch, entries, entryCount, field(stream, STREAM_PREVIOUS_ROW), wordCount, ouRows);
    for (let window = 0; window < windowCount; window++) {
      const vector = <usize>window * <usize>vectorCount + <usize>field(stream, STREAM_VECTOR);
      const planes = <usize>field(job, MVM_PLANES) + vector * vectorBytes;
      const open = listOpenRows(scratch, planes, planeCount, wordCount, strideBytes, formation, ouRows, signed);
      readOus(job, stream, scratch, entryCount);
      mergeSlices(job, stream, scratch, open, <usize>field(job, MVM_SUMS) + vector * colBytes);
    }
  }
}

function readOus(job: usize, stream: usize, scratch: MvmScratch, entryCount: i32): void {
  const cells = <usize>field(job, MVM_LEVELS) + <usize>field(stream, STREAM_BITLINE_START);
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const signed = field(job, MVM_SIGNED);
  const transfer = <usize>field(job, MVM_TRANSFER);
  if (ASC_FEATURE_SIMD) {
    const maxLevel = <i64>(1 << field(job, MVM_CELL_BITS)) - 1;
    const ouBound = <i64>min(field(job, MVM_OU_ROWS), entryCount) * maxLevel;
    const clipLimit = field(job, MVM_CLIP_LIMIT);
    // Largest |sum| of one plane; a batch of planes multiplies it by less than 2^planes.
    const planeBound = <i64>entryCount * maxLevel;
    if (clipLimit >= 0 && ouBound <= 255 && planeBound < 1 << 30) {
      let batchPlanes = 1;
      while (batchPlanes < planeCount && planeBound << (batchPlanes + 1) < <i64>1 << 31) batchPlanes++;
      readOusByClip(scratch, cells, bitlineCount, planeCount, signed, min(clipLimit, 255), batchPlanes);
      return;
    }
    if (ouBound <= 65535) {
      readOusByTable(scratch, cells, bitlineCount, planeCount, signed, transfer);
      return;
    }
  }
  readOusGeneral(scratch, cells, bitlineCount, planeCount, signed, transfer);
}

/** sums[col] += ±(accumulator - z · open rows) · 2^(cellBits · slice) */
function mergeSlices(job: usize, stream: usize, scratch: MvmScratch, weightedOpen: i64, sums: usize): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const cellBits = field(job, MVM_CELL_BITS);
  const sliceCount = field(job, MVM_SLICE_COUNT);
  const coding = field(job, MVM_CODING);
  const zero = zeroPattern(field(job, MVM_WEIGHT_BITS), coding);
  const digitMask = (1 << cellBits) - 1;
  const bitline = field(job, MVM_FIRST_BITLINE) + field(stream, STREAM_BITLINE_START);
  let slice = bitline % sliceCount;
  let at = sums + (<usize>(bitline / sliceCount) << 3);
  for (let i = 0; i < bitlineCount; i++) {
    const shift = cellBits * slice;
    const zeroCode = <i64>((zero >> shift) & digitMask);
    const accumulator = load<i64>(scratch.accumulators + (<usize>i << 3)) - zeroCode * weightedOpen;
    const sum = <f64>accumulator * <f64>(1 << shift);
    store<f64>(at, coding == CODING_NEGATIVE ? load<f64>(at) - sum : load<f64>(at) + sum);
    if (++slice == sliceCount) {
      slice = 0;
      at += 8;
    }
  }
}

// @ts-ignore: decorator
@inline
function field(record: usize, index: i32): i32 {
  return load<i32>(record + (<usize>index << 2));
}
