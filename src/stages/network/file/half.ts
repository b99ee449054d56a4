/** IEEE 754 binary16 → number. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const bits = new DataView(new ArrayBuffer(4));

/** Number → IEEE 754 binary16, ties to even; too large becomes infinity. */
export function floatToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // Halfway between the largest half, 65504, and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  // Adding 2^k aligns the last kept bit with the last bit of a double, which then rounds to even by itself.
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude === 0 ? 2 ** -24 : magnitude)));
  const aligner = 2 ** (exponent + 42);
  const rounded = magnitude + aligner - aligner;
  if (rounded < 2 ** -14) return sign | Math.round(rounded * 2 ** 24);
  bits.setFloat32(0, rounded);
  const single = bits.getUint32(0);
  return sign | (((single >>> 23) - 112) << 10) | ((single >>> 13) & 0x3ff);
}

/** bfloat16 is the upper half of a binary32. */
export function bfloatToFloat(bfloat: number): number {
  bits.setUint32(0, (bfloat & 0xffff) << 16);
  return bits.getFloat32(0);
}

/** Number → bfloat16, ties to even; too large becomes infinity. */
export function floatToBfloat(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  bits.setFloat32(0, value);
  const single = bits.getUint32(0);
  // Half of the last kept bit, less one where that bit is 0: a tie then rounds to even.
  return (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
}
