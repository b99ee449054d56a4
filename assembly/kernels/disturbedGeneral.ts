import { absorbFirst, absorbSecond, drawBits, laneWord, normalOf } from "../bits/draws";
import { planeWeight } from "../bits/coding";
import { field } from "../bits/record";
import { closedOffset, drawFromTable, firstEntry, noiseSigma, senseSum } from "../bits/sense";
import {
  MVM_CELL_BITS,
  MVM_FIRST_BITLINE,
  MVM_LEVELS,
  MVM_OU_ROWS,
  MVM_PLANE_COUNT,
  MVM_SIGNED,
  STREAM_BITLINE_COUNT,
  STREAM_BITLINE_START,
} from "../shared/abi";
import {
  CELLS_FIXED,
  CELLS_FLOAT,
  CELLS_TABLE,
  DISTURBED_ADC_MODE,
  DISTURBED_CELLS,
  DISTURBED_IS_WIDE,
  DISTURBED_OFFSET,
  DISTURBED_READ_SIGMA,
  DISTURBED_SLOT_BITS,
  DISTURBED_TOP_CODE,
  DISTURBED_VALUES,
  FIXED_BITS,
  FIXED_SUM_LIMIT,
} from "../shared/deviceAbi";
import { DisturbedScratch } from "./disturbedScratch";
import { MvmScratch } from "./mvmOpenRows";

/** What the bitlines of a stream bring into their draws; two of them share a draw from a table. */
export function writeWords(job: usize, stream: usize, own: DisturbedScratch): void {
  const first = field(job, MVM_FIRST_BITLINE) + field(stream, STREAM_BITLINE_START);
  const shift = field(job, DISTURBED_CELLS) == CELLS_TABLE ? 1 : 0;
  for (let i = 0; i < field(stream, STREAM_BITLINE_COUNT); i++) {
    store<u32>(own.words + (<usize>i << 2), laneWord((first + i) >> shift));
  }
}

/** All OUs of one input vector into scratch.accumulators, any geometry. */
export function readDisturbedOus(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const planeCount = field(job, MVM_PLANE_COUNT);
  const accumulators = scratch.accumulators;
  memory.fill(accumulators, 0, <usize>bitlineCount << 3);
  let open = 0;
  for (let p = 0; p < planeCount; p++) {
    const weight = planeWeight(p, planeCount, field(job, MVM_SIGNED));
    const firstOu = load<i32>(scratch.planeOus + (<usize>p << 2));
    const endOu = load<i32>(scratch.planeOus + (<usize>(p + 1) << 2));
    for (let ou = firstOu; ou < endOu; ou++) {
      const end = load<i32>(scratch.ouEnds + (<usize>ou << 2));
      addLevels(job, stream, scratch, open, end);
      if (field(job, DISTURBED_CELLS) == CELLS_FLOAT) addFloats(job, stream, scratch, own, open, end);
      if (field(job, DISTURBED_CELLS) == CELLS_FIXED) addFixed(job, stream, scratch, own, open, end);
      const a = absorbFirst(own.stateA, own.stateB, <u32>(ou - firstOu) * 16 + <u32>p);
      senseOu(job, stream, scratch, own, end - open, a, absorbSecond(a, own.stateB), weight);
      open = end;
    }
  }
}

/** Ideal sums of one OU, whose rows are listed at open … end, into scratch.currents. */
function addLevels(job: usize, stream: usize, scratch: MvmScratch, open: i32, end: i32): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const cells = <usize>field(job, MVM_LEVELS) + <usize>field(stream, STREAM_BITLINE_START);
  memory.fill(scratch.currents, 0, <usize>bitlineCount << 2);
  for (; open < end; open++) {
    const row = cells + <usize>load<u32>(scratch.offsets + (<usize>open << 2));
    for (let i = 0; i < bitlineCount; i++) {
      const at = scratch.currents + (<usize>i << 2);
      store<u32>(at, load<u32>(at) + <u32>load<u8>(row + <usize>i));
    }
  }
}

