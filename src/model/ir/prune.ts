import type { Run } from "../../../bindings/kernels.ts";
import type { MatrixLayer } from "./layer.ts";
import type { NetworkWorkload, SimulateRequest } from "./request.ts";

/**
 * What is removed together: nothing (to permute only); single weights; whole rows (kernel positions), whole columns (filters), or both as structured
 * sparsity learning leaves them; all but N of each M adjacent rows of a column; blocks; OU rows.
 */
export const PRUNE_METHODS = ["none", "magnitude", "ssl-rows", "ssl-cols", "ssl", "n:m", "block", "ou"] as const;
/** A way of pruning. */
export type PruneMethod = (typeof PRUNE_METHODS)[number];

/** How much is removed of which pieces. */
export interface PruneSpec {
  readonly method: PruneMethod;
  /** Share of zero weights afterwards, 0…1, of all layers together or (scope "layer") of each; not for "none". */
  readonly sparsity: number;
  readonly scope: "global" | "layer";
  /** Kept weights of each M adjacent rows of a column: for "n:m", whose sparsity is 1 - N/M. */
  readonly nOfM: readonly [n: number, m: number];
  /** For "block". */
  readonly block: { readonly rows: number; readonly cols: number };
}

/** A layer to be pruned. Nothing else of it matters. */
export interface PrunableLayer extends Pick<
  MatrixLayer,
  "name" | "groupCount" | "matrixRows" | "matrixCols" | "weights"
> {
  /** Columns that share an OU column group, in order. */
  readonly colGroups: readonly Run[];
  /** Its columns are the network's outputs: none may go as a whole. */
  readonly isOutput: boolean;
}

/** A network to prune: how, how much, and which layers. */
export interface PruneRequest extends Pick<SimulateRequest, "config" | "source"> {
  /** Inputs and labels, where given, measure accuracy before and after, and check a permutation. */
  readonly workload: NetworkWorkload;
  readonly spec: PruneSpec;
  /** Permute columns so that those which lose the same rows share an OU column group; the function stays. */
  readonly permute: boolean;
  /** Names of the layers to prune, `*` for any run of characters; default: all but depthwise ones. */
  readonly layers?: readonly string[];
  /** First n of the inputs. */
  readonly samples?: number;
}
