/* The counting kernel of assembly/kernels line by line in C: windows gathered and transposed into 128-bit lanes, rows
 * counted by a carry-save tree, one tile of up to 128 windows after another. What it takes against the same in Wasm is
 * what Wasm costs. Convolutions only; empty planes cost nothing.
 *
 * Case file (bench/native.ts), all i32 but for the codes: Header · codes u16, padded to whole words · per plan: PlanSizes ·
 * offsets u32 · lists (5 fields) · classes (2) · members (2) · groups of each row u32 · bitlines of each row u32.
 * Build: cc -O3 -mavx2 sliced.c -o sliced, the instructions that V8 has for simd128 as well. */
#include "planes.h"
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LIST_BATCH = 32 };

typedef struct {
  int32_t offsets, lists, classes, members;
} PlanSizes;

typedef struct {
  int32_t offset_start, offset_count, row_count, groups, bitlines;
} List;

typedef struct {
  int32_t member_start, member_count;
} Class;

typedef struct {
  int32_t list, multiplicity;
} Member;

typedef struct {
  uint64_t ou_ops, latency_cycles, adc_conversions, open_rows, cell_reads, empty_planes;
} Totals;

typedef struct {
  const uint32_t *offsets, *row_groups, *row_bitlines;
  const List *lists;
  const Class *classes;
  const Member *members;
  int list_count, class_count, row_slices, ops_slices, cycle_slices;
  v128 *counters;
  Totals totals;
} Plan;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void count_pass(Plan *plan, const Tile *tile, const Header *h, int pass, int first, int end) {
  const char *planes = tile->planes + (size_t)pass * tile->pass_bytes;
  const uint32_t *used_before = tile->used_before + (size_t)pass * (h->rows + 1);
  v128 rows[2 * MAX_SLICES] = {0};
  for (int i = first; i < end; i++) {
    const List *list = &plan->lists[i];
    const uint32_t *at = plan->offsets + list->offset_start;
    if (used_before[at[list->row_count - 1] / LANE_BYTES + 1] == used_before[at[0] / LANE_BYTES]) continue;
    v128 *ops = plan->counters + (size_t)i * plan->ops_slices;
    count_rows(at, at + list->offset_count, planes, rows, plan->row_slices);
    const v128 open = add_ou_ops(rows, plan->row_slices, list->row_count, h->ou_rows, ops, plan->ops_slices);
    plan->totals.empty_planes -= count_lanes(open) * (uint64_t)list->groups;
  }
}

static uint64_t sum_slowest(const Plan *plan, int period) {
  v128 cycles[MAX_SLICES], slowest[MAX_SLICES] = {0};
  for (int i = 0; i < plan->class_count; i++) {
    memset(cycles, 0, sizeof cycles);
    const Member *member = plan->members + plan->classes[i].member_start;
    for (int k = 0; k < plan->classes[i].member_count; k++, member++)
      for (uint32_t factor = (uint32_t)member->multiplicity; factor; factor &= factor - 1) {
        const int shift = __builtin_ctz(factor);
        const v128 *ops = plan->counters + (size_t)member->list * plan->ops_slices;
        add_slices(cycles, plan->cycle_slices, ops, min(plan->ops_slices, plan->cycle_slices - shift), shift);
      }
    fold_slices(cycles, plan->cycle_slices, period);
    max_slices(slowest, cycles, plan->cycle_slices);
  }
  return sum_slices(slowest, plan->cycle_slices);
}

static void count_tile(Plan *plan, const Tile *tile, const Header *h) {
  memset(plan->counters, 0, sizeof(v128) * (size_t)plan->ops_slices * (size_t)plan->list_count);
  for (int first = 0; first < plan->list_count; first += LIST_BATCH)
    for (int pass = 0; pass < tile->pass_count; pass++)
      count_pass(plan, tile, h, pass, first, min(first + LIST_BATCH, plan->list_count));
  for (int i = 0; i < plan->list_count; i++) {
    const uint64_t ops = sum_slices(plan->counters + (size_t)i * plan->ops_slices, plan->ops_slices);
    plan->totals.ou_ops += ops * (uint64_t)plan->lists[i].groups;
    plan->totals.adc_conversions += ops * (uint64_t)plan->lists[i].bitlines;
  }
  plan->totals.latency_cycles += sum_slowest(plan, tile->period);
}

static int tile_lanes(int left) {
  int lanes = 8;
  while (lanes < left && lanes < TILE) lanes <<= 1;
  return left >= lanes - lanes / 8 || lanes == 8 ? lanes : lanes >> 1;
}

