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
  DISTURBED_STATS,
  DISTURBED_WINDOWS,
  DRAW_READ,
  DRAW_TABLE,
  READ_COUNT,
  READ_ERROR_SUM,
  READ_MISREADS,
  READ_SQUARED_ERROR_SUM,
} from "../shared/deviceAbi";
import { readDisturbedOus, writeWords } from "./disturbedGeneral";
import { DisturbedScratch, layOutDisturbed, ownOffset } from "./disturbedScratch";
import { entriesOf, mergeSlices, streamAt } from "./mvmBitSerial";
import { listOpenRows, MvmScratch, openStream } from "./mvmOpenRows";

/**
 * Bit-serial product of disturbed reads (job: deviceAbi.ts); `levels` and values are readable one vector past their end.
 */
export function mvmDisturbed(job: usize): void {
  const base = <usize>field(job, MVM_SCRATCH);
  layOutDisturbed(job, base);
  const scratch = changetype<MvmScratch>(base);
  const own = changetype<DisturbedScratch>(base + ownOffset(job));
  const stats = <usize>field(job, DISTURBED_STATS);
  for (let i = 0; i < field(job, MVM_STREAM_COUNT); i++) {
    const stream = streamAt(job, i);
    if (field(stream, STREAM_BITLINE_COUNT) == 0) continue;
    readStream(job, stream, scratch, own, stats);
  }
  store<f64>(stats, <f64>own.misreads, READ_MISREADS << 3);
  store<f64>(stats, <f64>own.errorSum, READ_ERROR_SUM << 3);
  store<f64>(stats, <f64>own.squaredErrorSum, READ_SQUARED_ERROR_SUM << 3);
}

function readStream(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch, stats: usize): void {
  const planeCount = field(job, MVM_PLANE_COUNT);
  const wordCount = field(job, MVM_WORD_COUNT);
  const ouRows = field(job, MVM_OU_ROWS);
  const formation = field(job, MVM_FORMATION);
  const strideBytes = field(job, MVM_STRIDE_BYTES);
  const vectorBytes = (<usize>planeCount * <usize>wordCount) << 2;
  const colBytes = <usize>field(job, MVM_COL_COUNT) << 3;
  const previousRow = field(stream, STREAM_PREVIOUS_ROW);
  openStream(scratch, entriesOf(job, stream), field(stream, STREAM_ENTRY_COUNT), previousRow, wordCount, ouRows);
  writeWords(job, stream, own);
  for (let window = 0; window < field(job, MVM_WINDOW_COUNT); window++) {
    const vector = <usize>window * <usize>field(job, MVM_VECTOR_COUNT) + <usize>field(stream, STREAM_VECTOR);
    const planes = <usize>field(job, MVM_PLANES) + vector * vectorBytes;
    const open = listOpenRows(
      scratch,
      planes,
      planeCount,
      wordCount,
      strideBytes,
      formation,
      ouRows,
      field(job, MVM_SIGNED),
    );
    const state = vectorState(job, stream, window);
    readDisturbedOus(job, stream, scratch, own, <u32>state, <u32>(state >> 32));
    mergeSlices(job, stream, scratch.accumulators, open, <usize>field(job, MVM_SUMS) + vector * colBytes);
    const reads = <f64>scratch.ouCount * <f64>field(stream, STREAM_BITLINE_COUNT);
    store<f64>(stats, load<f64>(stats, READ_COUNT << 3) + reads, READ_COUNT << 3);
  }
}

/** State of all draws for one input vector by one stream, second half above the first. */
function vectorState(job: usize, stream: usize, window: i32): u64 {
  const key2 = <u32>field(job, DISTURBED_KEY_2);
  const purpose = field(job, DISTURBED_CELLS) == CELLS_TABLE ? DRAW_TABLE : DRAW_READ;
  let a = absorbFirst(<u32>field(job, DISTURBED_KEY), key2, purpose);
  let b = absorbSecond(a, key2);
  a = absorbFirst(a, b, load<u32>(<usize>field(job, DISTURBED_WINDOWS) + (<usize>window << 2)));
  b = absorbSecond(a, b);
  a = absorbFirst(a, b, field(stream, STREAM_VECTOR));
  b = absorbSecond(a, b);
  a = absorbFirst(a, b, field(stream, STREAM_PREVIOUS_ROW));
  b = absorbSecond(a, b);
  return <u64>a | (<u64>b << 32);
}
