/** Bits of a code; higher planes of narrower ones are empty. */
const CODE_BITS = 16;
const BYTE_BITS = 8;
const BYTE_MASK = 255;

export interface CodeStatistics {
  readonly valueCount: number;
  readonly zeroCount: number;
  /** Ones of each bit-plane. */
  readonly planeOneCounts: readonly number[];
}

export const noStatistics: CodeStatistics = {
  valueCount: 0,
  zeroCount: 0,
  planeOneCounts: new Array<number>(CODE_BITS).fill(0),
};

/** Zeros and one bits of some codes: channels [first, first + count) of [sample][channel][position]. */
export function codeStatistics(
  codes: Uint16Array,
  channelCount: number,
  channels: { readonly start: number; readonly count: number },
  positionCount: number,
): CodeStatistics {
  // How often each byte occurs tells the ones of its planes: two additions a value, whatever its bits.
  const low = new Uint32Array(BYTE_MASK + 1);
  const high = new Uint32Array(BYTE_MASK + 1);
  let valueCount = 0;
  let zeroCount = 0;
  const perSample = channelCount * positionCount;
  for (let sample = 0; sample < codes.length; sample += perSample) {
    const start = sample + channels.start * positionCount;
    const end = start + channels.count * positionCount;
    valueCount += end - start;
    for (let i = start; i < end; i++) {
      const code = codes[i]!;
      if (code === 0) {
        zeroCount++;
        continue;
      }
      low[code & BYTE_MASK]!++;
      high[code >>> BYTE_BITS]!++;
    }
  }
  return { valueCount, zeroCount, planeOneCounts: [...onesOf(low), ...onesOf(high)] };
}

/** Adds up the statistics of two sets of codes. */
export function addStatistics(a: CodeStatistics, b: CodeStatistics): CodeStatistics {
  return {
    valueCount: a.valueCount + b.valueCount,
    zeroCount: a.zeroCount + b.zeroCount,
    planeOneCounts: a.planeOneCounts.map((count, plane) => count + b.planeOneCounts[plane]!),
  };
}

/** Ones of each bit of some bytes. */
function onesOf(counts: Uint32Array): number[] {
  const ones = new Array<number>(BYTE_BITS).fill(0);
  for (const [byte, count] of counts.entries()) {
    for (let bit = 0; bit < BYTE_BITS; bit++) if ((byte >>> bit) & 1) ones[bit]! += count;
  }
  return ones;
}
