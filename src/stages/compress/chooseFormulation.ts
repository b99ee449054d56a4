import type { CountPlan, Formulation, SegmentTable } from "../../../bindings/kernels.ts";
import { countPlan } from "./countPlan.ts";

/** What is to be counted under a plan. */
export interface CountWork {
  readonly windowCount: number;
  readonly bits: number;
  readonly ouRows: number;
  readonly emptyPlaneCycles: number;
  readonly hasLanes: boolean;
}

export function chosenPlan(segments: SegmentTable, vectorCount: number, rowCount: number, work: CountWork): CountPlan {
  const by: Formulation = work.windowCount < 4 || !work.hasLanes ? "popcounts" : "slices";
  return countPlan(segments, vectorCount, rowCount, by);
}
