import type { RecordedWorkload } from "../../index.ts";

/** A layer of the report, in its order. */
export interface RecordedLayer {
  readonly name: string;
  readonly op: string;
  readonly group: number | "all";
  readonly matrixCount: number;
  readonly matrixRows: number;
  readonly matrixCols: number;
  readonly windowCount: number;
}

/** What a page may know of a workload that stays with the engine. */
export interface RecordedFacts extends Pick<
  RecordedWorkload,
  "name" | "synthetic" | "recordedBy" | "sampleCount" | "skipped" | "bytes"
> {
  readonly layers: readonly RecordedLayer[];
}

export function factsOf(recorded: RecordedWorkload): RecordedFacts {
  const { name, synthetic, recordedBy, sampleCount, skipped, bytes, sets } = recorded;
  const layers = sets.flatMap(({ entries }) =>
    entries.map(({ layer: { name, op, group, matrices }, windowCount }) => ({
      ...{ name, op, group, windowCount },
      matrixCount: matrices.length,
      matrixRows: matrices[0]!.rowCount,
      matrixCols: matrices[0]!.colCount,
    })),
  );
  return { name, synthetic, recordedBy, sampleCount, skipped, bytes, layers };
}
