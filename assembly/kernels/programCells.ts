import { absorbFirst, absorbSecond, drawBits, expOf, laneWord, normalOf } from "../bits/draws";
import { drawLanes, expLanes, laneWords, normalLanes, writeDrawConstants } from "../bits/drawLanes";
import { field } from "../bits/record";
import {
  DRAW_CELL,
  DRAW_FAULT,
  FAULT_BITS,
  FIXED_BITS,
  LEVEL_BYTES,
  PROGRAM_BITLINE_COUNT,
  PROGRAM_DEVICE,
  PROGRAM_FIRST_BITLINE,
  PROGRAM_IS_FIXED,
  PROGRAM_KEY,
  PROGRAM_KEY_2,
  PROGRAM_LEVELS,
  PROGRAM_ROW_COUNT,
  PROGRAM_STRIDE,
  PROGRAM_STUCK_HIGH,
  PROGRAM_STUCK_LOW,
  PROGRAM_TOP_LEVEL,
  PROGRAM_VALUES,
  PROGRAM_WORK,
} from "../shared/deviceAbi";

/** Values of all cells of a block, zero beyond its last bitline (job: deviceAbi.ts). */
export function programCells(job: usize): void {
  const bitlineCount = field(job, PROGRAM_BITLINE_COUNT);
  const stride = <usize>field(job, PROGRAM_STRIDE);
  const firstBitline = field(job, PROGRAM_FIRST_BITLINE);
  const isFixed = field(job, PROGRAM_IS_FIXED) != 0;
  const valueShift: usize = isFixed ? 1 : 2;
  const cellA = firstKey(job, DRAW_CELL);
  const cellB = secondKey(job, cellA);
  const faultA = firstKey(job, DRAW_FAULT);
  const faultB = secondKey(job, faultA);
  let levels = <usize>field(job, PROGRAM_LEVELS);
  let values = <usize>field(job, PROGRAM_VALUES);
  const rowCount = field(job, PROGRAM_ROW_COUNT);
  const used = <usize>bitlineCount << valueShift;
  if (ASC_FEATURE_SIMD) writeDrawConstants(<usize>field(job, PROGRAM_WORK));
  for (let row = 0; row < rowCount; row++) {
    const a = absorbFirst(cellA, cellB, row);
    const b = absorbSecond(a, cellB);
    const fa = absorbFirst(faultA, faultB, row);
    const fb = absorbSecond(fa, faultB);
    if (ASC_FEATURE_SIMD) {
      // Rows are whole vectors of 16 cells.
      for (let i = 0; i < bitlineCount; i += 4) {
        const words = laneWords(firstBitline + i);
        const four = i32x4.splat(load<i32>(levels + <usize>i));
        const level = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(four));
        const value = cellLanes(job, level, words, a, b, fa, fb);
        const at = values + (<usize>i << valueShift);
        if (isFixed) store<i64>(at, fixedLanes(value));
        else v128.store(at, value);
      }
    } else {
      for (let i = 0; i < bitlineCount; i++) {
        const level = <i32>load<u8>(levels + <usize>i);
        const value = cellValue(job, level, laneWord(firstBitline + i), a, b, fa, fb);
        const at = values + (<usize>i << valueShift);
        if (isFixed) store<i16>(at, fixedValue(value));
        else store<f32>(at, value);
      }
    }
    memory.fill(values + used, 0, (stride << valueShift) - used);
    levels += stride;
    values += stride << valueShift;
  }
}

/** The first half of the key of a job's draws for a purpose, and the second half that belongs to it. */
export function firstKey(job: usize, purpose: u32): u32 {
  return absorbFirst(<u32>field(job, PROGRAM_KEY), <u32>field(job, PROGRAM_KEY_2), purpose);
}
export function secondKey(job: usize, first: u32): u32 {
  return absorbSecond(first, <u32>field(job, PROGRAM_KEY_2));
}

/** Cells of four lanes that nominally have these levels. `job`: device, top level, fault limits and work space are read. */
// @ts-ignore: decorator
@inline
export function cellLanes(job: usize, level: v128, words: v128, a: u32, b: u32, fa: u32, fb: u32): v128 {
  const device = <usize>field(job, PROGRAM_DEVICE);
  const constants = <usize>field(job, PROGRAM_WORK);
  const low = field(job, PROGRAM_STUCK_LOW);
  const high = field(job, PROGRAM_STUCK_HIGH);
  if (low > 0 || high < 1 << FAULT_BITS) {
    const fault = i32x4.shr_u(drawLanes(i32x4.splat(fa), i32x4.splat(fb), words, constants), 32 - FAULT_BITS);
    const isLow = i32x4.lt_s(fault, i32x4.splat(low));
    level = v128.bitselect(level, i32x4.splat(field(job, PROGRAM_TOP_LEVEL)), i32x4.lt_s(fault, i32x4.splat(high)));
    level = v128.andnot(level, isLow);
  }
  const r0 = v128.load(device + <usize>i32x4.extract_lane(level, 0) * LEVEL_BYTES);
  const r1 = v128.load(device + <usize>i32x4.extract_lane(level, 1) * LEVEL_BYTES);
  const r2 = v128.load(device + <usize>i32x4.extract_lane(level, 2) * LEVEL_BYTES);
  const r3 = v128.load(device + <usize>i32x4.extract_lane(level, 3) * LEVEL_BYTES);
  const front01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const front23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const base = v128.shuffle<f32>(front01, front23, 0, 1, 4, 5);
  const span = v128.shuffle<f32>(front01, front23, 2, 3, 6, 7);
  const sigma = v128.shuffle<f32>(v128.shuffle<f32>(r0, r1, 2, 6, 2, 6), v128.shuffle<f32>(r2, r3, 2, 6, 2, 6), 0, 1, 4, 5);
  const z = normalLanes(drawLanes(i32x4.splat(a), i32x4.splat(b), words, constants), constants);
  const factor = expLanes(f32x4.mul(sigma, z));
  return f32x4.add(base, f32x4.mul(span, f32x4.sub(factor, f32x4.splat(1))));
}

/** The same for one cell. */
export function cellValue(job: usize, level: i32, word: u32, a: u32, b: u32, fa: u32, fb: u32): f32 {
  const low = field(job, PROGRAM_STUCK_LOW);
  const high = field(job, PROGRAM_STUCK_HIGH);
  const fault = <i32>(drawBits(fa, fb, word) >> (32 - FAULT_BITS));
  if (fault < low) level = 0;
  else if (fault >= high) level = field(job, PROGRAM_TOP_LEVEL);
  const device = <usize>field(job, PROGRAM_DEVICE) + <usize>level * LEVEL_BYTES;
  const z = normalOf(drawBits(a, b, word));
  const factor = expOf(load<f32>(device, 8) * z);
  return load<f32>(device) + load<f32>(device, 4) * (factor - <f32>1);
}

// @ts-ignore: decorator
@inline
function fixedLanes(value: v128): i64 {
  const whole = f32x4.nearest(f32x4.mul(value, f32x4.splat(<f32>(1 << FIXED_BITS))));
  const units = i32x4.trunc_sat_f32x4_s(whole);
  return i64x2.extract_lane(i16x8.narrow_i32x4_s(units, units), 0);
}

function fixedValue(value: f32): i16 {
  const whole = nearest<f32>(value * <f32>(1 << FIXED_BITS));
  return <i16>(<i32>max<f32>(-32768, min<f32>(32767, whole)));
}
