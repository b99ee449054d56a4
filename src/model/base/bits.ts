/** Ones of a 32-bit word: sums of neighbouring fields of 1, 2, 4 bits, then of the four bytes. */
export function popcount32(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of ones in a bit set. */
export function countBits(words: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) count += popcount32(words[i]!);
  return count;
}
