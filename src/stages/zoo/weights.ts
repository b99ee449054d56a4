import type { Steps } from "../../model/base/pace.ts";
import type { RandomStream } from "../../model/base/rng.ts";
import type { LayerSparsity, ZooLayer } from "../../model/ir/zoo.ts";

/**
 * Smallest magnitude of a weight that is not zero, in units of the distribution's scale: above half a step at 16 bits,
 * so that rounding adds no zeros there (2^-31, the finest draw, is 21 scales out).
 */
const SMALLEST = 2 ** -9;
const UINT32_RANGE = 2 ** 32;

/** Zeros of each group: exact counts, so that the sparsity delivered is the sparsity asked for. */
interface GroupPlan {
  readonly zeroRowCount: number;
  readonly zeroColCount: number;
  readonly nonZeroCount: number;
}

/**
 * Real weights of a layer, memory order [group][row][col]: zero rows and columns are chosen first, then so many of the
 * remaining cells at random as the sparsity leaves. What is left is Laplace distributed and, where cells were pruned,
 * its tail: pruning keeps the largest. `streamOf` gives the stream of a group, `zeros` the memory.
 * @throws RangeError when the zero rows and columns leave too few cells.
 */
export function* generateWeights(
  layer: ZooLayer,
  sparsity: LayerSparsity,
  streamOf: (group: number) => RandomStream,
  zeros = (count: number): Float32Array => new Float32Array(count),
): Steps<Float32Array> {
  const { groupCount, matrixRows, matrixCols } = layer;
  const groupSize = matrixRows * matrixCols;
  const weights = zeros(groupCount * groupSize);
  for (const [group, plan] of planGroups(layer, sparsity).entries()) {
    yield* fillGroup(
      weights.subarray(group * groupSize, (group + 1) * groupSize),
      matrixRows,
      matrixCols,
      plan,
      streamOf(group),
    );
  }
  return weights;
}

function planGroups(layer: ZooLayer, sparsity: LayerSparsity): GroupPlan[] {
  const { name, groupCount, matrixRows, matrixCols } = layer;
  const zeroRowCounts = Array.from({ length: groupCount }, (_, group) =>
    Math.round((sparsity.zeroRowRatios?.[group] ?? 0) * matrixRows),
  );
  const zeroColCounts = share(
    Math.round((sparsity.zeroColRatio ?? 0) * groupCount * matrixCols),
    zeroRowCounts.map(() => matrixCols),
  );
  const freeCounts = zeroRowCounts.map(
    (zeroRows, group) => (matrixRows - zeroRows) * (matrixCols - zeroColCounts[group]!),
  );
  const cellCount = groupCount * matrixRows * matrixCols;
  const nonZeroCount = cellCount - Math.round(sparsity.zeroRatio * cellCount);
  const freeCount = freeCounts.reduce((a, b) => a + b, 0);
  if (nonZeroCount > freeCount)
    throw new RangeError(`${name}: ${nonZeroCount} weights do not fit in ${freeCount} cells`);
  const nonZeroCounts = share(nonZeroCount, freeCounts);
  return zeroRowCounts.map((zeroRowCount, group) => ({
    zeroRowCount,
    zeroColCount: zeroColCounts[group]!,
    nonZeroCount: nonZeroCounts[group]!,
  }));
}

/** `total` handed out in proportion to the parts' sizes, whole and without remainder. */
function share(total: number, sizes: readonly number[]): number[] {
  const whole = sizes.reduce((a, b) => a + b, 0);
  let before = 0;
  return sizes.map((size) => {
    const start = whole === 0 ? 0 : Math.round((total * before) / whole);
    before += size;
    return (whole === 0 ? 0 : Math.round((total * before) / whole)) - start;
  });
}

function* fillGroup(
  weights: Float32Array,
  rowCount: number,
  colCount: number,
  plan: GroupPlan,
  stream: RandomStream,
): Steps<void> {
  const rows = chooseKept(rowCount, plan.zeroRowCount, stream);
  const cols = chooseKept(colCount, plan.zeroColCount, stream);
  let free = rows.length * cols.length;
  let needed = plan.nonZeroCount;
  const smallest = Math.max(SMALLEST, -Math.log(needed / free));
  // As wide as the usual initialisation (He et al.): 2 / fan-in is the variance, 2·scale^2 that of the distribution.
  const scale = Math.sqrt(1 / rowCount);
  for (let r = 0; r < rows.length; r++) {
    const start = rows[r]! * colCount;
    for (let c = 0; c < cols.length; c++, free--) {
      // Selection sampling: every set of `needed` cells is equally likely.
      if (needed < free && (stream.int32() >>> 0) * free >= needed * UINT32_RANGE) continue;
      needed--;
      const bits = stream.int32();
      const magnitude = smallest - Math.log(((bits >>> 1) + 0.5) / 2 ** 31);
      weights[start + cols[c]!] = scale * (bits & 1 ? -magnitude : magnitude);
    }
    yield;
  }
}

/** Indices that stay when `zeroCount` of them, any set equally likely, are left out. */
function chooseKept(count: number, zeroCount: number, stream: RandomStream): Int32Array {
  const kept = new Int32Array(count - zeroCount);
  let needed = zeroCount;
  let at = 0;
  for (let index = 0; index < count; index++) {
    if ((stream.int32() >>> 0) * (count - index) < needed * UINT32_RANGE) needed--;
    else kept[at++] = index;
  }
  return kept;
}
