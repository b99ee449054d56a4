import type { ResolvedDevice } from "../arch/device.ts";
import type { Config } from "../arch/config.ts";
import type { NetworkWorkload } from "./request.ts";
import type { Report, Scheme } from "./report.ts";

/** Ways to open rows that the device disturbs. */
export const DISTURBED_SCHEMES = ["naive", "orc", "dof", "orc-dof", "isaac"] as const;
/** A way to open rows whose reads a device disturbs. */
export type DisturbedScheme = (typeof DISTURBED_SCHEMES)[number];

/** cells: every cell's conductance, f32; cells-i16: in fixed point; table: Monte-Carlo tables of DL-RSIM (§9). */
export const ENGINES = ["cells", "cells-i16", "table"] as const;
/** How disturbed reads are computed. */
export type Engine = (typeof ENGINES)[number];

/** A network with labels, and the devices, OU heights and schemes whose accuracy is asked for; `chips` are drawn for each. */
export interface AccuracyRequest {
  readonly workload: NetworkWorkload;
  readonly config: Config;
  readonly source: { readonly source: string; readonly sha256: string };
  readonly samples?: number;
  readonly seed: number;
  /** Heights H of the OU to try; isaac opens the whole crossbar and has one point. */
  readonly openWordlines: readonly number[];
  /** NAME or NAME@k of the device menu. */
  readonly devices: readonly string[];
  readonly chips: number;
  readonly schemes: readonly DisturbedScheme[];
  readonly engine: Engine;
  /** Loss against the float accuracy up to which an OU height holds. */
  readonly maxLossRatio: number;
}

/** Share of the samples whose label is the best class, and among the best five; null with fewer than ten classes. */
export interface Score {
  readonly top1: number;
  readonly top5: number | null;
}

/** Over the chips of a point. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/** One experiment: one device, scheme and OU height on one chip. */
export interface Trial {
  readonly device: string;
  readonly scheme: DisturbedScheme;
  readonly openWordlines: number;
  readonly chip: number;
}

/** Sums over all reads of one layer; what was sensed against the ideal read under the same ADC. */
export interface LayerErrors {
  readonly name: string;
  readonly readCount: number;
  readonly misreadCount: number;
  readonly errorSum: number;
  readonly squaredErrorSum: number;
  /** Energy of the layer's ideal accumulators and of their errors, over the windows of the first samples. */
  readonly signalEnergy: number;
  readonly noiseEnergy: number;
}

/** How a trial ended: accuracy of its chip, and what each layer misread. */
export interface TrialResult extends Score {
  readonly layers: readonly LayerErrors[];
}

/** Reads of one layer (one bitline of one OU operation each) over all chips of a point. */
export interface LayerErrorReport {
  readonly name: string;
  readonly reads: number;
  readonly misreadRatio: number;
  /** Mean and root mean square of sensed - ideal, in codes of the ADC. */
  readonly bias_codes: number;
  readonly rms_codes: number;
  /** Signal to noise of the layer's output; null without noise. */
  readonly snr_dB: number | null;
}

/** Accuracy and cost of one device, scheme and OU height. Accuracies 0…1. */
export interface AccuracyPoint {
  readonly device: string;
  readonly scheme: DisturbedScheme;
  readonly openWordlines: number;
  readonly adcBits: number;
  readonly top1: Spread;
  readonly top5: Spread | null;
  /** Whether the mean top-1 stays within the allowed loss. */
  readonly holds: boolean;
  /** No other point of the device is as accurate, as fast and as frugal. */
  readonly isPareto: boolean;
  /** Of the scheme at this OU height (from counts, no device): time and energy against naive at the configured OU. */
  readonly cost: SchemeCost;
  readonly layers: readonly LayerErrorReport[];
}

/** Work of all samples, and its ratios to naive at the configured OU. */
export interface SchemeCost {
  readonly ouOps: number;
  readonly busyTime_ns: number;
  readonly energy_pJ: number;
  readonly speedup: number;
  readonly energySavingRatio: number;
}

/** The largest OU height at which a scheme keeps the accuracy on a device; null when none does. */
export interface LargestOu {
  readonly device: string;
  readonly scheme: DisturbedScheme;
  readonly openWordlines: number | null;
  readonly sentence: string;
}

/** report.json of an accuracy run. Accuracies 0…1. */
export interface AccuracyReport {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly synthetic: boolean;
  readonly seed: number;
  readonly network: Report["network"];
  readonly config: Config;
  readonly assumptions: readonly string[];
  readonly engine: Engine;
  readonly samples: number;
  readonly classes: number;
  readonly chips: number;
  readonly maxLossRatio: number;
  readonly devices: readonly ResolvedDevice[];
  readonly float: Score;
  /** The quantised network on ideal cells, without an ADC. */
  readonly integer: Score;
  readonly points: readonly AccuracyPoint[];
  readonly largestOu: readonly LargestOu[];
  readonly skipped: Report["skipped"];
}

/** Costs of every scheme at one OU height. */
export interface OuCosts {
  readonly openWordlines: number;
  readonly adcBits: number;
  readonly costs: Readonly<Partial<Record<Scheme, SchemeCost>>>;
}
