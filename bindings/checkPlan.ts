import * as abi from "../assembly/shared/abi.ts";
import {
  checkArray,
  checkChoice,
  checkCount,
  checkCounts,
  checkInteger,
  checkObject,
  checkRun,
  checkSegmentSizes,
  rangeError,
} from "./check.ts";
import type { CodeTable, CountPlan, CrossbarClasses, RowLists, WindowSource } from "./kernels.ts";

/** Arrays as long as their counts say; `index`: which plan of the call. */
export function checkPlanSizes(plan: CountPlan, source: WindowSource, index: number): void {
  const rowCount = source.vectorCount * source.rowCount;
  checkObject(`plans[${index}]`, plan);
  checkInteger("plans[#].rowCount", plan.rowCount, rowCount, rowCount, index);
  checkChoice(`plans[${index}].by`, plan.by, ["popcounts", "slices", "table"]);
  checkSegmentSizes(plan.segments);
  if (plan.by === "popcounts") return;
  const { lists } = plan;
  checkCounts(`plans[${index}].lists`, lists, "listCount");
  checkArray(`plans[${index}].lists`, lists.records, "Int32Array", lists.listCount * abi.LIST_FIELDS);
  if (plan.by === "table") return checkTableSizes(plan.table, index);
  const { classes } = plan;
  checkCounts(`plans[${index}].classes`, classes, "classCount");
  checkArray(`plans[${index}].classes`, classes.records, "Int32Array", classes.classCount * abi.CLASS_FIELDS);
  checkArray(`plans[${index}].members`, classes.members, "Int32Array");
}

/** What the kernels read must lie in the arrays. */
export function checkPlanContents(plan: CountPlan, index: number): void {
  if (plan.by === "popcounts") return;
  checkLists(plan.lists, plan.segments.masks, plan.rowCount, index);
  if (plan.by === "slices") checkClasses(plan.classes, plan.lists.listCount, index);
  else checkTable(plan.table, plan.rowCount, index);
}

/** Rows of the longest list. */
export function mostRowsOf({ records }: RowLists): number {
  let most = 0;
  for (let at = abi.LIST_ROW_COUNT; at < records.length; at += abi.LIST_FIELDS) most = Math.max(most, records[at]!);
  return most;
}

function checkLists({ records }: RowLists, masks: Uint32Array, rowCount: number, index: number): void {
  for (let at = 0; at < records.length; at += abi.LIST_FIELDS) {
    const mask = { start: records[at + abi.LIST_MASK_START]!, count: records[at + abi.LIST_WORD_COUNT]! };
    checkRun("plans[#].lists.mask", mask, masks.length, index);
    const { bitCount, end } = bitsOf(masks.subarray(mask.start, mask.start + mask.count));
    checkInteger("plans[#].lists.rowCount", records[at + abi.LIST_ROW_COUNT]!, bitCount, bitCount, index);
    checkInteger("plans[#].lists.rowCount", bitCount, 1, rowCount, index);
    checkInteger("plans[#].lists.firstRow", records[at + abi.LIST_FIRST_ROW]!, 0, rowCount - end, index);
  }
}

/** Ones of a mask, and the bit after the last one. */
function bitsOf(mask: Uint32Array): { bitCount: number; end: number } {
  let bitCount = 0;
  let end = 0;
  for (let w = 0; w < mask.length; w++) {
    const word = mask[w]!;
    if (word !== 0) end = (w + 1) * abi.WORD_BITS - Math.clz32(word);
    const pairs = word - ((word >>> 1) & 0x55555555);
    const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    bitCount += Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return { bitCount, end };
}

function checkClasses({ records, members }: CrossbarClasses, listCount: number, index: number): void {
  if (members.length % abi.MEMBER_FIELDS !== 0)
    throw rangeError(`plans[${index}].members`, "two elements a member", members.length);
  for (let at = 0; at < records.length; at += abi.CLASS_FIELDS) {
    const run = { start: records[at + abi.CLASS_MEMBER_START]!, count: records[at + abi.CLASS_MEMBER_COUNT]! };
    checkRun("plans[#].classes", run, members.length / abi.MEMBER_FIELDS, index);
  }
  for (let at = 0; at < members.length; at += abi.MEMBER_FIELDS) {
    checkInteger("plans[#].members", members[at + abi.MEMBER_LIST]!, 0, listCount - 1, index);
    checkCount("plans[#].members.multiplicity", members[at + abi.MEMBER_MULTIPLICITY]!, index);
  }
}

function checkTableSizes(table: CodeTable, index: number): void {
  const place = `plans[${index}].table`;
  checkCounts(place, table, "blockCount");
  const { blocks, blockCount, positions } = table;
  checkArray(`${place}.blocks`, blocks, "Int32Array", blockCount * abi.BLOCK_FIELDS);
  checkArray(`${place}.positions`, positions, "Uint32Array");
  let positionEnd = 0;
  let tileCount = 0;
  let codeCount = 0;
  for (let at = 0; at < blocks.length; at += abi.BLOCK_FIELDS) {
    const run = { start: positionEnd, count: blocks[at + abi.BLOCK_POSITION_COUNT]! };
    checkRun("plans[#].table.positions", run, positions.length, index);
    if (run.count === 0 || run.count % abi.CODE_STEP !== 0)
      throw rangeError(`${place}.blocks`, `multiples of ${abi.CODE_STEP}`, run.count);
    positionEnd += run.count;
    checkCount("plans[#].table.tiles", blocks[at + abi.BLOCK_TILE_COUNT]!, index);
    tileCount += blocks[at + abi.BLOCK_TILE_COUNT]!;
    codeCount += blocks[at + abi.BLOCK_TILE_COUNT]! * run.count * abi.TABLE_LANES;
  }
  checkArray(`${place}.laneCodes`, table.laneCodes, "Uint8Array", codeCount);
  checkArray(`${place}.laneBitlines`, table.laneBitlines, "Uint32Array", tileCount * abi.TABLE_LANES);
  checkArray(`${place}.crossbarEnds`, table.crossbarEnds, "Uint16Array", tileCount);
}

function checkTable({ blocks, positions }: CodeTable, rowCount: number, index: number): void {
  let end = 0;
  for (let at = 0; at < blocks.length; at += abi.BLOCK_FIELDS) {
    const start = end;
    end += blocks[at + abi.BLOCK_POSITION_COUNT]!;
    let previous = 0;
    for (let i = start; i < end; i++) {
      checkInteger("plans[#].table.positions", positions[i]!, previous, rowCount, index);
      previous = positions[i]!;
    }
  }
}
