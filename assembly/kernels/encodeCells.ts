import { zeroPattern, zeroRelativePattern } from "../bits/coding";

/** Levels of a run of bitlines, [row][bitline] u8, strideBytes a row; the padding of a row becomes 0. */
export function encodeCells(
  weights: usize,
  rowCount: i32,
  colCount: i32,
  weightBits: i32,
  cellBits: i32,
  coding: i32,
  sliceCount: i32,
  bitlineStart: i32,
  bitlineCount: i32,
  strideBytes: i32,
  levels: usize,
): void {
  memory.fill(levels, 0, <usize>rowCount * <usize>strideBytes);
  if (bitlineCount == 0) return;
  const zero = zeroPattern(weightBits, coding);
  const digitMask = (1 << cellBits) - 1;
  const firstCol = bitlineStart / sliceCount;
  const firstSlice = bitlineStart % sliceCount;
  for (let row = 0; row < rowCount; row++) {
    let weight = weights + ((<usize>row * <usize>colCount + <usize>firstCol) << 1);
    let slice = firstSlice;
    let pattern = zeroRelativePattern(<i32>load<i16>(weight), weightBits, coding) ^ zero;
    let i = 0;
    while (true) {
      store<u8>(levels + <usize>i, <u8>((pattern >> (cellBits * slice)) & digitMask));
      if (++i == bitlineCount) break;
      if (++slice == sliceCount) {
        slice = 0;
        weight += 2;
        pattern = zeroRelativePattern(<i32>load<i16>(weight), weightBits, coding) ^ zero;
      }
    }
    levels += <usize>strideBytes;
  }
}
