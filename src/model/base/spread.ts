/** Steps by it fall into every part of an interval alike, and in step with nothing. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Which of `total` things the `index`-th of `wanted` is, spread evenly: one in each of `wanted` equal parts, but not at the
 * same place in all of them, since windows of an image repeat with its width. All of them when as many are wanted.
 */
export function spreadIndex(index: number, wanted: number, total: number): number {
  const start = Math.floor((index * total) / wanted);
  const end = Math.floor(((index + 1) * total) / wanted);
  return start + Math.floor(((index * GOLDEN_RATIO) % 1) * (end - start));
}
