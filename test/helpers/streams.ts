import * as abi from "../../assembly/shared/abi.ts";
import type { CellCoding, Kernels, Run, StreamTable, WeightMatrix } from "../../bindings/kernels.ts";

/** Runs of `width` bitlines, the last one narrower. */
export function groupsOf(bitlines: Run, width: number): Run[] {
  const count = Math.ceil(bitlines.count / width);
  return Array.from({ length: count }, (_, g) => ({
    start: g * width,
    count: Math.min(width, bitlines.count - g * width),
  }));
}

/** All rows of every group, in chunks of rows. */
export function denseStreams(rowCount: number, groups: readonly Run[], chunkRows: number): StreamTable {
  const rows = new Uint32Array(rowCount);
  return chunkedStreams(
    groups.map((group) => ({ group, entries: rows })),
    chunkRows,
  );
}

/** The rows that ORC keeps of every group, in chunks of rows. */
export function keptStreams(
  kernels: Kernels,
  weights: WeightMatrix,
  cells: CellCoding,
  groups: readonly Run[],
  indexBits: number,
  chunkRows: number,
): StreamTable {
  const masks = kernels.buildRowMasks(weights, cells, groups);
  const streams = groups.map((group, g) => {
    const mask = masks.words.slice(g * masks.wordCount, (g + 1) * masks.wordCount);
    return { group, entries: kernels.encodeIndex(mask, 0, weights.rowCount, indexBits) };
  });
  return chunkedStreams(streams, chunkRows);
}

/** Cuts each group's stream into chunks of rows, each going on from the last row of the one before it. */
function chunkedStreams(streams: { group: Run; entries: Uint32Array }[], chunkRows: number): StreamTable {
  const records: number[] = [];
  const entries: number[] = [];
  for (const stream of streams) {
    let previousRow = -1;
    for (let first = 0; first < stream.entries.length; first += chunkRows) {
      const chunk = stream.entries.subarray(first, first + chunkRows);
      records.push(0, previousRow, entries.length, chunk.length, stream.group.start, stream.group.count);
      entries.push(...chunk);
      for (const entry of chunk) previousRow += 1 + entry;
    }
  }
  return {
    records: Int32Array.from(records),
    entries: Uint32Array.from(entries),
    streamCount: records.length / abi.STREAM_FIELDS,
  };
}

/** Some streams of a table. */
export function someStreams(streams: StreamTable, first: number, count: number): StreamTable {
  const records = streams.records.slice(first * abi.STREAM_FIELDS, (first + count) * abi.STREAM_FIELDS);
  return { records, entries: streams.entries, streamCount: count };
}
