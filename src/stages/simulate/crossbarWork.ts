import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { ceilDiv, sum } from "../../model/base/numbers.ts";
import type { CompressedLayer, OccupiedBitlines } from "../../model/ir/compressed.ts";
import type { Scheme } from "../../model/ir/report.ts";

/** Of one layer and scheme: OU operations and latency cycles over all windows (§7). */
export interface SchemeWork {
  readonly ouOps: number;
  readonly latencyCycles: number;
}

/** OU operations of each crossbar on some windows, for the schemes whose OUs depend on the activations. */
export interface DynamicWork {
  readonly dof: Float64Array;
  readonly orcDof: Float64Array;
}

/**
 * Cycles in which each crossbar opens an OU, over all windows. Exact where OUs do not depend on the activations; dynamic
 * schemes share their exact total as their crossbars do on the windows that `seen` covers.
 */
export function crossbarWork(
  layer: CompressedLayer,
  planeCount: number,
  totals: Readonly<Record<Scheme, SchemeWork>>,
  seen: DynamicWork,
  config: Config,
  kernels: BulkKernels,
): Record<Scheme, Float64Array> {
  const { rows, cols } = config.ou;
  const fixed = (perPlane: ArrayLike<number>): Float64Array => Float64Array.from(perPlane, (ous) => ous * planeCount);
  return {
    naive: fixed(kernels.countFixedOus(layer.denseSegments, rows)),
    recom: fixed(kernels.countFixedOus(layer.recomSegments, rows)),
    occ: fixed(occupiedOus(layer.occupied, cols)),
    orc: fixed(kernels.countFixedOus(layer.orcSegments, rows)),
    dof: shareOut(totals.dof, seen.dof),
    "orc-dof": shareOut(totals["orc-dof"], seen.orcDof),
    isaac: fixed(new Float64Array(layer.denseSegments.crossbarCount).fill(1)),
  };
}

/** OU operations of one plane on each crossbar as OU-column compression has them. */
function occupiedOus({ bitlineCounts, groupCounts }: OccupiedBitlines, ouCols: number): Float64Array {
  let at = 0;
  return Float64Array.from(groupCounts, (groupCount) => {
    let ous = 0;
    for (const end = at + groupCount; at < end; at++) ous += ceilDiv(bitlineCounts[at]!, ouCols);
    return ous;
  });
}

/** No crossbar works longer than its layer takes. */
function shareOut({ ouOps, latencyCycles }: SchemeWork, seen: Float64Array): Float64Array {
  const total = sum(seen);
  const part = (own: number): number => (total === 0 ? 1 / seen.length : own / total);
  return seen.map((own) => Math.min(latencyCycles, ouOps * part(own)));
}
