/* 128 lanes of one bit, and bit-sliced numbers: slice k holds bit k of 128 numbers, least significant first.
 * Part of sliced.c; the same as assembly/bits/slices.ts. */
#include <stdint.h>
#include <string.h>

typedef uint64_t v128 __attribute__((vector_size(16)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef v128 unaligned_v128 __attribute__((aligned(2)));

enum { LANE_BYTES = 16, MAX_SLICES = 48 };

static int min(int a, int b) { return a < b ? a : b; }
static int max(int a, int b) { return a > b ? a : b; }
static int bit_length(uint64_t x) { return x ? 64 - __builtin_clzll(x) : 0; }
static int any(v128 x) { return (x[0] | x[1]) != 0; }
static v128 splat(uint16_t x) { return (v128)((u16x8){0} + x); }
static v128 select128(v128 a, v128 b, v128 mask) { return (a & mask) | (b & ~mask); }
static uint64_t count_lanes(v128 x) {
  return (uint64_t)__builtin_popcountll(x[0]) + (uint64_t)__builtin_popcountll(x[1]);
}

static void add_bit(v128 *at, const v128 *end, v128 bit) {
  for (; at < end && any(bit); at++) {
    const v128 a = *at;
    *at = a ^ bit;
    bit &= a;
  }
}

static v128 add_slice(v128 *at, v128 bit, v128 carry) {
  const v128 a = *at, either = a ^ bit;
  *at = either ^ carry;
  return select128(carry, a, either);
}

static void add_slices(v128 *accumulator, int count, const v128 *x, int x_count, int shift) {
  v128 carry = {0};
  for (int k = 0; k < x_count; k++) carry = add_slice(accumulator + shift + k, x[k], carry);
  add_bit(accumulator + shift + x_count, accumulator + count, carry);
}

static void max_slices(v128 *accumulator, const v128 *x, int count) {
  v128 is_less = {0};
  for (int k = 0; k < count; k++) is_less = select128(x[k], is_less, accumulator[k] ^ x[k]);
  for (int k = 0; k < count; k++) accumulator[k] = select128(x[k], accumulator[k], is_less);
}

static uint64_t sum_slices(const v128 *x, int count) {
  uint64_t sum = 0;
  for (int k = 0; k < count; k++) sum += count_lanes(x[k]) << k;
  return sum;
}

static void fold_slices(v128 *x, int count, int period) {
  v128 moved[MAX_SLICES];
  for (int distance = 8; distance >= period; distance >>= 1) {
    const v128 kept = splat((uint16_t)((1 << distance) - 1));
    for (int k = 0; k < count; k++) {
      moved[k] = (v128)((u16x8)x[k] >> distance);
      x[k] &= kept;
    }
    add_slices(x, count, moved, count, 0);
  }
}
