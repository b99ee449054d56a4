/** One bits of two bit sets in common, `wordCount` 32-bit words each. */
// @ts-ignore: decorator
@inline
export function countCommonBits(a: usize, b: usize, wordCount: i32): i32 {
  let count: u64 = 0;
  const end = a + ((<usize>wordCount >> 1) << 3);
  while (a < end) {
    count += popcnt(load<u64>(a) & load<u64>(b));
    a += 8;
    b += 8;
  }
  if (wordCount & 1) count += popcnt(<u64>(load<u32>(a) & load<u32>(b)));
  return <i32>count;
}

/** Words of which countCommonBitsOfFour can take the sums. */
export const FOUR_SUMS_WORDS = 2047;

/**
 * One bits that each of four bit sets, `stride` bytes apart, has in common with another one: sums of 16 bits, the first
 * set's lowest. A word of the other set is loaded once for all four.
 */
// @ts-ignore: decorator
@inline
export function countCommonBitsOfFour(sets: usize, stride: usize, other: usize, wordCount: i32): u64 {
  let at1 = sets + stride;
  let at2 = at1 + stride;
  let at3 = at2 + stride;
  let count0: u64 = 0;
  let count1: u64 = 0;
  let count2: u64 = 0;
  let count3: u64 = 0;
  for (const end = other + ((<usize>wordCount >> 2) << 4); other < end; other += 16) {
    const low = load<u64>(other);
    const high = load<u64>(other, 8);
    count0 += popcnt(load<u64>(sets) & low) + popcnt(load<u64>(sets, 8) & high);
    count1 += popcnt(load<u64>(at1) & low) + popcnt(load<u64>(at1, 8) & high);
    count2 += popcnt(load<u64>(at2) & low) + popcnt(load<u64>(at2, 8) & high);
    count3 += popcnt(load<u64>(at3) & low) + popcnt(load<u64>(at3, 8) & high);
    sets += 16;
    at1 += 16;
    at2 += 16;
    at3 += 16;
  }
  for (const end = other + (<usize>(wordCount & 3) << 2); other < end; other += 4) {
    const word = load<u32>(other);
    count0 += popcnt(<u64>(load<u32>(sets) & word));
    count1 += popcnt(<u64>(load<u32>(at1) & word));
    count2 += popcnt(<u64>(load<u32>(at2) & word));
    count3 += popcnt(<u64>(load<u32>(at3) & word));
    sets += 4;
    at1 += 4;
    at2 += 4;
    at3 += 4;
  }
  return count0 | (count1 << 16) | (count2 << 32) | (count3 << 48);
}