function addFloats(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch, open: i32, end: i32): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const cells = <usize>field(job, DISTURBED_VALUES) + (<usize>field(stream, STREAM_BITLINE_START) << 2);
  memory.fill(own.currents, 0, <usize>bitlineCount << 2);
  for (; open < end; open++) {
    const row = cells + (<usize>load<u32>(scratch.offsets + (<usize>open << 2)) << 2);
    for (let i = 0; i < bitlineCount; i++) {
      const at = <usize>i << 2;
      store<f32>(own.currents + at, load<f32>(own.currents + at) + load<f32>(row + at));
    }
  }
}

/** Whole units, then codes. */
function addFixed(job: usize, stream: usize, scratch: MvmScratch, own: DisturbedScratch, open: i32, end: i32): void {
  const bitlineCount = field(stream, STREAM_BITLINE_COUNT);
  const cells = <usize>field(job, DISTURBED_VALUES) + (<usize>field(stream, STREAM_BITLINE_START) << 1);
  const saturates = field(job, MVM_OU_ROWS) * ((1 << field(job, MVM_CELL_BITS)) - 1) <= FIXED_SUM_LIMIT;
  memory.fill(own.currents, 0, <usize>bitlineCount << 2);
  for (; open < end; open++) {
    const row = cells + (<usize>load<u32>(scratch.offsets + (<usize>open << 2)) << 1);
    for (let i = 0; i < bitlineCount; i++) {
      const at = own.currents + (<usize>i << 2);
      const sum = load<i32>(at) + <i32>load<i16>(row + (<usize>i << 1));
      store<i32>(at, saturates ? max(-32768, min(32767, sum)) : sum);
    }
  }
  for (let i = 0; i < bitlineCount; i++) {
    const at = own.currents + (<usize>i << 2);
    store<f32>(at, <f32>load<i32>(at) * (<f32>1 / <f32>(1 << FIXED_BITS)));
  }
}

/** Senses the sums of one OU with `openCount` rows; (a, b): the state of its draws. */
function senseOu(
  job: usize,
  stream: usize,
  scratch: MvmScratch,
  own: DisturbedScratch,
  openCount: i32,
  a: u32,
  b: u32,
  weight: i64,
): void {
  const mode = field(job, DISTURBED_ADC_MODE);
  const topCode = field(job, DISTURBED_TOP_CODE);
  const topLevel = (1 << field(job, MVM_CELL_BITS)) - 1;
  const ouRows = field(job, MVM_OU_ROWS);
  const fullScale = ouRows * topLevel;
  const isTable = field(job, DISTURBED_CELLS) == CELLS_TABLE;
  const sigma = noiseSigma(load<f32>(job, DISTURBED_READ_SIGMA << 2), openCount);
  const offset = closedOffset(load<f32>(job, DISTURBED_OFFSET << 2), ouRows, openCount);
  const entry = firstEntry(openCount, topLevel);
  const firstBitline = field(job, MVM_FIRST_BITLINE) + field(stream, STREAM_BITLINE_START);
  for (let i = 0; i < field(stream, STREAM_BITLINE_COUNT); i++) {
    const ideal = load<u32>(scratch.currents + (<usize>i << 2));
    const word = load<u32>(own.words + (<usize>i << 2));
    let sensed: i32 = 0;
    if (isTable) {
      const slots = <usize>field(job, DISTURBED_VALUES);
      const bits = (drawBits(a, b, word) >> (((firstBitline + i) & 1) << 4)) & 0xffff;
      const isWide = field(job, DISTURBED_IS_WIDE) != 0;
      sensed = drawFromTable(slots, field(job, DISTURBED_SLOT_BITS), isWide, entry + ideal, bits);
    } else {
      let x = load<f32>(own.currents + (<usize>i << 2));
      if (sigma != 0) x += sigma * normalOf(drawBits(a, b, word));
      sensed = senseSum(<f64>(x + offset), mode, topCode, fullScale);
    }
    if (own.isCounted) {
      const error = <i64>(sensed - senseSum(<f64>ideal, mode, topCode, fullScale));
      if (error != 0) own.misreads++;
      own.errorSum += error;
      own.squaredErrorSum += error * error;
    }
    const at = scratch.accumulators + (<usize>i << 3);
    store<i64>(at, load<i64>(at) + <i64>sensed * weight);
  }
}
