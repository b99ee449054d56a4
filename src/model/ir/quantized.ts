import type { WeightMatrix } from "../../../bindings/kernels.ts";
import type { LayerGeometry } from "./layer.ts";

export type { ConvWindows, WindowSource } from "../../../bindings/kernels.ts";

/** One report entry (§2, §3) without its weights: what stays once they are compressed. */
export interface LayerOutline {
  readonly name: string;
  readonly op: string;
  /** Which group of a grouped convolution; "all" when the entry merges them. */
  readonly group: number | "all";
  /** One per merged group, all of the same shape. */
  readonly matrices: readonly MatrixShape[];
  /** Step of the weights; where each column has its own, the largest. */
  readonly weightScale: number;
  /** Step of each column, matrix after matrix; absent where all have `weightScale`. */
  readonly columnScales?: Float32Array;
  readonly activations: ActivationFormat;
  /** First input channel of this entry (convolutions), and how its rows are read from the input. */
  readonly firstChannel: number;
  readonly geometry: LayerGeometry;
  /** Tensor that it reads; "" for a matrix workload. */
  readonly inputTensor: string;
}

export type MatrixShape = Omit<WeightMatrix, "values">;

/** Integer matrices of one report entry: one matrix, or all matrices of a depthwise convolution side by side. */
export interface QuantizedLayer extends LayerOutline {
  readonly matrices: readonly WeightMatrix[];
}

/** Number format of a layer's input (§3). */
export interface ActivationFormat {
  readonly bits: number;
  readonly signed: boolean;
  readonly scale: number;
}

/**
 * A layer's input as codes (the low `bits` bits of each integer), whole tensor, memory order row-major over `shape`:
 * [samples, channels, height, width] for a convolution, [windows, rows] for a fully connected layer.
 */
export interface CodeTensor {
  readonly codes: Uint16Array;
  readonly shape: readonly number[];
}
