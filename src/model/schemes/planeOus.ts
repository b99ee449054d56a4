import type { BulkKernels, SegmentTable } from "../../../bindings/kernels.ts";
import {
  SEGMENT_BITLINES,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_WORD_COUNT,
} from "../../../assembly/shared/abi.ts";
import { countBits } from "../base/bits.ts";
import { ceilDiv } from "../base/numbers.ts";
import type { OccupiedBitlines } from "../ir/compressed.ts";
import type { PlaneOus } from "./rule.ts";

/** Rows taken H at a time, open or not (`naive`, `recom`, `orc`, §7). */
export function countFixedRows(segments: SegmentTable, ouRows: number, kernels: BulkKernels): PlaneOus {
  const events = { adcConversions: 0, dacRows: 0, cellReads: 0 };
  eachSegment(segments, (rows, groups, bitlines) => {
    events.adcConversions += bitlines * ceilDiv(rows, ouRows);
    events.dacRows += groups * rows;
    events.cellReads += bitlines * rows;
  });
  return { ouOpsByCrossbar: kernels.countFixedOus(segments, ouRows), ...events };
}

/** Bitlines taken L at a time in each OU row group (`occ`, §7). */
export function countFixedBitlines(
  { bitlineCounts, rowCounts, groupCounts }: OccupiedBitlines,
  ouCols: number,
): PlaneOus {
  const events = { adcConversions: 0, dacRows: 0, cellReads: 0 };
  let at = 0;
  const ouOpsByCrossbar = Float64Array.from(groupCounts, (groupCount) => {
    let crossbarOps = 0;
    for (const end = at + groupCount; at < end; at++) {
      const bitlines = bitlineCounts[at]!;
      const rows = rowCounts[at]!;
      const ouOps = ceilDiv(bitlines, ouCols);
      crossbarOps += ouOps;
      events.adcConversions += bitlines;
      events.dacRows += rows * ouOps;
      events.cellReads += rows * bitlines;
    }
    return crossbarOps;
  });
  return { ouOpsByCrossbar, ...events };
}

/** Each crossbar at once: one operation over all its used rows and bitlines (`isaac`, §7). */
export function countWholeCrossbars(dense: SegmentTable): PlaneOus {
  const events = { adcConversions: 0, dacRows: 0, cellReads: 0 };
  eachSegment(dense, (rows, _groups, bitlines) => {
    events.adcConversions += bitlines;
    events.dacRows += rows;
    events.cellReads += rows * bitlines;
  });
  return { ouOpsByCrossbar: new Float64Array(dense.crossbarCount).fill(1), ...events };
}

/** Rows of all crossbars, once for each OU column group of theirs: each takes them by itself. */
export function countGroupRows(segments: SegmentTable): number {
  let rowCount = 0;
  eachSegment(segments, (rows, groups) => (rowCount += groups * rows));
  return rowCount;
}

/** Rows of all crossbars, once for each crossbar. */
export function countRows(segments: SegmentTable): number {
  let rowCount = 0;
  eachSegment(segments, (rows) => (rowCount += rows));
  return rowCount;
}

function eachSegment(
  { records, masks, segmentCount }: SegmentTable,
  visit: (rowCount: number, groupCount: number, bitlineCount: number) => void,
): void {
  for (let index = 0; index < segmentCount; index++) {
    const at = index * SEGMENT_FIELDS;
    const maskStart = records[at + SEGMENT_MASK_START]!;
    const mask = masks.subarray(maskStart, maskStart + records[at + SEGMENT_WORD_COUNT]!);
    visit(countBits(mask), records[at + SEGMENT_MULTIPLICITY]!, records[at + SEGMENT_BITLINES]!);
  }
}
