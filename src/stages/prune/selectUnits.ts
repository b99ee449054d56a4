/** Units of one layer (what is removed together), each with a score that is not negative. */
export interface UnitTable {
  /** Bit patterns of the scores as 32-bit floats; the sign bit is ignored. */
  readonly keys: Uint32Array;
  /** Weights of each unit that are not zero yet; null: one, where the score is not zero. */
  readonly counts: Uint8Array | Uint32Array | null;
}

/** Units below `threshold` go; of those at it the first ones, as far as `atThreshold` weights reach. */
export interface Cut {
  readonly threshold: number;
  readonly atThreshold: number;
}

const MAGNITUDE = 0x7fffffff;
const LOW_BITS = 16;
const LOW_MASK = 2 ** LOW_BITS - 1;

/**
 * Where to cut so that the units of least score go, `target` weights in all. Patterns of floats that are not negative are
 * in order of their values: two counting passes, over upper and lower bits, find the cut without sorting.
 * null when all units together have fewer weights.
 */
export function selectUnits(tables: readonly UnitTable[], target: number): Cut | null {
  const upper = new Float64Array(2 ** (31 - LOW_BITS));
  for (const { keys, counts } of tables) {
    for (let u = 0; u < keys.length; u++) {
      const key = keys[u]! & MAGNITUDE;
      upper[key >>> LOW_BITS]! += counts === null ? Number(key !== 0) : counts[u]!;
    }
  }
  const first = firstReaching(upper, target);
  if (first === null) return null;
  const lower = new Float64Array(2 ** LOW_BITS);
  for (const { keys, counts } of tables) {
    for (let u = 0; u < keys.length; u++) {
      const key = keys[u]! & MAGNITUDE;
      if (key >>> LOW_BITS !== first.bin) continue;
      lower[key & LOW_MASK]! += counts === null ? Number(key !== 0) : counts[u]!;
    }
  }
  const second = firstReaching(lower, first.rest)!;
  return { threshold: (first.bin << LOW_BITS) | second.bin, atThreshold: second.rest };
}

/** The bin in which a running sum reaches `target`, and what is left of the target at its start. */
function firstReaching(bins: Float64Array, target: number): { bin: number; rest: number } | null {
  let rest = target;
  for (let bin = 0; bin < bins.length; bin++) {
    if (rest <= bins[bin]!) return { bin, rest };
    rest -= bins[bin]!;
  }
  return null;
}

/** Walks units in the order in which ties are cut. */
export class CutWalk {
  private rest: number;

  constructor(private readonly cut: Cut) {
    this.rest = cut.atThreshold;
  }

  /** Weights that unit `u` of a table loses: all, none, or (the unit in which the cut lies) some. */
  removedOf({ keys, counts }: UnitTable, u: number): number {
    const key = keys[u]! & MAGNITUDE;
    const count = counts === null ? Number(key !== 0) : counts[u]!;
    if (key < this.cut.threshold) return count;
    if (key > this.cut.threshold) return 0;
    const removed = Math.min(count, this.rest);
    this.rest -= removed;
    return removed;
  }
}
