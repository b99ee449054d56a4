import type { Config } from "../arch/config.ts";
import type { Engine } from "./accuracy.ts";
import type { Report, Scheme } from "./report.ts";

/** A sweep as its file resolves: which points there are. */
export interface Sweep {
  readonly name: string;
  readonly seed: number;
  readonly schemes: readonly Scheme[];
  /** Accuracy on disturbed crossbars, of points whose network has labels; null: not asked for. */
  readonly accuracy: SweepAccuracy | null;
  readonly networks: readonly SweepNetwork[];
  /** In the order of the file, `network` left out. */
  readonly axes: readonly SweepAxis[];
  /** Each once, in the order of the axes, the last axis fastest; `include`d ones last. */
  readonly points: readonly SweepPoint[];
}

/** How accuracy is measured at each point. */
export interface SweepAccuracy {
  readonly chips: number;
  readonly engine: Engine;
  /** Of the network's samples; absent: all. */
  readonly samples?: number;
}

/** A value of the `network` axis. Paths are relative to the folder of the sweep file. */
export interface SweepNetwork {
  /** What points, tables and rules call it; no two are the same. */
  readonly name: string;
  /** ONNX file or zoo:NAME; absent for a matrix workload. */
  readonly input?: string;
  readonly inputs?: string;
  readonly labels?: string;
  readonly calibration?: string;
  readonly weights?: string;
  readonly activations?: string;
  readonly transpose?: boolean;
  readonly syntheticInputs?: number;
  readonly weightsFrom?: readonly string[];
  readonly masks?: readonly string[];
  readonly map?: string;
  readonly samples?: number;
  /** Patterns of layer names (`conv*`) that are simulated; absent: all. */
  readonly layers?: readonly string[];
}

/** A key (`ou.rows`) or section (`ou`) of the configuration, and what it goes through. */
export interface SweepAxis {
  readonly path: string;
  readonly values: readonly Setting[];
}

/** A value as tables show it; a section is written `rows=4 cols=4`. */
export type Setting = string | number | boolean;

/** One combination of a network and the values of all axes. */
export interface SweepPoint {
  /** Name of the network. */
  readonly network: string;
  /** Value of every axis; of an `include`d point also of keys that are no axis. */
  readonly settings: Readonly<Record<string, Setting>>;
  readonly config: Config;
}

/** What a point came to under one scheme. All samples together, but `pipelined_ns`. */
export interface SchemeResult {
  readonly ouOps: number;
  readonly latencyCycles: number;
  /** OU operations x cycle time: equal hardware kept busy (§7). */
  readonly busyTime_ns: number;
  readonly latency_ns: number;
  readonly pipelined_ns: number | null;
  readonly energy_pJ: number;
  readonly speedup: number | null;
  readonly latencySpeedup: number | null;
  readonly energySavingRatio: number | null;
  /** Of the scheme's own placement: dense, recom or orc. */
  readonly crossbars: number;
  readonly area_mm2: number;
  /** Over the chips, 0…1; null without labels, or where the device does not disturb the scheme. */
  readonly top1_mean: number | null;
  readonly top1_std: number | null;
}

/** What a point came to. */
export interface PointResult {
  readonly samples: number;
  /** ADC bits of an OU. */
  readonly adcBits: number;
  readonly indexBits: number;
  /** Of the float network and of the quantised one on ideal cells, 0…1; null without labels. */
  readonly float: number | null;
  readonly integer: number | null;
  readonly schemes: Readonly<Partial<Record<Scheme, SchemeResult>>>;
}

/** How a point ended. */
export type PointOutcome =
  | { readonly id: string; readonly result: PointResult; readonly elapsed_ms: number }
  | { readonly id: string; readonly error: string; readonly attempts: number };

/** report.json of a finished sweep: the same bytes for the same points, however they were run. */
export interface SweepReport {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly sweep: string;
  readonly seed: number;
  readonly schemes: readonly Scheme[];
  readonly accuracy: SweepAccuracy | null;
  readonly assumptions: readonly string[];
  readonly networks: readonly { readonly name: string; readonly source: string; readonly sha256: string }[];
  readonly axes: readonly SweepAxis[];
  /** Of the sweep: as many as below, and those that have not been run. */
  readonly pointCount: number;
  readonly points: readonly (Pick<SweepPoint, "network" | "settings"> & { readonly id: string } & PointResult)[];
  readonly failed: readonly (Pick<SweepPoint, "network" | "settings"> & {
    readonly id: string;
    readonly error: string;
  })[];
}
