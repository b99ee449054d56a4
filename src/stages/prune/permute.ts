import type { PrunableLayer, PruneSpec } from "../../model/ir/prune.ts";
import { unitGrids } from "./pruneLayers.ts";
import { scoreUnits } from "./grid.ts";
import { selectUnits } from "./selectUnits.ts";
import { zeroTarget } from "./pruneLayers.ts";

/** Row values that choosing the order of one matrix may look at: a sample of the rows stands for all of a large one. */
const GREEDY_BUDGET = 2 ** 31;
/** And that exchanging columns afterwards may look at. */
const EXCHANGE_BUDGET = 2 ** 27;
const EXCHANGE_ROUNDS = 3;

/**
 * An order of the columns of each layer that may be permuted, in which columns that lose (or have lost) the same rows share an OU column group:
 * new column j is old column order[j], group after group of a grouped layer. Greedy: a group starts with the strongest
 * column left and takes those that add least to its cost, Σ over rows of min(energy of the segment, θ²), where θ is the
 * norm below which OU rows go; then single columns are exchanged while that lowers the cost.
 */
export function chooseOrders(
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  isPermutable: (layer: PrunableLayer) => boolean,
): Map<PrunableLayer, Uint32Array> {
  const thresholds = segmentThresholds(layers, spec);
  const orders = new Map<PrunableLayer, Uint32Array>();
  layers.forEach((layer, index) => {
    if (isPermutable(layer)) orders.set(layer, orderOf(layer, thresholds[index]!));
  });
  return orders;
}

/** Root mean square below which an OU row goes, for each layer; 0: none does, and only zeros count. */
function segmentThresholds(layers: readonly PrunableLayer[], spec: PruneSpec): number[] {
  if (spec.method !== "ou") return layers.map(() => 0);
  if (spec.scope === "layer") return layers.map((layer) => thresholdOf([layer], spec));
  const threshold = thresholdOf(layers, spec);
  return layers.map(() => threshold);
}

function thresholdOf(layers: readonly PrunableLayer[], spec: PruneSpec): number {
  const tables = unitGrids(layers, spec).map((grid, index) => scoreUnits(layers[index]!, grid));
  const zeros = layers.reduce((total, { weights }) => total + weights.reduce((n, w) => n + Number(w === 0), 0), 0);
  const cut = selectUnits(tables, Math.max(0, zeroTarget(layers, spec.sparsity) - zeros));
  return cut === null ? Infinity : new Float32Array(Uint32Array.of(cut.threshold).buffer)[0]!;
}

function orderOf(layer: PrunableLayer, threshold: number): Uint32Array {
  const { groupCount, matrixCols, colGroups } = layer;
  const order = new Uint32Array(groupCount * matrixCols);
  for (let group = 0; group < groupCount; group++) {
    const grouping = new Grouping(layer, group, threshold);
    grouping.fill();
    grouping.exchange();
    let at = group * matrixCols;
    for (const members of grouping.byWeight(colGroups.map(({ count }) => count))) {
      for (const col of members) order[at++] = group * matrixCols + col;
    }
  }
  return order;
}

/** Columns of one matrix in groups of the sizes of its OU column groups. */
class Grouping {
  private readonly colCount: number;
  /** Rows looked at. */
  private readonly rowCount: number;
  /** Squares of the weights, [col][row]; 1 of every weight that is not zero where only zeros count. */
  private readonly energy: Float32Array;
  private readonly groups: number[][];
  private readonly sizes: readonly number[];
  private readonly perWeight: number;

  constructor(layer: PrunableLayer, group: number, threshold: number) {
    const { matrixRows, matrixCols, weights, colGroups } = layer;
    this.colCount = matrixCols;
    this.sizes = colGroups.map(({ count }) => count);
    this.groups = [];
    const onlyZeros = threshold === 0;
    this.perWeight = onlyZeros ? 0 : threshold * threshold;
    const step = Math.max(1, Math.ceil((matrixCols * matrixCols * matrixRows) / GREEDY_BUDGET));
    this.rowCount = Math.ceil(matrixRows / step);
    this.energy = new Float32Array(matrixCols * this.rowCount);
    for (let r = 0; r < this.rowCount; r++) {
      const at = (group * matrixRows + r * step) * matrixCols;
      for (let col = 0; col < matrixCols; col++) {
        const weight = weights[at + col]!;
        this.energy[col * this.rowCount + r] = onlyZeros ? Number(weight !== 0) : weight * weight;
      }
    }
  }

