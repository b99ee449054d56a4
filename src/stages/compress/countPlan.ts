import type { CountPlan, Formulation, SegmentTable } from "../../../bindings/kernels.ts";
import { codeTable, rowBlocks } from "./codeTable.ts";
import { crossbarClasses } from "./crossbarClasses.ts";
import { rowSets } from "./rowSets.ts";

/**
 * Plan of a segment table for windows of `vectorCount` vectors of `rowCount` rows, counted as told.
 * @throws RangeError when it shall be counted by table and a crossbar's segments span different rows.
 */
export function countPlan(segments: SegmentTable, vectorCount: number, rowCount: number, by: Formulation): CountPlan {
  const base = { segments, rowCount: vectorCount * rowCount };
  if (by === "popcounts") return { ...base, by };
  const { lists, listOf } = rowSets(segments, rowCount);
  if (by === "slices") return { ...base, by, lists, classes: crossbarClasses(segments, listOf) };
  const blocks = rowBlocks(segments, listOf, rowCount);
  if (blocks === null) throw new RangeError("countPlan: expected crossbars of one row span each for a code table");
  return { ...base, by, lists, table: codeTable(segments, blocks, base.rowCount) };
}
