import { absorbFirst, absorbSecond, drawBits, laneWord, normalOf } from "../bits/draws";
import { drawLanes, laneWords, normalLanes, writeDrawConstants } from "../bits/drawLanes";
import { field } from "../bits/record";
import { codeOf } from "../bits/sense";
import {
  ADC_CLIP,
  CODES_ADC_MODE,
  CODES_COUNTS,
  CODES_OFFSET,
  CODES_OU_ROWS,
  CODES_RUNS,
  CODES_RUN_COUNT,
  CODES_SAMPLES,
  CODES_SIGMA,
  CODES_STRIDE,
  CODES_TOP_CODE,
  CODES_TOP_LEVEL,
  CODES_WORK,
  CODES_WORK_BYTES,
  DRAW_CELL,
  DRAW_FAULT,
  DRAW_READ,
  PROGRAM_BITLINE_COUNT,
  PROGRAM_ROW_COUNT,
  PROGRAM_STRIDE,
  PROGRAM_TOP_LEVEL,
  PROGRAM_VALUES,
  PROGRAM_WORK,
} from "../shared/deviceAbi";
import { clipLanes } from "./disturbedSums";
import { cellLanes, cellValue, firstKey, secondKey } from "./programCells";

/** Samples of a sensing table: prefix sums of cells of each level, and normals (job: PROGRAM_…, layout: CODES_…). */
export function drawSamples(job: usize): void {
  const cellA = firstKey(job, DRAW_CELL);
  const cellB = secondKey(job, cellA);
  const faultA = firstKey(job, DRAW_FAULT);
  const faultB = secondKey(job, faultA);
  const ouRows = field(job, PROGRAM_ROW_COUNT);
  const topLevel = field(job, PROGRAM_TOP_LEVEL);
  const sampleCount = field(job, PROGRAM_BITLINE_COUNT);
  const rowBytes = <usize>field(job, PROGRAM_STRIDE) << 2;
  let at = <usize>field(job, PROGRAM_VALUES);
  if (ASC_FEATURE_SIMD) writeDrawConstants(<usize>field(job, PROGRAM_WORK));
  for (let level = 0; level <= topLevel; level++) {
    memory.fill(at, 0, rowBytes);
    for (let n = 0; n < ouRows; n++) {
      const row = level * ouRows + n;
      const a = absorbFirst(cellA, cellB, row);
      const fa = absorbFirst(faultA, faultB, row);
      addSamples(job, level, sampleCount, at, at + rowBytes, a, absorbSecond(a, cellB), fa, absorbSecond(fa, faultB));
      at += rowBytes;
    }
    at += rowBytes;
  }
  const a = firstKey(job, DRAW_READ);
  drawNormals(sampleCount, at, a, secondKey(job, a), <usize>field(job, PROGRAM_WORK));
}

/** to[i] = from[i] + a new cell of the level, for each sample; rows are whole vectors of 16 samples. */
function addSamples(job: usize, level: i32, count: i32, from: usize, to: usize, a: u32, b: u32, fa: u32, fb: u32): void {
  if (ASC_FEATURE_SIMD) {
    const levels = i32x4.splat(level);
    for (let i = 0; i < count; i += 4) {
      const at = <usize>i << 2;
      const cells = cellLanes(job, levels, laneWords(i), a, b, fa, fb);
      v128.store(to + at, f32x4.add(v128.load(from + at), cells));
    }
  } else {
    for (let i = 0; i < count; i++) {
      const at = <usize>i << 2;
      store<f32>(to + at, load<f32>(from + at) + cellValue(job, level, laneWord(i), a, b, fa, fb));
    }
  }
}

function drawNormals(count: i32, to: usize, a: u32, b: u32, constants: usize): void {
  if (ASC_FEATURE_SIMD) {
    const aLanes = i32x4.splat(a);
    const bLanes = i32x4.splat(b);
    for (let i = 0; i < count; i += 4) {
      v128.store(to + (<usize>i << 2), normalLanes(drawLanes(aLanes, bLanes, laneWords(i), constants), constants));
    }
  } else {
    for (let i = 0; i < count; i++) store<f32>(to + (<usize>i << 2), normalOf(drawBits(a, b, laneWord(i))));
  }
}

