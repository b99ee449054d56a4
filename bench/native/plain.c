/* The counting loop as an engineer would write it in an afternoon: 64-bit words, popcounts, one window after another.
 * Reads a case that bench/native.ts wrote and times it; prints the best time in seconds and the totals.
 * Build: cc -O3 -march=native plain.c -o plain */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CROSSBAR, VECTOR, WORD_START, WORD_COUNT, MASK_START, MULTIPLICITY, BITLINES, FIELDS };

typedef struct {
  int32_t windows, vectors, planes, words64, segments, crossbars, ou_rows, mask_words64;
} Header;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *read_block(FILE *file, size_t bytes) {
  void *block = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (!block || fread(block, 1, bytes, file) != bytes) {
    fprintf(stderr, "short case file\n");
    exit(2);
  }
  return block;
}

static void count(const Header *h, const uint64_t *planes, const int32_t *records, const uint64_t *masks, int64_t *per_crossbar,
                  int64_t *ou_ops, int64_t *latency) {
  int64_t ops = 0, cycles = 0;
  for (int w = 0; w < h->windows; w++) {
    memset(per_crossbar, 0, sizeof(int64_t) * (size_t)h->crossbars);
    for (int s = 0; s < h->segments; s++) {
      const int32_t *record = records + (size_t)s * FIELDS;
      const int start = record[WORD_START] / 2, length = record[WORD_COUNT] / 2;
      const uint64_t *mask = masks + record[MASK_START] / 2;
      int64_t sum = 0;
      for (int p = 0; p < h->planes; p++) {
        const uint64_t *x = planes + (((size_t)w * h->vectors + record[VECTOR]) * h->planes + p) * h->words64 + start;
        int open = 0;
        for (int i = 0; i < length; i++) open += __builtin_popcountll(x[i] & mask[i]);
        sum += (open + h->ou_rows - 1) / h->ou_rows;
      }
      per_crossbar[record[CROSSBAR]] += sum * record[MULTIPLICITY];
      ops += sum * record[MULTIPLICITY];
    }
    int64_t busiest = 0;
    for (int c = 0; c < h->crossbars; c++)
      if (per_crossbar[c] > busiest) busiest = per_crossbar[c];
    cycles += busiest;
  }
  *ou_ops = ops;
  *latency = cycles;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  FILE *file = fopen(argv[1], "rb");
  const double budget = atof(argv[2]);
  Header h;
  if (!file || fread(&h, sizeof h, 1, file) != 1) return 2;
  uint64_t *planes = read_block(file, (size_t)h.windows * h.vectors * h.planes * h.words64 * 8);
  int32_t *records = read_block(file, (size_t)h.segments * FIELDS * 4);
  uint64_t *masks = read_block(file, (size_t)h.mask_words64 * 8);
  int64_t *per_crossbar = calloc((size_t)h.crossbars + 1, sizeof(int64_t));
  int64_t ou_ops = 0, latency = 0;
  double best = 1e9;
  int runs = 0;
  for (const double start = seconds(); runs < 3 || seconds() - start < budget; runs++) {
    const double before = seconds();
    count(&h, planes, records, masks, per_crossbar, &ou_ops, &latency);
    const double took = seconds() - before;
    if (took < best) best = took;
  }
  printf("{\"seconds\": %.9f, \"runs\": %d, \"ouOps\": %lld, \"latencyCycles\": %lld}\n", best, runs, (long long)ou_ops,
         (long long)latency);
  return 0;
}
