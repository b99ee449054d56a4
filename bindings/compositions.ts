import type { DrawKey } from "./deviceKernels.ts";
import { absorb, mix } from "./scalar/draws.ts";

/**
 * Which levels the cells of a sample have. All tuples of `openRows` levels with one sum are equally likely; how many cells
 * have which level is drawn level by level from the top, the samples of an entry shared out at each split in proportion
 * to the tuples behind it (systematic sampling: every share is within one of its expectation, and its mean is exact).
 */
export class CompositionRuns {
  /** tuples[l][k][q]: share of the k-tuples of levels 0 … l that have sum q. */
  private readonly tuples: Float64Array[][] = [];
  private readonly logFactorial: Float64Array;
  private random = 0;

  constructor(
    ouRows: number,
    private readonly topLevel: number,
    private readonly sampleCount: number,
    private readonly key: DrawKey,
  ) {
    this.logFactorial = new Float64Array(ouRows + 1);
    for (let k = 2; k <= ouRows; k++) this.logFactorial[k] = this.logFactorial[k - 1]! + Math.log(k);
    for (let level = 0; level < topLevel; level++) this.tuples.push(sumShares(ouRows, level));
  }

  /** Runs of samples that sum the same numbers of cells: records of first sample, samples, cells of level 0 … topLevel. */
  of(openRows: number, sum: number): Int32Array {
    const records: number[] = [];
    const cellCounts = new Array<number>(this.topLevel + 1).fill(0);
    [this.random] = absorb(absorb(this.key, openRows), sum);
    this.split(this.topLevel, openRows, sum, 0, this.sampleCount, cellCounts, records);
    return Int32Array.from(records);
  }

  private split(
    level: number,
    cells: number,
    sum: number,
    start: number,
    count: number,
    cellCounts: number[],
    records: number[],
  ): void {
    if (level <= 1) {
      cellCounts[1] = sum;
      cellCounts[0] = cells - sum;
      records.push(start, count, ...cellCounts);
      return;
    }
    // The others can have a sum of 0 … (cells - n)(level - 1) together.
    const least = Math.max(0, sum - cells * (level - 1));
    const most = Math.min(cells, Math.floor(sum / level));
    const weights = this.weights(level, cells, sum, least, most);
    const total = weights.reduce((a, b) => a + b, 0);
    this.random = mix(this.random + 0x9e3779b9);
    const shift = this.random / 2 ** 32;
    let cumulative = 0;
    let at = 0;
    for (let n = least; n <= most; n++) {
      cumulative += weights[n - least]!;
      const end = n === most ? count : Math.min(count, Math.floor((cumulative / total) * count + shift));
      if (end <= at) continue;
      cellCounts[level] = n;
      this.split(level - 1, cells - n, sum - n * level, start + at, end - at, cellCounts, records);
      at = end;
    }
  }

  /** In proportion to the tuples with n = least … most cells of the level. */
  private weights(level: number, cells: number, sum: number, least: number, most: number): number[] {
    const { logFactorial } = this;
    const logs: number[] = [];
    for (let n = least; n <= most; n++) {
      const choices = logFactorial[cells]! - logFactorial[n]! - logFactorial[cells - n]!;
      const others = this.tuples[level - 1]![cells - n]![sum - n * level]!;
      logs.push(choices + (cells - n) * Math.log(level) + Math.log(others));
    }
    const largest = Math.max(...logs);
    return logs.map((log) => Math.exp(log - largest));
  }
}

/** [k][q]: share of the k-tuples of levels 0 … level with sum q, k = 0 … ouRows. */
function sumShares(ouRows: number, level: number): Float64Array[] {
  const shares = [Float64Array.of(1)];
  for (let k = 1; k <= ouRows; k++) {
    const before = shares[k - 1]!;
    const after = new Float64Array(k * level + 1);
    for (let q = 0; q < after.length; q++) {
      let sum = 0;
      for (let l = 0; l <= level; l++) sum += before[q - l] ?? 0;
      after[q] = sum / (level + 1);
    }
    shares.push(after);
  }
  return shares;
}
