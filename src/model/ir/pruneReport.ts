import type { Config } from "../arch/config.ts";
import type { SkippedNode } from "./layer.ts";
import type { PruneMethod } from "./prune.ts";
import type { IngestedLayer, Report } from "./report.ts";

/** Zeros of some layers' weights, and what ORC gains from them. Ratios 0…1. */
export interface SparsityReport {
  /** Of the file's weights; the other ratios are those of the integers on the crossbars. */
  zeroRatio: number;
  zeroRowRatio: number;
  zeroColRatio: number;
  /** OU rows at the configured width. */
  ouRowZeroRatio: number;
  /** OU operations of one bit-plane of one sample (of one window of each layer where the shapes are open), §7. */
  ouOps: { naive: number; orc: number };
  /** null when ORC leaves nothing. */
  orcGain: number | null;
}

/** Zeros of a network's weights, and its accuracy 0…1. */
export interface NetworkSparsity extends SparsityReport {
  /** Of the float network; null without labels. */
  accuracy: number | null;
}

/** A layer before and after pruning. */
export interface PruneLayerReport {
  name: string;
  op: string;
  weights: number;
  /** Why its weights were left as they are; null when it was pruned. */
  keptBecause: string | null;
  /** Why its columns stay in order; null when they were permuted. */
  inOrderBecause: string | null;
  before: SparsityReport;
  after: SparsityReport;
}

/** A permuted network against the original one. */
export interface PermutationCheck {
  samples: number;
  /** Largest difference of an output, relative to the largest output. */
  maxRelativeError: number;
}

/** What `sre prune` did. Sparsities are those of the layers that were to be pruned, gains those of all layers. */
export interface PruneReport {
  schemaVersion: 1;
  tool: Report["tool"];
  network: Report["network"];
  config: Config;
  method: PruneMethod;
  scope: "global" | "layer";
  /** [N, M] of "n:m". */
  nOfM: readonly [number, number] | null;
  block: { rows: number; cols: number } | null;
  permuted: boolean;
  /** asked: null where nothing was to be removed. */
  sparsity: { asked: number | null; reached: number };
  before: NetworkSparsity;
  after: NetworkSparsity;
  samples: number;
  permutation: PermutationCheck | null;
  layers: PruneLayerReport[];
  skipped: readonly SkippedNode[];
  weightsFrom?: readonly IngestedLayer[];
}

/** One way of pruning beside others, at equal sparsity. */
export interface ComparedMethod {
  /** As the command line names it. */
  name: string;
  method: PruneMethod;
  scope: "global" | "layer";
  permuted: boolean;
  /** null where it cannot reach the sparsity. */
  after: NetworkSparsity | null;
  /** Why not. */
  reason: string | null;
}

/** What `sre prune --compare` found: every way of pruning at equal sparsity. */
export interface PruneComparison {
  schemaVersion: 1;
  tool: Report["tool"];
  network: Report["network"];
  config: Config;
  sparsity: number;
  samples: number;
  before: NetworkSparsity;
  methods: ComparedMethod[];
  skipped: readonly SkippedNode[];
  weightsFrom?: readonly IngestedLayer[];
}
