import type { FloatTensor, MatrixLayer, NetworkInput, SkippedNode } from "./layer.ts";

/** Integer engine of one matrix layer in the quantised network: real input tensor → real output tensor (with bias). */
export type MatrixEvaluator = (layer: MatrixLayer, input: FloatTensor) => FloatTensor | Promise<FloatTensor>;

/** An imported network: its matrix layers, and inference of everything around them. */
export interface Network {
  readonly name: string;
  readonly input: NetworkInput;
  readonly layers: readonly MatrixLayer[];
  readonly skipped: readonly SkippedNode[];

  /** Float inference: every matrix layer's input tensor by tensor name, and the graph's first output. */
  infer(batch: FloatTensor): Promise<{ activations: ReadonlyMap<string, FloatTensor>; output: FloatTensor }>;

  /** The network with its matrix layers replaced by `evaluate`; digital operators in float. Returns the first output. */
  inferWith(batch: FloatTensor, evaluate: MatrixEvaluator): Promise<FloatTensor>;

  dispose(): Promise<void>;
}

/** Reads part of a model's external data file; `location` is relative to the model and already checked. */
export type ExternalDataReader = (location: string, offset: number, byteCount: number | null) => Promise<Uint8Array>;
