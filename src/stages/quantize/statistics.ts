import { popcount32 } from "../../model/base/bits.ts";

/** Zeros and one bits of some codes: channels [first, first + count) of [sample][channel][position]. */
export function codeStatistics(
  codes: Uint16Array,
  channelCount: number,
  channels: { readonly start: number; readonly count: number },
  positionCount: number,
): { valueCount: number; zeroCount: number; oneBitCount: number } {
  let valueCount = 0;
  let zeroCount = 0;
  let oneBitCount = 0;
  const perSample = channelCount * positionCount;
  for (let sample = 0; sample < codes.length; sample += perSample) {
    const start = sample + channels.start * positionCount;
    const end = start + channels.count * positionCount;
    valueCount += end - start;
    for (let i = start; i < end; i++) {
      const code = codes[i]!;
      if (code === 0) zeroCount++;
      else oneBitCount += popcount32(code);
    }
  }
  return { valueCount, zeroCount, oneBitCount };
}
