import type { CountPlan, Formulation, SegmentTable } from "../../../bindings/kernels.ts";
import { codeTable, rowBlocks } from "./codeTable.ts";
import { laneCosts, popcountCost_ns, searchCost_ns } from "./countCosts.ts";
import type { CountWork } from "./countCosts.ts";
import { crossbarClasses } from "./crossbarClasses.ts";
import { rowSets } from "./rowSets.ts";
import type { RowSets } from "./rowSets.ts";

/**
 * Plan of a segment table for windows of `vectorCount` vectors of `rowCount` rows, counted in the way that takes the least
 * time (countCosts.ts): the totals are the same. Chosen for a plan as a whole: what tells the ways apart, windows and density,
 * is nearly the same in all row blocks of a layer.
 */
export function chosenPlan(segments: SegmentTable, vectorCount: number, rowCount: number, work: CountWork): CountPlan {
  const popcounts = popcountCost_ns(segments, vectorCount * rowCount, work);
  const search = searchCost_ns(segments, vectorCount * rowCount, work);
  if (!work.hasLanes || popcounts <= search) return countPlan(segments, vectorCount, rowCount, "popcounts");
  const sets = rowSets(segments, rowCount);
  const blocks = rowBlocks(segments, sets.listOf, rowCount);
  const costs = { popcounts, ...laneCosts(sets.lists, segments, blocks, vectorCount * rowCount, work) };
  const ways: readonly Formulation[] = ["slices", "table", "popcounts"];
  const by = ways.reduce((best, way) => (costs[way] < costs[best] ? way : best));
  return countPlan(segments, vectorCount, rowCount, by, sets);
}

/**
 * Plan that is counted as told; `sets`: its lists, where they are known.
 * @throws RangeError when it shall be counted by table and a crossbar's segments span different rows.
 */
export function countPlan(
  segments: SegmentTable,
  vectorCount: number,
  rowCount: number,
  by: Formulation,
  sets?: RowSets,
): CountPlan {
  const base = { segments, rowCount: vectorCount * rowCount };
  if (by === "popcounts") return { ...base, by };
  const { lists, listOf } = sets ?? rowSets(segments, rowCount);
  if (by === "slices") return { ...base, by, lists, classes: crossbarClasses(segments, listOf) };
  const blocks = rowBlocks(segments, listOf, rowCount);
  if (blocks === null) throw new RangeError("countPlan: expected crossbars of one row span each for a code table");
  return { ...base, by, lists, table: codeTable(segments, blocks, base.rowCount) };
}
