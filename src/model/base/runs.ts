import type { Run } from "../../../bindings/kernels.ts";

/** Cuts `total` indices from `offset` on into runs of `step`; the last one may be shorter. */
export function cutIntoRuns(total: number, step: number, offset = 0): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < total; start += step) {
    runs.push({ start: offset + start, count: Math.min(step, total - start) });
  }
  return runs;
}
