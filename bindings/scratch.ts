import * as abi from "../assembly/shared/abi.ts";
import type { BitPlanes, CountPlan, StreamTable, WindowSource } from "./kernels.ts";

// The arrays of a kernel's working memory that grow faster than its arguments, in bytes: a module adds them up in 32 bits.
// The others together stay below the room between these and what 32 bits address.

/** Table entries of one position: 16 codes of a byte a lane. */
const POSITION_BYTES = 16 * abi.TABLE_LANES;
/** Counters of one list, 16 bytes a bit: operations, and those of empty planes. */
const LIST_BYTES = 16 * 48;
/** Per entry and plane: where the OUs of a plane end, their rows as offsets and as a list. */
const ENTRY_PLANE_BYTES = 4 + 4 + 2;
/** Per OU of one plane: its record, its sums and codes (disturbedScratch.ts). */
const OU_BYTES = 32 + 4 + 32 * (4 + 2 + 2);
/** Per bitline: packed cells of the rows that offsets reach, as levels and as values. */
const BITLINE_BYTES = 4096 + 2048 * 4;

export function countNeed(source: WindowSource, bits: number, plans: readonly CountPlan[]): number {
  const planeBytes = (source.vectorCount * source.rowCount + 1) * bits * (abi.LANE_BYTES + 4);
  return plans.reduce((bytes, plan) => bytes + counterNeed(plan, bits), planeBytes);
}

function counterNeed(plan: CountPlan, bits: number): number {
  if (plan.by === "popcounts") return 0;
  if (plan.by === "slices") return plan.lists.listCount * LIST_BYTES;
  const { blocks } = plan.table;
  let positions = 0;
  for (let at = abi.BLOCK_POSITION_COUNT; at < blocks.length; at += abi.BLOCK_FIELDS)
    positions = Math.max(positions, blocks[at]!);
  return positions * (bits * abi.TABLE_LANES + POSITION_BYTES);
}

/** Of the products that read OU by OU. */
export function readNeed({ planeCount, wordCount }: BitPlanes, { records }: StreamTable, ouRows: number): number {
  let entries = 0;
  let bitlines = 0;
  for (let at = 0; at < records.length; at += abi.STREAM_FIELDS) {
    entries = Math.max(entries, records[at + abi.STREAM_ENTRY_COUNT]!);
    bitlines = Math.max(bitlines, records[at + abi.STREAM_BITLINE_COUNT]!);
  }
  const ouBytes = Math.ceil(entries / ouRows) * OU_BYTES;
  return entries * planeCount * ENTRY_PLANE_BYTES + ouBytes + bitlines * BITLINE_BYTES + wordCount * 2 * 128;
}
