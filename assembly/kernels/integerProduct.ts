/** Codes of one vector of each window x weights [row][col], added into `sums` f64 [window][vector][col]. */
export function integerProduct(
  codes: usize,
  windowCount: i32,
  vectorCount: i32,
  rowCount: i32,
  bits: i32,
  vector: i32,
  signed: i32,
  weights: usize,
  colCount: i32,
  sums: usize,
): void {
  const shift = 32 - bits;
  const weightRowBytes = <usize>colCount << 1;
  for (let window = 0; window < windowCount; window++) {
    const start = <usize>window * <usize>vectorCount + <usize>vector;
    const input = codes + ((start * <usize>rowCount) << 1);
    const output = sums + ((start * <usize>colCount) << 3);
    for (let row = 0; row < rowCount; row++) {
      const code = <u32>load<u16>(input + (<usize>row << 1)) << shift;
      if (code == 0) continue;
      const value = signed ? <i32>code >> shift : <i32>(code >> shift);
      addScaledRow(value, weights + <usize>row * weightRowBytes, colCount, output);
    }
  }
}

// |value · weight| ≤ 65535 · 32768 < 2^31: a product fits in one i32 lane.
// @ts-ignore: decorator
@inline
function addScaledRow(value: i32, row: usize, colCount: i32, sums: usize): void {
  let col = 0;
  if (ASC_FEATURE_SIMD) {
    const factor = i32x4.splat(value);
    for (; col + 4 <= colCount; col += 4) {
      const product = i32x4.mul(factor, v128.load16x4_s(row + (<usize>col << 1)));
      const at = sums + (<usize>col << 3);
      const upper = i8x16.shuffle(product, product, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
      v128.store(at, f64x2.add(v128.load(at), f64x2.convert_low_i32x4_s(product)));
      v128.store(at, f64x2.add(v128.load(at, 16), f64x2.convert_low_i32x4_s(upper)), 16);
    }
  }
  for (; col < colCount; col++) {
    const at = sums + (<usize>col << 3);
    store<f64>(at, load<f64>(at) + <f64>(value * <i32>load<i16>(row + (<usize>col << 1))));
  }
}