static void count_windows(const Header *h, const uint16_t *codes, Plan *plans, Tile *tile) {
  memset(tile->open_counts, 0, sizeof(uint32_t) * (size_t)h->rows);
  for (int i = 0; i < h->plans; i++) plans[i].totals = (Totals){0};
  for (int start = 0; start < h->windows; start += tile->window_count) {
    tile->lane_count = tile_lanes(h->windows - start);
    tile->window_count = min(h->windows - start, tile->lane_count);
    fill_planes(tile, h, codes, start);
    for (int i = 0; i < h->plans; i++) count_tile(&plans[i], tile, h);
  }
  for (int i = 0; i < h->plans; i++) {
    Totals *totals = &plans[i].totals;
    for (int row = 0; row < h->rows; row++) {
      totals->open_rows += (uint64_t)tile->open_counts[row] * plans[i].row_groups[row];
      totals->cell_reads += (uint64_t)tile->open_counts[row] * plans[i].row_bitlines[row];
    }
    for (int k = 0; k < plans[i].list_count; k++)
      totals->empty_planes += (uint64_t)plans[i].lists[k].groups * (uint64_t)h->windows * (uint64_t)h->bits;
  }
}

static void *zeroed(size_t bytes) {
  void *block = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!block) exit(2);
  return memset(block, 0, (bytes + 127) / 64 * 64);
}

static void *read_block(FILE *file, size_t bytes) {
  void *block = zeroed(bytes);
  if (fread(block, 1, bytes, file) == bytes) return block;
  fprintf(stderr, "short case file\n");
  exit(2);
}

static void read_plan(FILE *file, const Header *h, Plan *plan) {
  PlanSizes sizes;
  if (fread(&sizes, sizeof sizes, 1, file) != 1) exit(2);
  plan->list_count = sizes.lists;
  plan->class_count = sizes.classes;
  plan->offsets = read_block(file, sizeof(uint32_t) * (size_t)sizes.offsets);
  plan->lists = read_block(file, sizeof(List) * (size_t)sizes.lists);
  plan->classes = read_block(file, sizeof(Class) * (size_t)sizes.classes);
  plan->members = read_block(file, sizeof(Member) * (size_t)sizes.members);
  plan->row_groups = read_block(file, sizeof(uint32_t) * (size_t)h->rows);
  plan->row_bitlines = read_block(file, sizeof(uint32_t) * (size_t)h->rows);
  int most_rows = 0, most_groups = 0;
  for (int i = 0; i < sizes.lists; i++) most_rows = max(most_rows, plan->lists[i].row_count);
  for (int i = 0; i < sizes.classes; i++) {
    int groups = 0;
    const Member *member = plan->members + plan->classes[i].member_start;
    for (int k = 0; k < plan->classes[i].member_count; k++) groups += member[k].multiplicity;
    most_groups = max(most_groups, groups);
  }
  const uint64_t most_ops = (uint64_t)h->bits * (uint64_t)((most_rows + h->ou_rows - 1) / h->ou_rows);
  plan->row_slices = max(SHORT_SLICES, bit_length((uint64_t)most_rows));
  plan->ops_slices = (bit_length(most_ops) + 3) & ~3;
  plan->cycle_slices = bit_length((uint64_t)most_groups * most_ops);
  plan->counters = zeroed(sizeof(v128) * (size_t)plan->ops_slices * (size_t)sizes.lists);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  FILE *file = fopen(argv[1], "rb");
  const double budget = atof(argv[2]);
  Header h;
  if (!file || fread(&h, sizeof h, 1, file) != 1) return 2;
  const uint16_t *codes = read_block(file, sizeof(uint16_t) * (size_t)((h.codes + 1) & ~1));
  Plan *plans = zeroed(sizeof(Plan) * (size_t)h.plans);
  for (int i = 0; i < h.plans; i++) read_plan(file, &h, &plans[i]);
  Tile *tile = zeroed(sizeof(Tile));
  tile->pass_bytes = (size_t)(h.rows + 1) * LANE_BYTES;
  tile->planes = zeroed(tile->pass_bytes * (size_t)h.bits);
  tile->open_counts = zeroed(sizeof(uint32_t) * (size_t)h.rows);
  tile->row_planes = zeroed(sizeof(uint16_t) * (size_t)h.rows);
  tile->used_before = zeroed(sizeof(uint32_t) * (size_t)(h.rows + 1) * (size_t)h.bits);
  double best = 1e9;
  int runs = 0;
  for (const double start = seconds(); runs < 3 || seconds() - start < budget; runs++) {
    const double before = seconds();
    count_windows(&h, codes, plans, tile);
    const double took = seconds() - before;
    if (took < best) best = took;
  }
  printf("{\"seconds\": %.9f, \"runs\": %d, \"totals\": [", best, runs);
  for (int i = 0; i < h.plans; i++) {
    const Totals *t = &plans[i].totals;
    printf("%s{\"ouOps\": %llu, \"latencyCycles\": %llu, \"adcConversions\": %llu, \"openRows\": %llu, \"cellReads\": %llu, "
           "\"emptyPlanes\": %llu}", i ? ", " : "", (unsigned long long)t->ou_ops, (unsigned long long)t->latency_cycles,
           (unsigned long long)t->adc_conversions, (unsigned long long)t->open_rows, (unsigned long long)t->cell_reads,
           (unsigned long long)t->empty_planes);
  }
  const Totals *last = &plans[h.plans - 1].totals;
  printf("], \"ouOps\": %llu, \"latencyCycles\": %llu}\n", (unsigned long long)last->ou_ops,
         (unsigned long long)last->latency_cycles);
  return 0;
}
