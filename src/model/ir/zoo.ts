import type { LayerGeometry, MatrixLayer } from "./layer.ts";

/** One matrix layer of a zoo network: shapes only. */
export interface ZooLayer {
  readonly name: string;
  readonly op: MatrixLayer["op"];
  readonly geometry: LayerGeometry;
  /** Matrices of the layer, each [matrixRows, matrixCols]. */
  readonly groupCount: number;
  readonly matrixRows: number;
  readonly matrixCols: number;
  /** Its input for one sample: [1, channels, height, width], or [1, …, matrixRows] of a fully connected layer. */
  readonly inputShape: readonly number[];
  /** Windows of one sample. */
  readonly windowCount: number;
}

/** Published zeros of a layer's weights; every ratio 0…1. */
export interface LayerSparsity {
  /** Zero elements of the whole layer, those of zero rows and columns included. */
  readonly zeroRatio: number;
  /** Zero kernel positions (matrix rows), one ratio per group; absent: none. */
  readonly zeroRowRatios?: readonly number[];
  /** Zero filters (matrix columns) of the whole layer. */
  readonly zeroColRatio?: number;
}

/**
 * What feeds a layer: pixels of a smooth image; values after a rectifier (never negative, `density` of them not zero);
 * or values of both signs.
 */
export interface InputTraits {
  readonly kind: "image" | "rectified" | "signed";
  /** Non-zero values, 0…1. */
  readonly density: number;
}

/** One way in which a network was pruned. */
export interface ZooVariant {
  readonly name: string;
  /** Where the sparsities were published. */
  readonly source: string;
  /** By layer name; a layer that is not named is dense. */
  readonly sparsity: Readonly<Record<string, LayerSparsity>>;
}

export interface ZooNetwork {
  readonly name: string;
  /** What it is, and where its shapes come from. */
  readonly text: string;
  readonly layers: readonly ZooLayer[];
  /** By layer, in order. */
  readonly inputs: readonly InputTraits[];
  readonly inputSource: string;
  /** The first one is the default. */
  readonly variants: readonly [ZooVariant, ...ZooVariant[]];
}

/** A network of the zoo, pruned in one of its ways. */
export interface ZooChoice {
  readonly network: ZooNetwork;
  readonly variant: ZooVariant;
}
