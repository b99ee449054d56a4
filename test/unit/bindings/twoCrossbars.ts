import type { SegmentTable } from "../../../bindings/kernels.ts";
import { SegmentTableBuilder } from "../../../src/stages/compress/segmentTable.ts";

/** Two crossbars over the same rows, of two groups each; they share one. */
export function twoCrossbars(rowCount: number): SegmentTable {
  const builder = new SegmentTableBuilder();
  for (let crossbar = 0; crossbar < 2; crossbar++) {
    builder.addCrossbar();
    for (const word of [31, 5 << crossbar])
      builder.addMembers(0, Uint32Array.of(word, 1, 0, 0), 0, { start: 0, count: rowCount }, 16);
  }
  return builder.build();
}
