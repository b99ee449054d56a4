import { field } from "../bits/record";
import {
  LIST_BITLINES,
  LIST_FIELDS,
  LIST_FIRST_ROW,
  LIST_GROUPS,
  LIST_MASK_START,
  LIST_WORD_COUNT,
  PLAN_LISTS,
  PLAN_LIST_COUNT,
  PLAN_MASKS,
  PLAN_TOTALS,
  TOTAL_CELL_READS,
  TOTAL_EMPTY_PLANES,
  TOTAL_OPEN_ROWS,
} from "../shared/abi";
import { TilePlanes } from "./tilePlanes";

/** Whole numbers below 2^53. */
export function addTotal(plan: usize, index: i32, value: f64): void {
  const at = <usize>field(plan, PLAN_TOTALS) + (<usize>index << 3);
  store<f64>(at, load<f64>(at) + value);
}

/** What is the same by slices and by table: open rows, and the planes of all windows, from which those that open a row go. */
export function addOpenRows(plan: usize, planes: TilePlanes, windowCount: i32): void {
  const masks = <usize>field(plan, PLAN_MASKS);
  let openRows: u64 = 0;
  let cellReads: u64 = 0;
  let groups: u64 = 0;
  for (let i = 0; i < field(plan, PLAN_LIST_COUNT); i++) {
    const list = listAt(plan, i);
    const mask = masks + (<usize>field(list, LIST_MASK_START) << 2);
    const counts = planes.openCounts + (<usize>field(list, LIST_FIRST_ROW) << 2);
    const open = sumOpen(mask, field(list, LIST_WORD_COUNT), counts);
    openRows += open * <u64>field(list, LIST_GROUPS);
    cellReads += open * <u64>field(list, LIST_BITLINES);
    groups += <u64>field(list, LIST_GROUPS);
  }
  addTotal(plan, TOTAL_OPEN_ROWS, <f64>openRows);
  addTotal(plan, TOTAL_CELL_READS, <f64>cellReads);
  addTotal(plan, TOTAL_EMPTY_PLANES, <f64>(groups * <u64>windowCount * <u64>planes.bits));
}

/** Open bits of all rows of a mask; `counts`: of the row of its bit 0. */
function sumOpen(mask: usize, wordCount: i32, counts: usize): u64 {
  let sum: u64 = 0;
  for (let w = 0; w < wordCount; w++) {
    for (let word = load<u32>(mask + (<usize>w << 2)); word != 0; word &= word - 1) {
      sum += <u64>load<u32>(counts + (<usize>ctz(word) << 2));
    }
    counts += 32 << 2;
  }
  return sum;
}

export function listAt(plan: usize, index: i32): usize {
  return <usize>field(plan, PLAN_LISTS) + <usize>index * (LIST_FIELDS << 2);
}
