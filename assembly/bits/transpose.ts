// Bit transposition of u16 codes. Lanes hold windows in an order of their own: window 8i + j and plane p + n·q lie in
// bit i + n·q of u16 lane j of vector p. Sums over windows do not care, and rows agree with one another.

/**
 * 8n codes (n = 1, 2, 4, 8 or 16) → vectors 0 … vectorCount-1 of `out`, strideBytes apart. `work`: 256 bytes.
 */
export function transposeCodes(
  codes: usize,
  n: i32,
  codeMask: v128,
  work: usize,
  out: usize,
  strideBytes: usize,
  vectorCount: i32,
): void {
  // Whole tiles are swapped straight from the codes: bits above the planes asked for reach no vector that is kept.
  const spread = n == 16 ? codes : work;
  for (let i = n == 16 ? n : 0; i < n; i++) {
    let codesOfSlot = v128.and(v128.load(codes + (<usize>i << 4)), codeMask);
    for (let slot = i; slot < 16; slot += n) {
      v128.store(work + (<usize>slot << 4), codesOfSlot);
      codesOfSlot = i16x8.shr_u(codesOfSlot, n);
    }
  }
  const end = work + 64;
  for (let at = work; at < end; at += 16) swapFour(spread + (at - work), at, 64, 8, 4);
  for (let first = 0; first < vectorCount; first += 4) {
    const at = work + (<usize>first << 4);
    swapFour(at, at, 16, 2, 1);
    const stop = min(first + 4, vectorCount);
    for (let p = first; p < stop; p++) {
      v128.store(out + <usize>p * strideBytes, v128.load(work + (<usize>p << 4)));
    }
  }
}

// Two butterfly stages over vectors at, at + step, at + 2 step, at + 3 step: blocks of `wide`, then of `narrow` bits.
// @ts-ignore: decorator
@inline
export function swapFour(from: usize, at: usize, step: usize, wide: i32, narrow: i32): void {
  let a = v128.load(from);
  let b = v128.load(from + step);
  let c = v128.load(from + 2 * step);
  let d = v128.load(from + 3 * step);
  const wideMask = blockMask(wide);
  let t = v128.and(v128.xor(i16x8.shr_u(a, wide), c), wideMask);
  c = v128.xor(c, t);
  a = v128.xor(a, i16x8.shl(t, wide));
  t = v128.and(v128.xor(i16x8.shr_u(b, wide), d), wideMask);
  d = v128.xor(d, t);
  b = v128.xor(b, i16x8.shl(t, wide));
  const narrowMask = blockMask(narrow);
  t = v128.and(v128.xor(i16x8.shr_u(a, narrow), b), narrowMask);
  v128.store(at + step, v128.xor(b, t));
  v128.store(at, v128.xor(a, i16x8.shl(t, narrow)));
  t = v128.and(v128.xor(i16x8.shr_u(c, narrow), d), narrowMask);
  v128.store(at + 3 * step, v128.xor(d, t));
  v128.store(at + 2 * step, v128.xor(c, i16x8.shl(t, narrow)));
}

/** The low `bits` bits of every block of 2·bits, in each u16 lane. */
// @ts-ignore: decorator
@inline
function blockMask(bits: i32): v128 {
  return i16x8.splat(bits == 8 ? 0x00ff : bits == 4 ? 0x0f0f : bits == 2 ? 0x3333 : 0x5555);
}
