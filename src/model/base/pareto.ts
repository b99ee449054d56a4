/** Up to four goals of which less is better, the same number in every row. */
export type Goals = readonly number[];

const MOST_GOALS = 4;

/**
 * Which rows no other one beats: is at least as good in every goal and better in one. Equal rows do not beat each other.
 * In n · log²n steps, also where no row is beaten. Goals may be infinite, not NaN.
 */
export function markPareto(rows: readonly Goals[]): boolean[] {
  const columns = Array.from({ length: MOST_GOALS }, (_, goal) => Float64Array.from(rows, (row) => row[goal] ?? 0));
  if (rows.some((row) => row.length > MOST_GOALS)) throw new RangeError(`more than ${MOST_GOALS} goals`);
  // In the order of the goals, whoever beats a row stands before it.
  const order = Uint32Array.from(rows.keys()).sort((a, b) => compare(columns, a, b));
  const distinct = order.filter((row, place) => place === 0 || compare(columns, order[place - 1]!, row) !== 0);
  const isBeaten = markBeaten(columns.slice(1).map((column) => Float64Array.from(distinct, (row) => column[row]!)));
  const isFront = new Array<boolean>(rows.length);
  let place = -1;
  for (const row of order) {
    if (place < 0 || compare(columns, distinct[place]!, row) !== 0) place++;
    isFront[row] = isBeaten[place] === 0;
  }
  return isFront;
}

function compare(columns: readonly Float64Array[], a: number, b: number): number {
  for (const column of columns) {
    // Not by their difference: infinities have none.
    if (column[a]! < column[b]!) return -1;
    if (column[a]! > column[b]!) return 1;
  }
  return 0;
}

/**
 * 1 for each element that an earlier one is at most as large as in all three columns. Halves are marked on their own; then
 * the second half is held against the first: both in the order of x, the z of the first half under its y in a tree of
 * least values.
 */
function markBeaten([x, y, z]: readonly Float64Array[]): Uint8Array {
  const count = x!.length;
  const isBeaten = new Uint8Array(count);
  const yRanks = rank(y!);
  const leastZ = new Float64Array(count + 1).fill(Infinity);
  const isSeen = new Uint8Array(count + 1);
  const byX = Uint32Array.from({ length: count }, (_, index) => index);
  const spare = new Uint32Array(count);

  const add = (element: number): void => {
    for (let at = yRanks[element]!; at <= count; at += at & -at) {
      isSeen[at] = 1;
      leastZ[at] = Math.min(leastZ[at]!, z![element]!);
    }
  };
  const remove = (element: number): void => {
    for (let at = yRanks[element]!; at <= count; at += at & -at) {
      isSeen[at] = 0;
      leastZ[at] = Infinity;
    }
  };
  const beats = (element: number): boolean => {
    for (let at = yRanks[element]!; at > 0; at -= at & -at)
      if (isSeen[at] === 1 && leastZ[at]! <= z![element]!) return true;
    return false;
  };

  /** Leaves byX[start … end) in the order of x. */
  const mark = (start: number, end: number): void => {
    if (end - start < 2) return;
    const middle = (start + end) >> 1;
    mark(start, middle);
    mark(middle, end);
    let first = start;
    for (let second = middle, to = start; to < end; to++) {
      const takesFirst = second === end || (first < middle && x![byX[first]!]! <= x![byX[second]!]!);
      const element = byX[takesFirst ? first++ : second++]!;
      spare[to] = element;
      // Whoever beats a beaten element beats what that one beats.
      if (isBeaten[element] === 1) continue;
      if (takesFirst) add(element);
      else if (beats(element)) isBeaten[element] = 1;
    }
    for (let at = start; at < middle; at++) if (isBeaten[byX[at]!] === 0) remove(byX[at]!);
    byX.set(spare.subarray(start, end), start);
  };
  mark(0, count);
  return isBeaten;
}

/** 1 for the least value, 2 for the next one, …; equal values have one rank. */
function rank(values: Float64Array): Uint32Array {
  const sorted = Uint32Array.from(values.keys()).sort((a, b) =>
    values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0,
  );
  const ranks = new Uint32Array(values.length);
  let current = 0;
  sorted.forEach((index, place) => {
    if (place === 0 || values[index] !== values[sorted[place - 1]!]) current++;
    ranks[index] = current;
  });
  return ranks;
}
