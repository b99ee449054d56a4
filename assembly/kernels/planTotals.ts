import { field } from "../bits/record";
import {
  LANE_BYTES,
  LIST_BITLINES,
  LIST_FIELDS,
  LIST_FIRST_ROW,
  LIST_GROUPS,
  LIST_MASK_START,
  LIST_ROW_COUNT,
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

/**
 * What is the same by slices and by table: open rows, and the planes of all windows, from which those that open a row go.
 * `starts`: where the offsets of each list lie, u32, or 0 when the plan has none.
 */
export function addOpenRows(plan: usize, planes: TilePlanes, windowCount: i32, starts: usize): void {
  const masks = <usize>field(plan, PLAN_MASKS);
  let openRows: u64 = 0;
  let cellReads: u64 = 0;
  let groups: u64 = 0;
  for (let i = 0; i < field(plan, PLAN_LIST_COUNT); i++) {
    const list = listAt(plan, i);
    let open: u64;
    if (starts != 0) {
      open = sumAtOffsets(<usize>load<u32>(starts + (<usize>i << 2)), field(list, LIST_ROW_COUNT), planes.openCounts);
    } else {
      const counts = planes.openCounts + (<usize>field(list, LIST_FIRST_ROW) << 2);
      open = sumAtBits(masks + (<usize>field(list, LIST_MASK_START) << 2), field(list, LIST_WORD_COUNT), counts);
    }
    openRows += open * <u64>field(list, LIST_GROUPS);
    cellReads += open * <u64>field(list, LIST_BITLINES);
    groups += <u64>field(list, LIST_GROUPS);
  }
  addTotal(plan, TOTAL_OPEN_ROWS, <f64>openRows);
  addTotal(plan, TOTAL_CELL_READS, <f64>cellReads);
  addTotal(plan, TOTAL_EMPTY_PLANES, <f64>(groups * <u64>windowCount * <u64>planes.bits));
}

/** Open bits of the rows at some offsets. */
function sumAtOffsets(offsets: usize, rowCount: i32, counts: usize): u64 {
  let sum: u64 = 0;
  for (const end = offsets + (<usize>rowCount << 2); offsets < end; offsets += 4) {
    sum += <u64>load<u32>(counts + ((<usize>load<u32>(offsets) / LANE_BYTES) << 2));
  }
  return sum;
}

/** Open bits of the rows of a mask; `counts`: of the row of its bit 0. */
function sumAtBits(mask: usize, wordCount: i32, counts: usize): u64 {
  let sum: u64 = 0;
  for (const end = mask + (<usize>wordCount << 2); mask < end; mask += 4) {
    for (let word = load<u32>(mask); word != 0; word &= word - 1) {
      sum += <u64>load<u32>(counts + (<usize>ctz(word) << 2));
    }
    counts += 32 << 2;
  }
  return sum;
}

export function listAt(plan: usize, index: i32): usize {
  return <usize>field(plan, PLAN_LISTS) + <usize>index * (LIST_FIELDS << 2);
}
