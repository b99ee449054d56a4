import type { StreamTable } from "../../../bindings/kernels.ts";
import {
  STREAM_BITLINE_COUNT,
  STREAM_BITLINE_START,
  STREAM_ENTRY_COUNT,
  STREAM_ENTRY_START,
  STREAM_FIELDS,
  STREAM_PREVIOUS_ROW,
  STREAM_VECTOR,
} from "../../../assembly/shared/abi.ts";

/** Collects the streams of a column block and their index entries. */
export class StreamTableBuilder {
  private readonly records: number[] = [];
  private readonly entryParts: Uint32Array[] = [];
  private entryCount = 0;

  /** Returns where the entries start. */
  addEntries(entries: Uint32Array): number {
    const start = this.entryCount;
    this.entryParts.push(entries);
    this.entryCount += entries.length;
    return start;
  }

  addStream(
    vector: number,
    previousRow: number,
    entryStart: number,
    entryCount: number,
    bitlineStart: number,
    bitlineCount: number,
  ): void {
    const record = new Array<number>(STREAM_FIELDS);
    record[STREAM_VECTOR] = vector;
    record[STREAM_PREVIOUS_ROW] = previousRow;
    record[STREAM_ENTRY_START] = entryStart;
    record[STREAM_ENTRY_COUNT] = entryCount;
    record[STREAM_BITLINE_START] = bitlineStart;
    record[STREAM_BITLINE_COUNT] = bitlineCount;
    this.records.push(...record);
  }

  build(): StreamTable {
    const entries = new Uint32Array(this.entryCount);
    let at = 0;
    for (const part of this.entryParts) {
      entries.set(part, at);
      at += part.length;
    }
    return { records: Int32Array.from(this.records), entries, streamCount: this.records.length / STREAM_FIELDS };
  }
}
