import { field } from "../bits/record";
import { MVM_CELL_BITS, MVM_OU_ROWS, MVM_PLANE_COUNT, MVM_SIGNED } from "../shared/abi";
import {
  ADC_CLIP,
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
  DISTURBED_TOP_VALUE,
  FIXED_SUM_LIMIT,
} from "../shared/deviceAbi";
import { sumFixed, sumFixedExact } from "./disturbedFixed";
import { listOus } from "./disturbedList";
import { DisturbedScratch, LANE_MASK_BYTES, MAX_PLACE_WORDS } from "./disturbedScratch";
import { addNoise, senseClip, senseGeneral, senseIdeals } from "./disturbedSense";
import { sumFloatPairs, sumFloats, sumLevels, sumLevelsInParts } from "./disturbedSums";
import { senseTable } from "./disturbedTable";
import { tallyBytes, tallyWords } from "./disturbedTally";
import { ClipScratch } from "./mvmClip";

/** OUs of a plane whose codes and ideal sums are bytes: so many ideal sums of two lanes add up in u16. */
const MAX_BYTE_OUS = 128;

/**
 * Chooses how a stream is read: own.batchPlanes planes at a time, as many as its OUs and i32 lanes take, in bytes or u16.
 * False where the sums of one OU, their errors, or the rows of the stream outgrow all of these.
 */
export function fitsTiles(job: usize, own: DisturbedScratch, entryCount: i32): bool {
  const ouRows = field(job, MVM_OU_ROWS);
  const fullScale = <i64>ouRows * ((<i64>1 << field(job, MVM_CELL_BITS)) - 1);
  const topValue = max(<i64>field(job, DISTURBED_TOP_VALUE), fullScale);
  // Errors of two lanes add up in 16 bits, four squared errors in an i32 lane for every OU.
  if (entryCount > MAX_PLACE_WORDS << 6 || topValue > i16.MAX_VALUE / 2) return false;
  const planeOus = <i64>max(1, (entryCount + ouRows - 1) / ouRows);
  // With byte sums, slots of one number of open rows are counted in 16 bits.
  own.isWide = topValue > 255 || planeOus > MAX_BYTE_OUS || field(job, DISTURBED_SLOT_BITS) > 8;
  if (field(job, DISTURBED_IS_WIDE)) own.isWide = true;
  const mostOus = min(<i64>own.batchOus, (<i64>1 << 29) / (topValue * topValue) - 1);
  const planeBound = planeOus * topValue;
  if (planeOus > mostOus || planeBound >= 1 << 30) return false;
  const limit = min(<i64>field(job, MVM_PLANE_COUNT), mostOus / planeOus);
  let planes = 1;
  while (<i64>planes < limit && planeBound << (planes + 1) < <i64>1 << 31) planes++;
  own.batchPlanes = planes;
  writeLimits(job, own);
  return true;
}

/** own.limits: the largest code in bytes; that of an ideal sum, in bytes or u16; ones in u16. */
function writeLimits(job: usize, own: DisturbedScratch): void {
  const most = own.isWide ? i16.MAX_VALUE : 255;
  const topCode = field(job, DISTURBED_TOP_CODE);
  // Where the ADC scales, ideal sums have been sensed before they are compared.
  const limit = field(job, DISTURBED_ADC_MODE) == ADC_CLIP ? min(topCode, most) : most;
  v128.store(own.limits, i8x16.splat(<i8>min(topCode, 255)));
  v128.store(own.limits, own.isWide ? i16x8.splat(<i16>limit) : i8x16.splat(<i8>limit), 16);
  v128.store(own.limits, i16x8.splat(1), 32);
}

