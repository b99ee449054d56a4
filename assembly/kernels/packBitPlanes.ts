/** Codes [vector][row] u16 → planes [vector][plane][word]; writes every word. */
export function packBitPlanes(
  codes: usize,
  vectorCount: i32,
  rowCount: i32,
  bits: i32,
  wordCount: i32,
  planes: usize,
): void {
  const planeBytes = <usize>wordCount << 2;
  const vectorBytes = planeBytes * <usize>bits;
  memory.fill(planes, 0, vectorBytes * <usize>vectorCount);
  for (let vector = 0; vector < vectorCount; vector++) {
    let row = 0;
    if (ASC_FEATURE_SIMD) {
      for (; row + 16 <= rowCount; row += 16) {
        packSixteenRows(codes + (<usize>row << 1), bits, planes + (<usize>row >> 3), planeBytes);
      }
    }
    for (; row < rowCount; row++) {
      const code = <u32>load<u16>(codes + (<usize>row << 1));
      let word = planes + ((<usize>row >> 5) << 2);
      for (let plane = 0; plane < bits; plane++) {
        store<u32>(word, load<u32>(word) | (((code >> <u32>plane) & 1) << (<u32>row & 31)));
        word += planeBytes;
      }
    }
    codes += <usize>rowCount << 1;
    planes += vectorBytes;
  }
}

// Sixteen u16 codes become one v128 of low and one of high bytes; the sign bits of its lanes are one plane's 16 bits.
function packSixteenRows(codes: usize, bits: i32, planes: usize, planeBytes: usize): void {
  const first = v128.load(codes);
  const second = v128.load(codes, 16);
  const lowByte = i16x8.splat(0xff);
  const low = i8x16.narrow_i16x8_u(v128.and(first, lowByte), v128.and(second, lowByte));
  storePlanes(low, min(bits, 8), planes, planeBytes);
  if (bits > 8) {
    const high = i8x16.narrow_i16x8_u(i16x8.shr_u(first, 8), i16x8.shr_u(second, 8));
    storePlanes(high, bits - 8, planes + (planeBytes << 3), planeBytes);
  }
}

// @ts-ignore: decorator
@inline
function storePlanes(bytes: v128, planeCount: i32, planes: usize, planeBytes: usize): void {
  let lanes = i8x16.shl(bytes, 8 - planeCount);
  for (let plane = planeCount - 1; plane >= 0; plane--) {
    store<u16>(planes + <usize>plane * planeBytes, <u16>i8x16.bitmask(lanes));
    lanes = i8x16.add(lanes, lanes);
  }
}
