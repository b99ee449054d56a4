import type { Kernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { inputError } from "../model/base/errors.ts";
import { matchGlob } from "../model/base/glob.ts";
import type { Pace } from "../model/base/pace.ts";
import type { SkippedNode } from "../model/ir/layer.ts";
import type { CodeTensor, LayerOutline, QuantizedLayer } from "../model/ir/quantized.ts";
import type { IngestedLayer, Predictions, Report } from "../model/ir/report.ts";
import type { SimulateRequest } from "../model/ir/request.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import type { PhaseClock } from "./phases.ts";

/** What every stage of one simulation shares. */
export interface Session {
  readonly request: SimulateRequest;
  readonly config: Config;
  readonly kernels: Kernels;
  readonly executor: Executor;
  readonly clock: PhaseClock;
  /** Between steps of what this thread does itself. */
  readonly pace: Pace;
}

/** A quantised workload: its layers come in sets, so that only one set of weights has to be held at a time. */
export interface WorkloadSession {
  readonly sampleCount: number;
  readonly skipped: readonly SkippedNode[];
  /** Layers with weights from another file than the network's. */
  readonly ingested: readonly IngestedLayer[];
  /** Every layer, known before any set comes. */
  readonly extents: readonly LayerExtent[];
  sets(): AsyncIterable<LayerSet>;
  /** Once all sets are through; null without labels. */
  accuracy(): Scored | null;
  close(): Promise<void>;
}

/** How much there is to count of one layer. */
export interface LayerExtent {
  readonly weightCount: number;
  /** Over all samples. */
  readonly windowCount: number;
}

/** Layers whose inputs come together, batch after batch. */
export interface LayerSet {
  readonly entries: readonly { readonly layer: QuantizedLayer; readonly windowCount: number }[];
  batches(): AsyncIterable<Batch> | Iterable<Batch>;
}

/** Inputs of some samples, shared with the executor. */
export interface Batch {
  codesOf(layer: LayerOutline): CodeTensor;
}

export interface Scored {
  readonly accuracy: NonNullable<Report["accuracy"]>;
  readonly predictions: Predictions;
}

/** The layers that a request names; all when it names none. @throws InputError when it names none of them. */
export function chooseLayers<T extends { readonly name: string }>(
  layers: readonly T[],
  { layers: patterns, workload }: SimulateRequest,
): readonly T[] {
  if (patterns === undefined) return layers;
  const chosen = layers.filter(({ name }) => patterns.some((pattern) => matchGlob(pattern, name) !== null));
  if (chosen.length > 0 || layers.length === 0) return chosen;
  const names = layers.map(({ name }) => name).join(", ");
  throw inputError(`${workload.name} layers`, `some of ${names}`, patterns.join(", "));
}

export function weightCountOf({ matrices }: LayerOutline): number {
  const { rowCount, colCount } = matrices[0]!;
  return matrices.length * rowCount * colCount;
}
