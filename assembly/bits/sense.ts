import { ADC_CLIP } from "../shared/deviceAbi";

// Conversion of one disturbed sum: bindings/scalar/sense.ts.

/** Raw code of a sum. */
// @ts-ignore: decorator
@inline
export function codeOf(x: f64, mode: i32, topCode: i32, fullScale: i32): f64 {
  const scaled = mode == ADC_CLIP ? x : (x * <f64>topCode) / <f64>fullScale;
  return nearest<f64>(max<f64>(0, min<f64>(<f64>topCode, scaled)));
}

/** Code of a sum, brought back to a sum. */
// @ts-ignore: decorator
@inline
export function senseSum(x: f64, mode: i32, topCode: i32, fullScale: i32): i32 {
  const code = codeOf(x, mode, topCode, fullScale);
  return <i32>(mode == ADC_CLIP ? code : nearest<f64>((code * <f64>fullScale) / <f64>topCode));
}

/** Noise of a read of k open rows, and what its closed rows add. */
// @ts-ignore: decorator
@inline
export function noiseSigma(readSigma: f32, openCount: i32): f32 {
  return readSigma * sqrt<f32>(<f32>openCount);
}

// @ts-ignore: decorator
@inline
export function closedOffset(offset: f32, ouRows: i32, openCount: i32): f32 {
  return offset * <f32>(ouRows - openCount);
}

/** One value of a sensing table: `entry` from 0, 16 random bits. */
// @ts-ignore: decorator
@inline
export function drawFromTable(slots: usize, slotBits: i32, isWide: bool, entry: u32, bits: u32): i32 {
  const slot = <usize>((entry << slotBits) + (bits & ((1 << slotBits) - 1)));
  if (isWide) {
    const pair = load<u32>(slots + (slot << 3), 4);
    return <i32>(bits < load<u32>(slots + (slot << 3)) ? pair & 0xffff : pair >> 16);
  }
  const word = load<u32>(slots + (slot << 2));
  return <i32>((bits < word >> 16 ? word : word >> 8) & 0xff);
}

/** Entries of a table before k = openCount. */
// @ts-ignore: decorator
@inline
export function firstEntry(openCount: i32, topLevel: i32): i32 {
  return openCount - 1 + ((topLevel * openCount * (openCount - 1)) >> 1);
}
