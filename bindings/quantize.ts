import { checkArray, checkInteger, checkReals, rangeError } from "./check.ts";
import type { KernelCalls } from "./kernelCalls.ts";
import type { ValueRange } from "./kernels.ts";
import * as twin from "./scalar/quantize.ts";

/** Values that cross at a time: a piece and its codes stay in the cache. */
const PIECE_VALUES = 2 ** 16;

export function checkQuantize(
  values: Float32Array | Float64Array,
  step: number,
  low: number,
  high: number,
  bits: number,
  codes: Uint16Array,
): void {
  if (!(Number.isFinite(step) && step > 0)) throw rangeError("step", "a positive number", step);
  checkInteger("low", low, -(2 ** 15), 2 ** 16 - 1);
  checkInteger("high", high, low, 2 ** 16 - 1);
  checkInteger("bits", bits, 1, 16);
  checkArray("codes", codes, "Uint16Array", values.length);
}

/** Where codes go: where the caller wants them, or in an array of their own. */
export function placeForCodes(values: Float32Array | Float64Array, codes?: Uint16Array): Uint16Array {
  checkReals("values", values);
  return codes ?? new Uint16Array(values.length);
}

/** Doubles take the plain way: only small matrix workloads have them. */
export function findRange(calls: KernelCalls, values: Float32Array | Float64Array): ValueRange {
  checkReals("values", values);
  if (values instanceof Float64Array) return twin.findRange(values);
  let min = Infinity;
  let max = -Infinity;
  for (let start = 0; start < values.length; start += PIECE_VALUES) {
    const piece = values.subarray(start, start + PIECE_VALUES);
    const range = new Float32Array(2);
    let isFinite = 0;
    calls.fill(range, (address) => {
      isFinite = calls.call("findRange", calls.arena.copyIn(piece), piece.length, address);
    });
    // What is wrong, and where, is the twin's to say.
    if (isFinite === 0) return twin.findRange(values);
    min = Math.min(min, range[0]!);
    max = Math.max(max, range[1]!);
  }
  return { min, max, nonFinite: -1 };
}

export function quantize(
  calls: KernelCalls,
  values: Float32Array | Float64Array,
  step: number,
  low: number,
  high: number,
  bits: number,
  codes: Uint16Array,
): void {
  checkQuantize(values, step, low, high, bits, codes);
  if (values instanceof Float64Array) {
    twin.quantize(values, step, low, high, bits, codes);
    return;
  }
  for (let start = 0; start < values.length; start += PIECE_VALUES) {
    const piece = values.subarray(start, start + PIECE_VALUES);
    calls.fill(codes.subarray(start, start + PIECE_VALUES), (address) => {
      calls.call("quantize", calls.arena.copyIn(piece), piece.length, step, low, high, bits, address);
    });
  }
}