/** Reads all OUs of one input vector, whose open rows are listed, into clip.accumulators. Returns the OUs. */
export function readTiles(job: usize, own: DisturbedScratch, clip: ClipScratch): i32 {
  const planeCount = field(job, MVM_PLANE_COUNT);
  const places = (<usize>clip.spanWords << 6) + 1;
  const rowShift: usize = clip.isPaired ? 5 : 4;
  const valueShift: usize = field(job, DISTURBED_CELLS) == CELLS_FLOAT ? 2 : 1;
  const tilesOfSet = clip.isPaired ? 2 : 1;
  let ouCount = 0;
  memory.fill(clip.accumulators, 0, <usize>(clip.tileCount + 1) << 7);
  for (let end = planeCount; end > 0; end -= own.batchPlanes) {
    const start = max(end - own.batchPlanes, 0);
    const isTopNegative = field(job, MVM_SIGNED) != 0 && end == planeCount;
    const batchOus = listOus(job, own, clip, start, end);
    ouCount += batchOus;
    for (let tile = 0, set: usize = 0; tile < clip.tileCount; tile += tilesOfSet, set++) {
      const cells = clip.cells + ((set * places) << rowShift);
      const values = own.values + ((set * places) << (rowShift + valueShift));
      senseSet(job, own, batchOus, cells, values, own.tileWords + (<usize>tile << 6), clip.isPaired);
      for (let side = 0; side < tilesOfSet && tile + side < clip.tileCount; side++) {
        tallyTile(job, own, clip, tile + side, side, start, end, isTopNegative);
      }
    }
  }
  return ouCount;
}

function tallyTile(
  job: usize,
  own: DisturbedScratch,
  clip: ClipScratch,
  tile: i32,
  side: i32,
  start: i32,
  end: i32,
  isTopNegative: bool,
): void {
  const tileBytes: usize = own.isWide ? 32 : 16;
  const rowBytes = clip.isPaired ? tileBytes << 1 : tileBytes;
  const codes = own.codes + <usize>side * tileBytes;
  const ideals = own.ideals + <usize>side * tileBytes;
  const mask = own.laneMasks + <usize>tile * LANE_MASK_BYTES;
  const accumulators = clip.accumulators + (<usize>tile << 7);
  if (own.isWide) tallyWords(own, codes, ideals, rowBytes, mask, accumulators, start, end, isTopNegative);
  else tallyBytes(own, codes, ideals, rowBytes, mask, accumulators, start, end, isTopNegative);
}

/** own.codes and own.ideals of a tile or a pair. */
function senseSet(
  job: usize,
  own: DisturbedScratch,
  ouCount: i32,
  cells: usize,
  values: usize,
  words: usize,
  isPaired: bool,
): void {
  const topLevel = (1 << field(job, MVM_CELL_BITS)) - 1;
  const mode = field(job, DISTURBED_ADC_MODE);
  const topCode = field(job, DISTURBED_TOP_CODE);
  const fullScale = field(job, MVM_OU_ROWS) * topLevel;
  const kind = field(job, DISTURBED_CELLS);
  const isNoisy = load<f32>(job, DISTURBED_READ_SIGMA << 2) > 0;
  const isExact = kind == CELLS_FIXED && fullScale > FIXED_SUM_LIMIT;
  const hasOffset = load<f32>(job, DISTURBED_OFFSET << 2) != 0;
  const isAtOnce = mode == ADC_CLIP && !own.isWide && !isNoisy && !hasOffset;
  const laneCount = isPaired ? 32 : 16;
  if (kind == CELLS_TABLE) {
    if (!own.isWide) sumLevels(own, ouCount, cells, isPaired);
  } else if (kind == CELLS_FLOAT) {
    if (isPaired) sumFloatPairs(own, ouCount, cells, values, isAtOnce);
    else sumFloats(own, ouCount, cells, values, isAtOnce);
  } else if (isExact) {
    sumFixedExact(own, ouCount, values, isPaired);
  } else {
    sumFixed(own, ouCount, cells, values, isPaired, isAtOnce);
  }
  const needsLevels = own.isCounted || kind == CELLS_TABLE;
  if (own.isWide && needsLevels) sumLevelsInParts(own, ouCount, cells, isPaired, topLevel);
  if (kind == CELLS_TABLE) {
    senseTable(own, ouCount, words, isPaired, field(job, DISTURBED_SLOT_BITS), field(job, DISTURBED_IS_WIDE) != 0);
  }
  if (mode != ADC_CLIP && own.isCounted) senseIdeals(own, ouCount * laneCount, mode, topCode, fullScale, own.isWide);
  if (kind == CELLS_TABLE || isAtOnce) return;
  if (isNoisy) addNoise(own, ouCount, words, laneCount);
  if (mode == ADC_CLIP) senseClip(own, ouCount, laneCount, topCode, own.isWide);
  else senseGeneral(own, ouCount, laneCount, mode, topCode, fullScale, own.isWide);
}
