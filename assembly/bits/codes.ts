import { swapFour } from "./transpose";

/** Work space of the transposition: 16 × 4 vectors, then as many. */
export const ROWS_WORK_BYTES = 2048;

/** Rows i = 0 … 3 (128 lanes, 16 bytes apart) become vectors c = 0 … 3: nibble n is the code of lane 4n + c, bit i from row i. */
// @ts-ignore: decorator
@inline
export function codesOfRows(rows: usize, out: usize): void {
  swapFour(rows, out, 16, 2, 1);
}

/**
 * The codes of 16 positions, as codesOfRows left them at work + 64 q, lane by lane: that of lane l at position q goes to
 * out + l · laneBytes + q.
 */
export function spreadCodes(work: usize, out: usize, laneBytes: usize): void {
  const end = work + 1024;
  const lowBits = i8x16.splat(15);
  for (let c: usize = 0; c < 4; c++) {
    interleave(work + (c << 4), 64, end);
    interleave(end, 16, end + 256);
    // Byte q of vector b: the codes of lanes 8b + c and 8b + 4 + c at position q.
    let lane = out + c * laneBytes;
    for (let at = end + 256; at < end + 512; at += 16) {
      const pairs = v128.load(at);
      v128.store(lane, v128.and(pairs, lowBits));
      v128.store(lane + (laneBytes << 2), v128.and(i16x8.shr_u(pairs, 4), lowBits));
      lane += laneBytes << 3;
    }
  }
}

// Two of the four perfect shuffles that transpose 16 × 16 bytes: vectors i, i + 8 become 2i, 2i + 1, twice.
// @ts-ignore: decorator
@inline
function interleave(from: usize, step: usize, out: usize): void {
  for (const end = out + 256; out < end; out += 64) {
    const a = v128.load(from);
    const b = v128.load(from + (step << 2));
    const c = v128.load(from + (step << 3));
    const d = v128.load(from + step * 12);
    const acLow = lowPairs(a, c);
    const acHigh = highPairs(a, c);
    const bdLow = lowPairs(b, d);
    const bdHigh = highPairs(b, d);
    v128.store(out, lowPairs(acLow, bdLow));
    v128.store(out, highPairs(acLow, bdLow), 16);
    v128.store(out, lowPairs(acHigh, bdHigh), 32);
    v128.store(out, highPairs(acHigh, bdHigh), 48);
    from += step;
  }
}

// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
