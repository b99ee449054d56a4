import type { Config } from "../arch/config.ts";
import type { SkippedNode } from "./layer.ts";
import type { CodeTensor, QuantizedLayer } from "./quantized.ts";
import type { IngestedLayer, Predictions, Report } from "./report.ts";

/**
 * A workload after quantisation: what runs that differ in crossbars, OUs, cells, schemes or prices share. Plain data; its
 * large arrays lie in memory that threads share.
 */
export interface RecordedWorkload {
  readonly kind: "recorded";
  readonly name: string;
  readonly synthetic: boolean;
  /** What it was quantised by: `recordedBy` of the configuration. */
  readonly recordedBy: string;
  readonly sampleCount: number;
  readonly skipped: readonly SkippedNode[];
  readonly ingested: readonly IngestedLayer[];
  readonly scored: { readonly accuracy: NonNullable<Report["accuracy"]>; readonly predictions: Predictions } | null;
  readonly sets: readonly RecordedSet[];
  readonly bytes: number;
}

/** Layers whose inputs come together. */
export interface RecordedSet {
  readonly entries: readonly { readonly layer: QuantizedLayer; readonly windowCount: number }[];
  /** Of each batch, by the name of the tensor that layers read. */
  readonly batches: readonly ReadonlyMap<string, CodeTensor>[];
}

/** The part of a configuration that decides a workload's integers, as text. */
export function recordedBy({ precision, network, input }: Config): string {
  return JSON.stringify([precision, network, input]);
}