  /** Fills the groups one by one. */
  fill(): void {
    const free = Array.from({ length: this.colCount }, (_, col) => col);
    const strength = Float64Array.from(free, (col) => this.energyOf(col).reduce((sum, value) => sum + value, 0));
    free.sort((a, b) => strength[b]! - strength[a]! || a - b);
    for (const size of this.sizes) {
      const members = [free.shift()!];
      const sums = this.energyOf(members[0]!).slice();
      while (members.length < size) {
        const limit = this.limitOf(size);
        let best = 0;
        let least = Infinity;
        free.forEach((col, index) => {
          const added = addedCost(sums, this.energyOf(col), limit);
          if (added < least) [best, least] = [index, added];
        });
        const [col] = free.splice(best, 1);
        addInto(sums, this.energyOf(col!));
        members.push(col!);
      }
      this.groups.push(members);
    }
  }

  /** Exchanges two columns of different groups wherever that lowers the cost most, a few times over all columns. */
  exchange(): void {
    const perRound = this.colCount * this.colCount * this.rowCount;
    for (let round = 0; round < EXCHANGE_ROUNDS && (round + 1) * perRound <= EXCHANGE_BUDGET; round++) {
      if (!this.exchangeRound()) return;
    }
  }

  /** The groups, of each size those that keep most rows first: crossbars then hold groups of like height. */
  byWeight(sizes: readonly number[]): number[][] {
    const cost = this.groups.map((members) => this.costOf(this.sumsOf(members), this.limitOf(members.length)));
    const ranked = [...this.groups.keys()].sort((a, b) => cost[b]! - cost[a]! || a - b);
    const bySize = new Map<number, number[]>();
    for (const group of ranked) {
      const size = this.groups[group]!.length;
      bySize.set(size, [...(bySize.get(size) ?? []), group]);
    }
    return sizes.map((size) => this.groups[bySize.get(size)!.shift()!]!);
  }

  private exchangeRound(): boolean {
    const sums = this.groups.map((members) => this.sumsOf(members));
    const limits = this.groups.map((members) => this.limitOf(members.length));
    const costs = sums.map((sum, group) => this.costOf(sum, limits[group]!));
    let changed = false;
    for (const [g, own] of this.groups.entries()) {
      for (let i = 0; i < own.length; i++) {
        const col = own[i]!;
        let most = 1e-9 * (costs[g]! + 1e-30);
        let partner: readonly [group: number, index: number] | null = null;
        for (const [h, others] of this.groups.entries()) {
          if (h === g) continue;
          for (let j = 0; j < others.length; j++) {
            const gain =
              costs[g]! +
              costs[h]! -
              this.exchangedCost(sums[g]!, col, others[j]!, limits[g]!) -
              this.exchangedCost(sums[h]!, others[j]!, col, limits[h]!);
            if (gain > most) [most, partner] = [gain, [h, j]];
          }
        }
        if (partner === null) continue;
        const [h, j] = partner;
        [own[i], this.groups[h]![j]] = [this.groups[h]![j]!, col];
        for (const k of [g, h]) {
          sums[k] = this.sumsOf(this.groups[k]!);
          costs[k] = this.costOf(sums[k]!, limits[k]!);
        }
        changed = true;
      }
    }
    return changed;
  }

  private energyOf(col: number): Float32Array {
    return this.energy.subarray(col * this.rowCount, (col + 1) * this.rowCount);
  }

  private sumsOf(members: readonly number[]): Float32Array {
    const sums = new Float32Array(this.rowCount);
    for (const col of members) addInto(sums, this.energyOf(col));
    return sums;
  }

  /** Energy at which an OU row of `size` weights is kept. Where only zeros count, any weight keeps it. */
  private limitOf(size: number): number {
    return this.perWeight === 0 ? 1 : this.perWeight * size;
  }

  private costOf(sums: Float32Array, limit: number): number {
    let cost = 0;
    for (let r = 0; r < sums.length; r++) cost += Math.min(sums[r]!, limit);
    return cost;
  }

  private exchangedCost(sums: Float32Array, out: number, into: number, limit: number): number {
    const [lost, gained] = [this.energyOf(out), this.energyOf(into)];
    let cost = 0;
    for (let r = 0; r < sums.length; r++) cost += Math.min(sums[r]! - lost[r]! + gained[r]!, limit);
    return cost;
  }
}

/** What a column adds to the cost of a group, beyond what it costs alone. */
function addedCost(sums: Float32Array, energy: Float32Array, limit: number): number {
  let cost = 0;
  for (let r = 0; r < sums.length; r++) cost += Math.min(sums[r]! + energy[r]!, limit) - Math.min(energy[r]!, limit);
  return cost;
}

function addInto(sums: Float32Array, energy: Float32Array): void {
  for (let r = 0; r < sums.length; r++) sums[r]! += energy[r]!;
}
