import type { BulkKernels, SegmentTable } from "../../../bindings/kernels.ts";
import {
  SEGMENT_BITLINES,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_WORD_COUNT,
} from "../../../assembly/shared/abi.ts";
import { countBits } from "../../model/base/bits.ts";
import { ceilDiv, sum } from "../../model/base/numbers.ts";
import type { OccupiedBitlines } from "../../model/ir/compressed.ts";

/** OU work of one plane of one window, the same for every plane and window. */
export interface FixedOus {
  readonly ouOps: number;
  /** OU operations of the busiest crossbar. */
  readonly busiest: number;
  readonly adcConversions: number;
  readonly dacRows: number;
  readonly cellReads: number;
}

/** Rows taken H at a time, open or not (`naive`, `recom`, `orc`, §7). */
export function countFixedRows(segments: SegmentTable, ouRows: number, kernels: BulkKernels): FixedOus {
  const events = { adcConversions: 0, dacRows: 0, cellReads: 0 };
  eachSegment(segments, (rows, groups, bitlines) => {
    events.adcConversions += bitlines * ceilDiv(rows, ouRows);
    events.dacRows += groups * rows;
    events.cellReads += bitlines * rows;
  });
  return { ...perCrossbar(kernels.countFixedOus(segments, ouRows)), ...events };
}

/** Bitlines taken L at a time in each OU row group (`occ`, §7). */
export function countFixedBitlines(
  { bitlineCounts, rowCounts, groupCounts }: OccupiedBitlines,
  ouCols: number,
): FixedOus {
  const ous = { ouOps: 0, busiest: 0, adcConversions: 0, dacRows: 0, cellReads: 0 };
  let at = 0;
  for (const groupCount of groupCounts) {
    let crossbarOps = 0;
    for (const end = at + groupCount; at < end; at++) {
      const bitlines = bitlineCounts[at]!;
      const rows = rowCounts[at]!;
      const ouOps = ceilDiv(bitlines, ouCols);
      crossbarOps += ouOps;
      ous.adcConversions += bitlines;
      ous.dacRows += rows * ouOps;
      ous.cellReads += rows * bitlines;
    }
    ous.ouOps += crossbarOps;
    ous.busiest = Math.max(ous.busiest, crossbarOps);
  }
  return ous;
}

/** Each crossbar at once: one operation over all its used rows and bitlines (`isaac`, §7). */
export function countWholeCrossbars(dense: SegmentTable): FixedOus {
  const ous = {
    ouOps: dense.crossbarCount,
    busiest: Math.min(1, dense.crossbarCount),
    adcConversions: 0,
    dacRows: 0,
    cellReads: 0,
  };
  eachSegment(dense, (rows, _groups, bitlines) => {
    ous.adcConversions += bitlines;
    ous.dacRows += rows;
    ous.cellReads += rows * bitlines;
  });
  return ous;
}

function perCrossbar(ous: Int32Array): Pick<FixedOus, "ouOps" | "busiest"> {
  return { ouOps: sum(ous), busiest: ous.reduce((most, count) => Math.max(most, count), 0) };
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
