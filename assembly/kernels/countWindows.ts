import { align, field } from "../bits/record";
import {
  COUNT_BITS,
  COUNT_PLANS,
  COUNT_PLAN_COUNT,
  COUNT_SCRATCH,
  COUNT_SOURCE,
  COUNT_WINDOW_COUNT,
  COUNT_WINDOW_START,
  PLAN_FIELDS,
  PLAN_HAS_TABLE,
  TABLE_LANES,
} from "../shared/abi";
import { addOpenRows } from "./planTotals";
import { countSlicedTile, layOutSliceCounter, SliceCounter } from "./sliceCounter";
import { countTableTile, layOutTableCounter, TableCounter } from "./tableCounter";
import { fillPlanes, layOutPlanes, TilePlanes, tileLanes } from "./tilePlanes";

/** Bytes that countWindows needs at COUNT_SCRATCH. */
export function countScratchBytes(job: usize): usize {
  return layOut(0, job);
}

/** Adds the totals of a run of windows to every plan of a job (abi.ts). */
export function countWindows(job: usize): void {
  if (!ASC_FEATURE_SIMD) return;
  const source = <usize>field(job, COUNT_SOURCE);
  const scratch = <usize>field(job, COUNT_SCRATCH);
  const end = field(job, COUNT_WINDOW_START) + field(job, COUNT_WINDOW_COUNT);
  const planCount = field(job, COUNT_PLAN_COUNT);
  layOut(scratch, job);
  const planes = changetype<TilePlanes>(scratch + headerBytes(job));
  let needsAllLanes = false;
  for (let i = 0; i < planCount; i++) if (field(planAt(job, i), PLAN_HAS_TABLE)) needsAllLanes = true;
  for (let start = field(job, COUNT_WINDOW_START); start < end; ) {
    const laneCount = needsAllLanes ? TABLE_LANES : tileLanes(end - start);
    const windowCount = min(end - start, laneCount);
    fillPlanes(planes, source, start, windowCount, laneCount);
    for (let i = 0; i < planCount; i++) {
      const counter = <usize>load<u32>(scratch + (<usize>i << 2));
      if (field(planAt(job, i), PLAN_HAS_TABLE)) countTableTile(changetype<TableCounter>(counter), planes);
      else countSlicedTile(changetype<SliceCounter>(counter), planes);
    }
    start += windowCount;
  }
  for (let i = 0; i < planCount; i++) {
    const plan = planAt(job, i);
    let starts: usize = 0;
    if (!field(plan, PLAN_HAS_TABLE)) {
      starts = changetype<SliceCounter>(<usize>load<u32>(scratch + (<usize>i << 2))).starts;
    }
    addOpenRows(plan, planes, field(job, COUNT_WINDOW_COUNT), starts);
  }
}

/** Scratch: u32 address of each plan's counter, the planes of a tile, the counters; at base 0 only measures. */
function layOut(base: usize, job: usize): usize {
  const isReal = base != 0;
  const source = <usize>field(job, COUNT_SOURCE);
  let at = layOutPlanes(base + headerBytes(job), isReal, source, field(job, COUNT_BITS));
  for (let i = 0; i < field(job, COUNT_PLAN_COUNT); i++) {
    const plan = planAt(job, i);
    const counter = align(at);
    if (isReal) store<u32>(base + (<usize>i << 2), <u32>counter);
    if (field(plan, PLAN_HAS_TABLE)) at = layOutTableCounter(counter, isReal, job, plan);
    else at = layOutSliceCounter(counter, isReal, job, plan);
  }
  return at;
}

function headerBytes(job: usize): usize {
  return align(<usize>field(job, COUNT_PLAN_COUNT) << 2);
}

function planAt(job: usize, index: i32): usize {
  return <usize>field(job, COUNT_PLANS) + ((<usize>index * PLAN_FIELDS) << 2);
}
