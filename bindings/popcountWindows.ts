import type { BulkKernels, CountPlan, OuTotals, Run, WindowSource } from "./kernels.ts";

/** Codes that are gathered at a time: bounds memory. */
const GATHERED_CODES = 1 << 20;

export type Popcounting = Pick<BulkKernels, "gatherWindows" | "packBitPlanes" | "countOuCycles">;

/** countWindows by its definition: gather, cut into bit-planes, count each segment's open rows. */
export function countWindowsByPopcount(
  kernels: Popcounting,
  source: WindowSource,
  windows: Run,
  bits: number,
  plans: readonly CountPlan[],
  ouRows: number,
  emptyPlaneCycles: number,
): OuTotals[] {
  const totals: OuTotals[] = plans.map(() => ({
    ouOps: 0,
    latencyCycles: 0,
    adcConversions: 0,
    openRows: 0,
    cellReads: 0,
    emptyPlanes: 0,
  }));
  const { vectorCount, rowCount } = source;
  const step = Math.max(1, Math.floor(GATHERED_CODES / Math.max(1, vectorCount * rowCount)));
  const end = windows.start + windows.count;
  for (let start = windows.start; start < end; start += step) {
    const windowCount = Math.min(step, end - start);
    const codes = kernels.gatherWindows(
      source,
      Uint32Array.from({ length: windowCount }, (_, i) => start + i),
    );
    const planes = kernels.packBitPlanes(codes, { windowCount, vectorCount, rowCount, bits });
    plans.forEach(({ segments }, i) => {
      const part = kernels.countOuCycles(planes, segments, ouRows, emptyPlaneCycles);
      for (const field of Object.keys(part) as (keyof OuTotals)[]) totals[i]![field] += part[field];
    });
  }
  return totals;
}
