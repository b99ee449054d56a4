import type { Kernels, WeightMatrix, ZeroCounts } from "../../../bindings/kernels.ts";
import type { Config } from "../arch/config.ts";
import type { CompressedLayer } from "../ir/compressed.ts";
import type { Placement } from "../ir/placement.ts";

/** How crossbars are filled (§5): with every row and column, without those that are zero over the whole matrix, with kept rows. */
export const PLACEMENTS = ["dense", "recom", "orc"] as const;
export type PlacementName = (typeof PLACEMENTS)[number];

/** A layer as its weights are: what a scheme decides from before any input is seen. */
export interface SchemeLayer {
  /** One, but for depthwise layers. */
  readonly matrices: readonly WeightMatrix[];
  /** Dense placement, which all matrices share. */
  readonly placement: Placement;
  readonly compressed: CompressedLayer;
  /** Of all matrices together. */
  readonly zeros: ZeroCounts;
  readonly config: Config;
  readonly kernels: Kernels;
}

/** OU work of one bit-plane of one window, the same for every plane and window. */
export interface PlaneOus {
  readonly ouOpsByCrossbar: ArrayLike<number>;
  /** Over all crossbars: bitlines converted, rows driven, cells read. */
  readonly adcConversions: number;
  readonly dacRows: number;
  readonly cellReads: number;
}

/** What a scheme does beside its OUs, for one window; what is left out is none of it, or all rows. */
export interface SchemeExtras {
  /** Values that reach the crossbars. */
  readonly inputValues?: number;
  readonly indexReadBits?: number;
  readonly runningSums?: number;
  /** For each of the window's bit-planes. */
  readonly wordlineGeneratorRows?: number;
}

interface SchemeFacts {
  readonly placement: PlacementName;
  /** What is opened at a time: an OU, or the whole crossbar in ISAAC's step. */
  readonly step: "ou" | "crossbar";
  /** Default: none. */
  extras?(layer: SchemeLayer): SchemeExtras;
}

/** OUs that do not depend on the activations. */
export interface FixedRule extends SchemeFacts {
  readonly formation: "fixed";
  ous(layer: SchemeLayer): PlaneOus;
  /** Rows that `--verify` takes, H at a time; left out where the scheme is counted only. */
  readonly streams?: "dense" | "orc";
}

/** Dynamic OU formation: of the rows of a placement those whose input bit is 1, H at a time. */
export interface DynamicRule extends SchemeFacts {
  readonly formation: "dynamic";
  readonly streams: "dense" | "orc";
}

/** A way to open rows (§7): everything that counting, pricing and telling of it need to know. */
export type SchemeRule = FixedRule | DynamicRule;
