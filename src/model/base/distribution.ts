const BIN_COUNT = 10;

/** Shares of many things, 0…1. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** How many lie in each tenth: [0, 0.1), … [0.9, 1]. */
  readonly tenths: readonly number[];
}

/** Gathers shares one by one. */
export class ShareTally {
  private count = 0;
  private min = Infinity;
  private max = -Infinity;
  private total = 0;
  private readonly tenths = new Array<number>(BIN_COUNT).fill(0);

  /** `times` things of which each has the share `part` / `whole`. */
  add(part: number, whole: number, times = 1): void {
    const share = part / whole;
    this.count += times;
    this.total += times * share;
    this.min = Math.min(this.min, share);
    this.max = Math.max(this.max, share);
    this.tenths[Math.min(BIN_COUNT - 1, Math.floor((part * BIN_COUNT) / whole))]! += times;
  }

  merge(other: ShareTally): void {
    this.count += other.count;
    this.total += other.total;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    for (const [bin, count] of other.tenths.entries()) this.tenths[bin]! += count;
  }

  /** null of nothing. */
  build(): Distribution | null {
    const { count, min, max, total, tenths } = this;
    return count === 0 ? null : { count, min, mean: total / count, max, tenths: [...tenths] };
  }
}
