/** A dense tensor, memory order row-major over `shape`. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Two-dimensional convolution; a one-dimensional one has height 1. `pads` in input pixels, after auto_pad is resolved. */
export interface ConvGeometry {
  readonly kind: "conv";
  readonly channelCount: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** ONNX auto_pad; with "NOTSET" the `pads` hold. SAME_* are resolved per input size. */
  readonly autoPad: "NOTSET" | "VALID" | "SAME_UPPER" | "SAME_LOWER";
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly groupCount: number;
}

/** Fully connected: the last axis of the input is the row axis, every other one counts windows. */
export interface DenseGeometry {
  readonly kind: "dense";
}

export type LayerGeometry = ConvGeometry | DenseGeometry;

/**
 * One Conv, Gemm or MatMul as `groupCount` matrices (§2): K = `matrixRows` rows in order (channel, kernel row, kernel
 * column), N = `matrixCols` columns.
 */
export interface MatrixLayer {
  readonly name: string;
  readonly op: "Conv" | "Gemm" | "MatMul";
  readonly geometry: LayerGeometry;
  readonly groupCount: number;
  readonly matrixRows: number;
  readonly matrixCols: number;
  /** Memory order [group][row][col]; batch normalisation folded in where asked for. */
  readonly weights: Float32Array;
  /** Per output channel (group-major), or null. */
  readonly bias: Float32Array | null;
  /** Tensor that feeds the crossbars, and the one that they produce. */
  readonly inputTensor: string;
  readonly outputTensor: string;
  /** Absent where the weights came from no file. */
  readonly source?: WeightSource;
  /** Of a quantised network: `weights` are these integers times their scale. */
  readonly integers?: IntegerWeights;
  /** Step of a quantised network's input: its values are whole multiples. */
  readonly inputScale?: number;
}

/** Weights that are integers in the file and stay so on the crossbars. */
export interface IntegerWeights {
  /** Memory order [group][row][col]. */
  readonly values: Int16Array;
  /** One for all, or one a column (group-major). */
  readonly scales: Float32Array;
}

/** Where the weights of a layer stand in its file. */
export interface WeightSource {
  /** Tensor of the weights, and of the bias where there is one. */
  readonly tensor: string;
  readonly bias: string | null;
  readonly shape: readonly number[];
  /** Memory order: "filters" [group][col][row], as Conv and transposed Gemm have it, or "rows" [row][col]. */
  readonly order: "filters" | "rows";
}

/** A node that was left out of the simulation, and why. */
export interface SkippedNode {
  readonly name: string;
  readonly op: string;
  readonly reason: string;
}

/** A graph input that the user feeds: dimension null = symbolic. */
export interface NetworkInput {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}
