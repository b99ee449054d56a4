import { sum } from "../../model/base/numbers.ts";
import { SCHEMES } from "../../model/schemes/schemes.ts";
import type { Scheme } from "../../model/schemes/schemes.ts";
import { dynamicTotals } from "./schemeCounts.ts";
import type { SchemeOus } from "./schemeOus.ts";

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
  ousOf: Readonly<Record<Scheme, SchemeOus>>,
  planeCount: number,
  totals: Readonly<Record<Scheme, SchemeWork>>,
  seen: DynamicWork,
): Record<Scheme, Float64Array> {
  const entries = SCHEMES.map((scheme) => {
    const { ous } = ousOf[scheme];
    const work =
      ous === null
        ? shareOut(totals[scheme], dynamicTotals(scheme, seen))
        : Float64Array.from(ous.ouOpsByCrossbar, (ouOps) => ouOps * planeCount);
    return [scheme, work] as const;
  });
  return Object.fromEntries(entries) as Record<Scheme, Float64Array>;
}

/** No crossbar works longer than its layer takes. */
function shareOut({ ouOps, latencyCycles }: SchemeWork, seen: Float64Array): Float64Array {
  const total = sum(seen);
  const part = (own: number): number => (total === 0 ? 1 / seen.length : own / total);
  return seen.map((own) => Math.min(latencyCycles, ouOps * part(own)));
}
