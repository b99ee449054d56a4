import { describe, expect, test } from "vitest";
import { DRAW_FAULT, FAULT_BITS } from "../../../assembly/shared/deviceAbi.ts";
import { loadKernels } from "../../../bindings/index.ts";
import type { DrawKey } from "../../../bindings/kernels.ts";
import { absorb, drawBits } from "../../../bindings/scalar/draws.ts";

// Fault draws below round(stuckLow · 2^30) are stuck low, from 2^30 - round(stuckHigh · 2^30) on stuck high: shares that lie
// at the very draw of a cell show on which side it is.

const key: DrawKey = [5, 6];
const draw = drawBits(absorb(absorb(key, DRAW_FAULT), 0), 0) >>> (32 - FAULT_BITS);
const whole = 2 ** FAULT_BITS;
const cases = [
  { title: "the draw is the first that is stuck high", stuckLow: 0, stuckHigh: (whole - draw) / whole, level: 3 },
  { title: "the draw is the last that is not", stuckLow: 0, stuckHigh: (whole - draw - 1) / whole, level: 1 },
  { title: "the draw is the last that is stuck low", stuckLow: (draw + 1) / whole, stuckHigh: 0, level: 0 },
  { title: "the draw is the first that is not", stuckLow: draw / whole, stuckHigh: 0, level: 1 },
];

describe.each(["typescript", "debug", "simd", "scalar"] as const)("%s", async (target) => {
  const kernels = await loadKernels({ target });

  test.each(cases)("$title", ({ stuckLow, stuckHigh, level }) => {
    const weights = { values: Int16Array.of(1), rowCount: 1, colCount: 1, weightBits: 3 };
    const block = kernels.encodeCells(weights, { cellBits: 2, coding: "positive" }, { start: 0, count: 1 });
    expect(block.levels[0]).toBe(1);
    const zeros = new Float32Array(4);
    const device = { base: Float32Array.of(0, 1, 2, 3), span: zeros, sigma: zeros, stuckLow, stuckHigh };
    expect(kernels.programCells(block, device, key).values[0]).toBe(level);
    expect(kernels.programCellsFixed(block, device, key).values[0]).toBe(level * 128);
  });
});