/** Counts the codes of one entry of a sensing table (job: deviceAbi.ts). */
export function countCodes(job: usize): void {
  const topLevel = field(job, CODES_TOP_LEVEL);
  const codeBytes = (<usize>field(job, CODES_TOP_CODE) + 1) << 2;
  const counts = <usize>field(job, CODES_COUNTS);
  const more = <usize>field(job, CODES_WORK) + CODES_WORK_BYTES;
  memory.fill(counts, 0, codeBytes);
  memory.fill(more, 0, 3 * codeBytes);
  let run = <usize>field(job, CODES_RUNS);
  for (let r = 0; r < field(job, CODES_RUN_COUNT); r++) {
    const start = field(run, 0);
    const count = field(run, 1);
    for (let first = 0; first < count; first += 16) {
      const codes = <usize>field(job, CODES_WORK);
      const lanes = min(count - first, 16);
      senseSamples(job, run + 8, start + first, lanes);
      // Four counters a code: neighbours often agree, and a counter that was just written is slow to read.
      let lane = 0;
      for (; lane + 4 <= lanes; lane += 4) {
        const at = codes + (<usize>lane << 2);
        bump(counts, at);
        bump(more, at + 4);
        bump(more + codeBytes, at + 8);
        bump(more + 2 * codeBytes, at + 12);
      }
      for (; lane < lanes; lane++) bump(counts, codes + (<usize>lane << 2));
    }
    run += <usize>(topLevel + 3) << 2;
  }
  for (let at: usize = 0; at < codeBytes; at += 4) {
    const rest = load<u32>(more + at) + load<u32>(more + codeBytes + at) + load<u32>(more + 2 * codeBytes + at);
    store<u32>(counts + at, load<u32>(counts + at) + rest);
  }
}

// @ts-ignore: decorator
@inline
function bump(counts: usize, code: usize): void {
  const at = counts + (<usize>load<u32>(code) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Codes of `lanes` (at most 16) samples from `first` on, u32 each, at CODES_WORK; `cellCounts`: cells of each level. */
function senseSamples(job: usize, cellCounts: usize, first: i32, lanes: i32): void {
  const ouRows = field(job, CODES_OU_ROWS);
  const topLevel = field(job, CODES_TOP_LEVEL);
  const stride = <usize>field(job, CODES_STRIDE);
  const samples = <usize>field(job, CODES_SAMPLES) + (<usize>first << 2);
  const noise = samples + ((<usize>(topLevel + 1) * <usize>(ouRows + 1) * stride) << 2);
  const sigma = load<f32>(job, CODES_SIGMA << 2);
  const offset = load<f32>(job, CODES_OFFSET << 2);
  const out = <usize>field(job, CODES_WORK);
  const topCode = field(job, CODES_TOP_CODE);
  const end = <usize>lanes << 2;
  if (ASC_FEATURE_SIMD) {
    let x0 = f32x4.splat(0);
    let x1 = f32x4.splat(0);
    let x2 = f32x4.splat(0);
    let x3 = f32x4.splat(0);
    for (let level = 0; level <= topLevel; level++) {
      const row = level * (ouRows + 1) + load<i32>(cellCounts + (<usize>level << 2));
      const at = samples + ((<usize>row * stride) << 2);
      x0 = f32x4.add(x0, v128.load(at));
      x1 = f32x4.add(x1, v128.load(at, 16));
      x2 = f32x4.add(x2, v128.load(at, 32));
      x3 = f32x4.add(x3, v128.load(at, 48));
    }
    const sigmas = f32x4.splat(sigma);
    const offsets = f32x4.splat(offset);
    x0 = f32x4.add(f32x4.add(x0, f32x4.mul(sigmas, v128.load(noise))), offsets);
    x1 = f32x4.add(f32x4.add(x1, f32x4.mul(sigmas, v128.load(noise, 16))), offsets);
    x2 = f32x4.add(f32x4.add(x2, f32x4.mul(sigmas, v128.load(noise, 32))), offsets);
    x3 = f32x4.add(f32x4.add(x3, f32x4.mul(sigmas, v128.load(noise, 48))), offsets);
    if (field(job, CODES_ADC_MODE) == ADC_CLIP) {
      const top = f32x4.splat(<f32>topCode);
      v128.store(out, clipLanes(x0, top));
      v128.store(out, clipLanes(x1, top), 16);
      v128.store(out, clipLanes(x2, top), 32);
      v128.store(out, clipLanes(x3, top), 48);
      return;
    }
    v128.store(out, x0);
    v128.store(out, x1, 16);
    v128.store(out, x2, 32);
    v128.store(out, x3, 48);
  } else {
    for (let i: usize = 0; i < end; i += 4) {
      let x: f32 = 0;
      for (let level = 0; level <= topLevel; level++) {
        const row = level * (ouRows + 1) + load<i32>(cellCounts + (<usize>level << 2));
        x += load<f32>(samples + ((<usize>row * stride) << 2) + i);
      }
      store<f32>(out + i, x + sigma * load<f32>(noise + i) + offset);
    }
  }
  for (let i: usize = 0; i < end; i += 4) {
    const x = <f64>load<f32>(out + i);
    store<u32>(out + i, <u32>codeOf(x, field(job, CODES_ADC_MODE), topCode, ouRows * topLevel));
  }
}
