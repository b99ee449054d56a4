import type { Run, SegmentTable } from "../../../bindings/kernels.ts";
import {
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
  WORD_BITS,
} from "../../../assembly/shared/abi.ts";

/** Counters read 64 bits at a time, so spans start and end on even words. */
const SPAN_WORDS = 2;

/** Where the rows of a mask lie: words [start, start+count). */
export interface MaskSpan {
  readonly maskStart: number;
  readonly words: Run;
}

/** Collects the segments of a layer, crossbar after crossbar, and the masks that they share. */
export class SegmentTableBuilder {
  private readonly records: number[] = [];
  private masks = new Uint32Array(1024);
  private maskWordCount = 0;
  private crossbars = 0;

  /** Opens the next crossbar; the segments that follow belong to it. */
  addCrossbar(): void {
    this.crossbars++;
  }

  /** Stores a mask of every row of a run. */
  addRun(rows: Run): MaskSpan {
    const span = this.reserveSpan(rows.start, rows.start + rows.count);
    for (let row = rows.start; row < rows.start + rows.count; row++) this.setBit(span, row);
    return span;
  }

  /** Stores a mask of some rows, ascending, at least one. */
  addRows(rows: Int32Array): MaskSpan {
    const span = this.reserveSpan(rows[0]!, rows[rows.length - 1]! + 1);
    for (const row of rows) this.setBit(span, row);
    return span;
  }

  /** Stores the members of a bit set that lie inside a run. */
  addSet(set: Uint32Array, run: Run): MaskSpan {
    const span = this.reserveSpan(run.start, run.start + run.count);
    for (let bit = run.start; bit < run.start + run.count; bit++) {
      if ((set[Math.floor(bit / WORD_BITS)]! >>> bit % WORD_BITS) & 1) this.setBit(span, bit);
    }
    return span;
  }

  /** `groupCount` groups of the current crossbar, `bitlineCount` bitlines in all, that open the rows of one mask. */
  addSegment(vector: number, span: MaskSpan, groupCount: number, bitlineCount: number): void {
    const record = new Array<number>(SEGMENT_FIELDS);
    record[SEGMENT_CROSSBAR] = this.crossbars - 1;
    record[SEGMENT_VECTOR] = vector;
    record[SEGMENT_WORD_START] = span.words.start;
    record[SEGMENT_WORD_COUNT] = span.words.count;
    record[SEGMENT_MASK_START] = span.maskStart;
    record[SEGMENT_MULTIPLICITY] = groupCount;
    record[SEGMENT_BITLINES] = bitlineCount;
    this.records.push(...record);
  }

  build(): SegmentTable {
    return {
      records: Int32Array.from(this.records),
      masks: this.masks.slice(0, this.maskWordCount),
      segmentCount: this.records.length / SEGMENT_FIELDS,
      crossbarCount: this.crossbars,
    };
  }

  private reserveSpan(firstRow: number, endRow: number): MaskSpan {
    const start = Math.floor(firstRow / WORD_BITS / SPAN_WORDS) * SPAN_WORDS;
    const count = Math.ceil(endRow / WORD_BITS / SPAN_WORDS) * SPAN_WORDS - start;
    const maskStart = this.maskWordCount;
    this.maskWordCount += count;
    if (this.maskWordCount > this.masks.length) {
      const grown = new Uint32Array(Math.max(2 * this.masks.length, this.maskWordCount));
      grown.set(this.masks);
      this.masks = grown;
    }
    return { maskStart, words: { start, count } };
  }

  private setBit(span: MaskSpan, row: number): void {
    const word = Math.floor(row / WORD_BITS);
    this.masks[span.maskStart + word - span.words.start]! |= 1 << row % WORD_BITS;
  }
}
