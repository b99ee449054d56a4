import type { Config } from "../arch/config.ts";
import type { KeptRows } from "./keptRows.ts";
import type { ExternalDataReader } from "./network.ts";
import type { RecordedWorkload } from "./recorded.ts";
import type { FunctionalScheme, Predictions, Report, Scheme } from "./report.ts";

/** An array as it came from a file: integers stay integers. Memory order row-major. */
export interface NumericArray {
  /** Where it came from, for messages. */
  readonly place: string;
  readonly dtype: "i1" | "u1" | "i2" | "u2" | "i4" | "u4" | "i8" | "u8" | "f4" | "f8";
  readonly shape: readonly number[];
  readonly values:
    | Int8Array
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | BigUint64Array
    | Float32Array
    | Float64Array;
}

/** Bytes of a file of tensors: ONNX, npz, npy, safetensors or MatrixMarket. */
export interface TensorFile {
  readonly place: string;
  readonly bytes: Uint8Array;
  /** For ONNX models with data beside them. */
  readonly readExternal?: ExternalDataReader;
}

/** A file of rules that say which layer takes which tensor (YAML), and its name for messages. */
export interface RulesText {
  readonly text: string;
  readonly place: string;
}

/** Weights and 0/1 masks that take the place of a network's own, layer by layer. */
export interface WeightsRequest {
  readonly weights: readonly TensorFile[];
  readonly masks: readonly TensorFile[];
  /** Without rules a layer takes the tensor of its own name, or that of its own tensor's name. */
  readonly rules?: RulesText;
}

/** An ONNX network and the inputs that run through it. */
export interface NetworkWorkload {
  readonly kind: "network";
  readonly name: string;
  /** ONNX bytes. */
  readonly model: Uint8Array;
  readonly readExternal?: ExternalDataReader;
  /** [samples, …input shape]; absent only for `inspect`, or with `syntheticInputsSeed`. */
  readonly inputs?: NumericArray;
  readonly syntheticInputsSeed?: number;
  readonly labels?: NumericArray;
  readonly calibration?: NumericArray;
  readonly weightsFrom?: WeightsRequest;
}

/** One integer matrix and its inputs, as they lie on the crossbars. */
export interface MatrixWorkload {
  readonly kind: "matrix";
  readonly name: string;
  /** [rows, cols] */
  readonly weights: NumericArray;
  /** The array is [cols, rows]: one row a filter, as MatrixMarket weight files have it. */
  readonly weightsTransposed?: boolean;
  /** [windows, rows]; absent only for `inspect`. */
  readonly activations?: NumericArray;
}

/** A network of the zoo: shapes as published, weights and inputs drawn (one image or sequence each of `samples`). */
export interface ZooWorkload {
  readonly kind: "zoo";
  /** Network and way of pruning, as `zooWorkload` names them. */
  readonly name: string;
  readonly variant: string;
  readonly seed: number;
  readonly weightsFrom?: WeightsRequest;
}

/** What is simulated. */
export type Workload = NetworkWorkload | MatrixWorkload | ZooWorkload;

/** One run: a workload, a configuration and what is asked for. The same request gives the same bytes at any thread count. */
export interface SimulateRequest {
  readonly workload: Workload | RecordedWorkload;
  readonly config: Config;
  /** Shown in the report: file name and content hash of the network. */
  readonly source: { readonly source: string; readonly sha256: string };
  readonly schemes: readonly Scheme[];
  readonly samples?: number;
  /** Patterns of the names of layers to simulate (`conv*`); absent: all. */
  readonly layers?: readonly string[];
  readonly seed: number;
  /** Windows per layer to execute bit-serially (evenly spread), "all", or 0 for no verification. */
  readonly verifyWindows: number | "all";
  /** Collect the integer accumulators of this scheme. */
  readonly outputsOf?: FunctionalScheme;
  /** Collect what a person wants to look at beside the counts: open rows of OUs, kept rows, busy CUs. */
  readonly collectDetail?: boolean;
}

/** A step that time is told of. */
export type Phase =
  | "load"
  | "generate"
  | "infer"
  | "quantise"
  | "map"
  | "compress"
  | "program"
  | "disturb"
  | "count"
  | "detail"
  | "verify"
  | "cost"
  | "report";

/** How far a call is. */
export interface Progress {
  /** What is being done, e.g. the layer's name. */
  readonly label: string;
  /** Work done so far and in all, in windows (weighted by matrix size). */
  readonly done: number;
  readonly total: number;
}

/** Integer accumulators of one layer, as the crossbars give them. */
export interface LayerOutputs {
  readonly layer: string;
  /** [windows, cols] (or [windows, matrices, cols] for depthwise). */
  readonly shape: readonly number[];
  readonly values: BigInt64Array;
}

/** The report of a run, what was collected beside it, and what it took. */
export interface SimulateResult {
  readonly report: Report;
  /** With labels only. */
  readonly predictions: Predictions | null;
  readonly outputs: readonly LayerOutputs[];
  /** One per layer of the report, null where it is left out; empty unless collected. */
  readonly keptRows: readonly (KeptRows | null)[];
  readonly phases_ms: Partial<Record<Phase, number>>;
  readonly backend: string;
}
