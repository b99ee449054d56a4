/* Open rows of a list, and the OU operations they take. Part of sliced.c; the same as assembly/kernels/countRows.ts. */

enum { SHORT_SLICES = 8, SHORT_LIST = 240 };

#define ADD(sum, a, b, carry)                 \
  do {                                        \
    const v128 x_ = (a), either_ = x_ ^ (b);  \
    carry = select128(sum, x_, either_);      \
    sum ^= either_;                           \
  } while (0)
#define ROW(i) (*(const v128 *)(planes + at[i]))
#define EIGHT_ROWS(first, eights_out)                             \
  do {                                                            \
    v128 a_, b_, c_, d_;                                          \
    ADD(ones, ROW(first), ROW(first + 1), a_);                    \
    ADD(ones, ROW(first + 2), ROW(first + 3), b_);                \
    ADD(twos, a_, b_, c_);                                        \
    ADD(ones, ROW(first + 4), ROW(first + 5), a_);                \
    ADD(ones, ROW(first + 6), ROW(first + 7), b_);                \
    ADD(twos, a_, b_, d_);                                        \
    ADD(fours, c_, d_, eights_out);                               \
  } while (0)

#define SIXTEEN_ROWS(first, sixteens_out)     \
  do {                                        \
    v128 e_, f_;                              \
    EIGHT_ROWS(first, e_);                    \
    EIGHT_ROWS(first + 8, f_);                \
    ADD(eights, e_, f_, sixteens_out);        \
  } while (0)

static void count_short_list(const uint32_t *at, const uint32_t *end, const char *planes, v128 *slices) {
  v128 ones = {0}, twos = ones, fours = ones, eights = ones, b4 = ones, b5 = ones, b6 = ones, b7 = ones, t, x, y;
  for (; at + 32 <= end; at += 32) {
    SIXTEEN_ROWS(0, x);
    SIXTEEN_ROWS(16, y);
    ADD(b4, x, y, t);
    x = b5 & t;
    b5 ^= t;
    b7 ^= b6 & x;
    b6 ^= x;
  }
  for (; at < end; at += 8) {
    EIGHT_ROWS(0, x);
    t = eights & x;
    eights ^= x;
    x = b4 & t;
    b4 ^= t;
    y = b5 & x;
    b5 ^= x;
    b7 ^= b6 & y;
    b6 ^= y;
  }
  const v128 counted[SHORT_SLICES] = {ones, twos, fours, eights, b4, b5, b6, b7};
  memcpy(slices, counted, sizeof counted);
}

static void count_rows(const uint32_t *at, const uint32_t *end, const char *planes, v128 *slices, int slice_count) {
  if (end - at <= SHORT_LIST) {
    count_short_list(at, end, planes, slices);
    return;
  }
  memset(slices, 0, sizeof(v128) * (size_t)slice_count);
  for (const uint32_t *stop; at < end; at = stop) {
    v128 part[SHORT_SLICES];
    stop = end - at < SHORT_LIST ? end : at + SHORT_LIST;
    count_short_list(at, stop, planes, part);
    add_slices(slices, slice_count, part, SHORT_SLICES, 0);
  }
}

static v128 exceeds(const v128 *slices, int count, int constant) {
  v128 greater = {0};
  for (int k = 0; k < count; k++) greater = constant >> k & 1 ? slices[k] & greater : slices[k] | greater;
  return greater;
}

/* counter += ceil(count / H); gives the lanes that open a row. */
static v128 add_ou_ops(const v128 *slices, int slice_count, int rows, int ou_rows, v128 *counter, int counter_slices) {
  v128 open = {0};
  if (__builtin_popcount((unsigned)ou_rows) != 1) {
    for (int passed = 0; passed < rows; passed += ou_rows)
      add_bit(counter, counter + counter_slices, exceeds(slices, slice_count, passed));
    for (int k = 0; k < slice_count; k++) open |= slices[k];
    return open;
  }
  const int whole = min(__builtin_ctz((unsigned)ou_rows), slice_count);
  for (int k = 0; k < whole; k++) open |= slices[k];
  v128 carry = open;
  slices += whole;
  int k = 0;
  for (; k < counter_slices && whole + k < slice_count; k++) {
    open |= slices[k];
    carry = add_slice(counter + k, slices[k], carry);
  }
  for (; k < counter_slices; k++) {
    const v128 a = counter[k];
    counter[k] = a ^ carry;
    carry &= a;
  }
  return open;
}
