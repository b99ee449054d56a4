/**
 * Zero weights of some rows, and rows that are all zero: returned as i32 zeros, rows at `counts`. ORs the weights of each
 * column into `cols`, u16[colCount]: a column that stays 0 is all zero.
 */
export function countZeros(rows: usize, rowCount: i32, colCount: i32, cols: usize, counts: usize): void {
  let zeroCount = 0;
  let zeroRowCount = 0;
  for (let row = 0; row < rowCount; row++) {
    const zeros = countRowZeros(rows, colCount, cols);
    zeroCount += zeros;
    zeroRowCount += i32(zeros == colCount);
    rows += <usize>colCount << 1;
  }
  store<i32>(counts, zeroCount);
  store<i32>(counts, zeroRowCount, 4);
}

function countRowZeros(row: usize, colCount: i32, cols: usize): i32 {
  const bytes = <usize>colCount << 1;
  let zeros = 0;
  let at: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const none = i64x2.splat(0);
    while (at + 16 <= bytes) {
      // A lane counts to 2^15 before it overflows; the pairwise sum reads it signed.
      const end = min(bytes - 15, at + (<usize>0x7fff << 4));
      let lanes = none;
      for (; at < end; at += 16) {
        const values = v128.load(row + at);
        lanes = i16x8.sub(lanes, i16x8.eq(values, none));
        v128.store(cols + at, v128.or(v128.load(cols + at), values));
      }
      const sums = i32x4.extadd_pairwise_i16x8_s(lanes);
      zeros += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
      zeros += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    }
  }
  for (; at < bytes; at += 2) {
    const value = load<u16>(row + at);
    zeros += i32(value == 0);
    store<u16>(cols + at, load<u16>(cols + at) | value);
  }
  return zeros;
}
