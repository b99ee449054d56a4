import type { SegmentTable } from "../../../bindings/kernels.ts";
import {
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_WORD_COUNT,
} from "../../../assembly/shared/abi.ts";
import { countBits } from "../../model/base/bits.ts";
import { ShareTally } from "../../model/base/distribution.ts";

/** Share of its cells that each crossbar of a placement uses (§5). */
export function crossbarUse(
  { records, masks, segmentCount, crossbarCount }: SegmentTable,
  cellsPerCrossbar: number,
): ShareTally {
  const used = new Float64Array(crossbarCount);
  for (let at = 0; at < segmentCount * SEGMENT_FIELDS; at += SEGMENT_FIELDS) {
    const maskStart = records[at + SEGMENT_MASK_START]!;
    const mask = masks.subarray(maskStart, maskStart + records[at + SEGMENT_WORD_COUNT]!);
    used[records[at + SEGMENT_CROSSBAR]!]! += countBits(mask) * records[at + SEGMENT_BITLINES]!;
  }
  const shares = new ShareTally();
  for (const cells of used) shares.add(cells, cellsPerCrossbar);
  return shares;
}
