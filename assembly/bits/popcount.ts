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
