import { zeroRelativePattern } from "../bits/coding";

/** Rows with a cell that is not skippable, per run of bitlines (i32 start, count); writes every word of `masks`. */
export function buildRowMasks(
  weights: usize,
  rowCount: i32,
  colCount: i32,
  weightBits: i32,
  cellBits: i32,
  coding: i32,
  sliceCount: i32,
  groups: usize,
  groupCount: i32,
  wordCount: i32,
  masks: usize,
): void {
  const setBytes = <usize>wordCount << 2;
  const rowBytes = <usize>colCount << 1;
  memory.fill(masks, 0, setBytes * <usize>groupCount);
  // 32 rows at a time: all groups read them while they are in the cache.
  for (let rowStart = 0; rowStart < rowCount; rowStart += 32) {
    const rowEnd = min(rowStart + 32, rowCount);
    for (let group = 0; group < groupCount; group++) {
      const start = load<i32>(groups + (<usize>group << 3));
      const bitlineCount = load<i32>(groups + (<usize>group << 3), 4);
      if (bitlineCount == 0) continue;
      const last = start + bitlineCount - 1;
      const firstCol = start / sliceCount;
      const lastCol = last / sliceCount;
      let firstDigits = -1 << (cellBits * (start % sliceCount));
      const lastDigits = (1 << (cellBits * ((last % sliceCount) + 1))) - 1;
      if (firstCol == lastCol) firstDigits &= lastDigits;
      let kept: u32 = 0;
      let row = weights + <usize>rowStart * rowBytes;
      for (let i = rowStart; i < rowEnd; i++) {
        let digits = patternAt(row, firstCol, weightBits, coding) & firstDigits;
        if (lastCol > firstCol) {
          digits |= patternAt(row, lastCol, weightBits, coding) & lastDigits;
          for (let col = firstCol + 1; col < lastCol; col++) digits |= patternAt(row, col, weightBits, coding);
        }
        kept |= u32(digits != 0) << (<u32>i & 31);
        row += rowBytes;
      }
      store<u32>(masks + <usize>group * setBytes + ((<usize>rowStart >> 5) << 2), kept);
    }
  }
}

/** Bitlines with a cell that is not skippable, per run of rows (i32 start, count). `patterns`: scratch, u32[colCount]. */
export function buildBitlineMasks(
  weights: usize,
  colCount: i32,
  weightBits: i32,
  cellBits: i32,
  coding: i32,
  sliceCount: i32,
  rowGroups: usize,
  groupCount: i32,
  wordCount: i32,
  masks: usize,
  patterns: usize,
): void {
  const setBytes = <usize>wordCount << 2;
  const digitMask = (1 << cellBits) - 1;
  memory.fill(masks, 0, setBytes * <usize>groupCount);
  for (let group = 0; group < groupCount; group++) {
    const rowStart = load<i32>(rowGroups + (<usize>group << 3));
    const rowCount = load<i32>(rowGroups + (<usize>group << 3), 4);
    memory.fill(patterns, 0, <usize>colCount << 2);
    for (let i = rowStart; i < rowStart + rowCount; i++) {
      const row = weights + ((<usize>i * <usize>colCount) << 1);
      for (let col = 0; col < colCount; col++) {
        const at = patterns + (<usize>col << 2);
        store<i32>(at, load<i32>(at) | patternAt(row, col, weightBits, coding));
      }
    }
    let bitline = 0;
    for (let col = 0; col < colCount; col++) {
      let pattern = load<i32>(patterns + (<usize>col << 2));
      for (let slice = 0; slice < sliceCount; slice++) {
        const word = masks + ((<usize>bitline >> 5) << 2);
        store<u32>(word, load<u32>(word) | (u32((pattern & digitMask) != 0) << (<u32>bitline & 31)));
        pattern >>= cellBits;
        bitline++;
      }
    }
    masks += setBytes;
  }
}

// @ts-ignore: decorator
@inline
function patternAt(row: usize, col: i32, weightBits: i32, coding: i32): i32 {
  const weight = <i32>load<i16>(row + (<usize>col << 1));
  return zeroRelativePattern(weight, weightBits, coding);
}
