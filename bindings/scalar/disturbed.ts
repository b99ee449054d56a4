import { DRAW_READ, FIXED_BITS, FIXED_SUM_LIMIT } from "../../assembly/shared/deviceAbi.ts";
import type { AnalogBlock, DisturbedOptions, FixedBlock, ReadStats } from "../deviceKernels.ts";
import type { BitPlanes, CellBlock, StreamTable } from "../shapes.ts";
import { drawBits, normalOf } from "./draws.ts";
import { walkReads } from "./reads.ts";
import { addedCurrents, senseSum } from "./sense.ts";

const f32 = Math.fround;

export function mvmDisturbed(
  planes: BitPlanes,
  streams: StreamTable,
  { values, strideCells }: AnalogBlock,
  block: CellBlock,
  options: DisturbedOptions,
  sums: Float64Array,
): ReadStats {
  return mvmCells(planes, streams, block, options, sums, (openRows, bitline) => {
    let sum = 0;
    for (const row of openRows) sum = f32(sum + values[row * strideCells + bitline]!);
    return sum;
  });
}

export function mvmDisturbedFixed(
  planes: BitPlanes,
  streams: StreamTable,
  { values, strideCells }: FixedBlock,
  block: CellBlock,
  options: DisturbedOptions,
  sums: Float64Array,
): ReadStats {
  const saturates = fullScaleOf(options) <= FIXED_SUM_LIMIT;
  return mvmCells(planes, streams, block, options, sums, (openRows, bitline) => {
    let sum = 0;
    for (const row of openRows) {
      sum += values[row * strideCells + bitline]!;
      if (saturates) sum = Math.max(-32768, Math.min(32767, sum));
    }
    return f32(f32(sum) * 2 ** -FIXED_BITS);
  });
}

function mvmCells(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  options: DisturbedOptions,
  sums: Float64Array,
  current: (openRows: Int32Array, bitline: number) => number,
): ReadStats {
  const { adc } = options;
  const fullScale = fullScaleOf(options);
  const sensor = {
    sensed({ openRows, state }: { openRows: Int32Array; state: readonly [number, number] }, bitline: number): number {
      const { sigma, offset } = addedCurrents(options, openRows.length);
      const noise = sigma === 0 ? 0 : f32(sigma * normalOf(drawBits(state, block.bitlines.start + bitline)));
      return senseSum(f32(f32(current(openRows, bitline) + noise) + offset), adc, fullScale);
    },
    ideal: (sum: number) => senseSum(sum, adc, fullScale),
  };
  return walkReads(planes, streams, block, options, DRAW_READ, sensor, sums);
}

function fullScaleOf({ ouRows, cells }: DisturbedOptions): number {
  return ouRows * (2 ** cells.cellBits - 1);
}
