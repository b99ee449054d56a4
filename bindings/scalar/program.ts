import { DRAW_CELL, DRAW_FAULT, FAULT_BITS, FIXED_BITS } from "../../assembly/shared/deviceAbi.ts";
import type { AnalogBlock, DeviceLevels, DrawKey, FixedBlock } from "../deviceKernels.ts";
import type { CellBlock } from "../shapes.ts";
import { absorb, drawBits, expOf, normalOf } from "./draws.ts";
import { roundHalfEven } from "./sense.ts";

const f32 = Math.fround;

export function programCells(block: CellBlock, device: DeviceLevels, key: DrawKey): AnalogBlock {
  const { levels, rowCount, strideBytes, bitlines } = block;
  const values = new Float32Array(levels.length);
  const draw = cellDraws(device, key);
  // Rows of no bitlines may be without number.
  for (let i = 0; i < bitlines.count; i++) {
    for (let row = 0; row < rowCount; row++) {
      const at = row * strideBytes + i;
      values[at] = draw(levels[at]!, row, bitlines.start + i);
    }
  }
  return { values, rowCount, strideCells: strideBytes, bitlines };
}

export function programCellsFixed(block: CellBlock, device: DeviceLevels, key: DrawKey): FixedBlock {
  const { values, ...shape } = programCells(block, device, key);
  return { values: Int16Array.from(values, toFixed), ...shape };
}

function toFixed(value: number): number {
  return Math.max(-32768, Math.min(32767, roundHalfEven(f32(value * 2 ** FIXED_BITS))));
}

/** Value of the cell of a level in some row and bitline. */
export function cellDraws(device: DeviceLevels, key: DrawKey): (level: number, row: number, bitline: number) => number {
  const top = device.base.length - 1;
  const { low, high } = faultLimits(device);
  const cellState = absorb(key, DRAW_CELL);
  const faultState = absorb(key, DRAW_FAULT);
  return (nominal, row, bitline) => {
    const fault = drawBits(absorb(faultState, row), bitline) >>> (32 - FAULT_BITS);
    const level = fault < low ? 0 : fault >= high ? top : nominal;
    const z = normalOf(drawBits(absorb(cellState, row), bitline));
    const factor = expOf(f32(device.sigma[level]! * z));
    return f32(device.base[level]! + f32(device.span[level]! * f32(factor - 1)));
  };
}

/** Fault draws below `low` are stuck low, from `high` on stuck high. */
export function faultLimits({ stuckLow, stuckHigh }: DeviceLevels): { low: number; high: number } {
  return {
    low: Math.round(stuckLow * 2 ** FAULT_BITS),
    high: 2 ** FAULT_BITS - Math.round(stuckHigh * 2 ** FAULT_BITS),
  };
}
