/* Windows of a convolution to bit-planes, a tile of up to 128 windows at a time. Part of sliced.c; the same as
 * assembly/kernels/gatherRows.ts, tilePlanes.ts and assembly/bits/transpose.ts. */
#include "lanes.h"

enum { TILE = 128 };

typedef struct {
  int32_t windows, rows, bits, ou_rows, plans, codes;
  int32_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left, out_height, out_width;
  int32_t channels, height, width, first_channel, used_channels;
} Header;

typedef struct {
  int lane, count, top, left;
  const uint16_t *channel;
} Piece;

typedef struct {
  int window_count, lane_count, period, pass_count, piece_count;
  size_t pass_bytes;
  Piece pieces[TILE];
  /* The last eight are there to be overrun. */
  uint16_t codes[TILE + 8] __attribute__((aligned(16)));
  char *planes;
  uint32_t *open_counts, *used_before;
  uint16_t *row_planes;
} Tile;

static void locate_windows(Tile *tile, const Header *h, const uint16_t *codes, int start) {
  const int positions = h->out_width * h->out_height;
  const size_t area = (size_t)h->height * h->width;
  tile->piece_count = 0;
  for (int lane = 0; lane < tile->window_count;) {
    const int window = start + lane, position = window % positions, x = position % h->out_width;
    Piece *piece = &tile->pieces[tile->piece_count++];
    piece->lane = lane;
    piece->count = min(tile->window_count - lane, h->out_width - x);
    piece->top = position / h->out_width * h->stride_y - h->pad_top;
    piece->left = x * h->stride_x - h->pad_left;
    piece->channel = codes + area * (size_t)(h->first_channel + window / positions * h->channels);
    lane += piece->count;
  }
}

/* Whole vectors: up to 7 codes past the end are written, too; what follows is written after it. */
static void zero_codes(uint16_t *out, int count) {
  for (int i = 0; i < count; i += 8) *(unaligned_v128 *)(out + i) = (v128){0};
}

static void copy_line(uint16_t *out, int count, const uint16_t *line, int x, int width) {
  const int first = min(max(-x, 0), count), end = max(min(width - x, count), first);
  if (first > 0) zero_codes(out, first);
  for (int i = first; i < end; i += 8) *(unaligned_v128 *)(out + i) = *(const unaligned_v128 *)(line + x + i);
  if (end < count) zero_codes(out + end, count - end);
}

static void gather_row(Tile *tile, const Header *h, int channel, int down, int right) {
  for (int i = 0; i < tile->piece_count; i++) {
    const Piece *piece = &tile->pieces[i];
    uint16_t *out = tile->codes + piece->lane;
    const int y = piece->top + down;
    if (y < 0 || y >= h->height) {
      zero_codes(out, piece->count);
      continue;
    }
    const uint16_t *line = piece->channel + ((size_t)channel * h->height + y) * h->width;
    if (h->stride_x == 1) {
      copy_line(out, piece->count, line, piece->left + right, h->width);
      continue;
    }
    int x = piece->left + right;
    for (int k = 0; k < piece->count; k++, x += h->stride_x) out[k] = x >= 0 && x < h->width ? line[x] : 0;
  }
  zero_codes(tile->codes + tile->window_count, tile->lane_count - tile->window_count);
}

static inline void swap_bits(v128 *a, v128 *b, int width, uint16_t mask) {
  const v128 t = ((v128)((u16x8)*a >> width) ^ *b) & splat(mask);
  *b ^= t;
  *a ^= (v128)((u16x8)t << width);
}

static void transpose_codes(const v128 *codes, int n, v128 code_mask, char *out, size_t stride, int count) {
  v128 work[16];
  if (n == 16) memcpy(work, codes, sizeof work);
  for (int i = 0; n < 16 && i < n; i++) {
    v128 slots = codes[i] & code_mask;
    for (int slot = i; slot < 16; slot += n) {
      work[slot] = slots;
      slots = (v128)((u16x8)slots >> n);
    }
  }
  for (int i = 0; i < 8; i++) swap_bits(work + i, work + i + 8, 8, 0x00ff);
  for (int i = 0; i < 8; i++) swap_bits(work + i + (i & 4), work + i + (i & 4) + 4, 4, 0x0f0f);
  for (int first = 0; first < count; first += 4) {
    for (int i = first; i < first + 2; i++) swap_bits(work + i, work + i + 2, 2, 0x3333);
    for (int i = first; i < first + 4; i += 2) swap_bits(work + i, work + i + 1, 1, 0x5555);
    for (int p = first; p < min(first + 4, count); p++) *(v128 *)(out + (size_t)p * stride) = work[p];
  }
}

static void fill_row(Tile *tile, const Header *h, int row) {
  const v128 *codes = (const v128 *)tile->codes;
  const v128 code_mask = splat((uint16_t)((1 << h->bits) - 1));
  v128 used = {0};
  uint64_t open = 0;
  for (int i = 0; i < tile->period; i++) {
    const v128 x = codes[i] & code_mask;
    used |= x;
    open += count_lanes(x);
  }
  char *out = tile->planes + (size_t)row * LANE_BYTES;
  uint64_t halves = used[0] | used[1];
  halves |= halves >> 32;
  tile->row_planes[row] = (uint16_t)(halves | halves >> 16);
  tile->open_counts[row] += (uint32_t)open;
  if (open == 0)
    for (int pass = 0; pass < tile->pass_count; pass++) *(v128 *)(out + (size_t)pass * tile->pass_bytes) = used;
  else
    transpose_codes(codes, tile->period, code_mask, out, tile->pass_bytes, tile->pass_count);
}

static void fill_planes(Tile *tile, const Header *h, const uint16_t *codes, int start) {
  tile->period = tile->lane_count / 8;
  tile->pass_count = min(tile->period, h->bits);
  locate_windows(tile, h, codes, start);
  int row = 0;
  for (int channel = 0; channel < h->used_channels; channel++)
    for (int y = 0; y < h->kernel_height; y++)
      for (int x = 0; x < h->kernel_width; x++) {
        gather_row(tile, h, channel, y * h->dilation_y, x * h->dilation_x);
        fill_row(tile, h, row++);
      }
  for (int pass = 0; pass < tile->pass_count; pass++) {
    uint32_t planes_of_pass = 0, used = 0, *at = tile->used_before + (size_t)pass * (h->rows + 1);
    for (int plane = pass; plane < h->bits; plane += tile->period) planes_of_pass |= 1u << plane;
    for (row = 0; row < h->rows; row++) {
      at[row] = used;
      used += (tile->row_planes[row] & planes_of_pass) != 0;
    }
    at[row] = used;
  }
}
