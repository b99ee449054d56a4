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
  private records = new Int32Array(64 * SEGMENT_FIELDS);
  private masks = new Uint32Array(1024);
  private segmentCount = 0;
  private maskWordCount = 0;
  private crossbars = 0;

  /** Opens the next crossbar; the segments that follow belong to it. */
  addCrossbar(): void {
    this.crossbars++;
  }

  /** Stores a mask of every row of a run. */
  addRun({ start, count }: Run): MaskSpan {
    const span = spanOf(start, start + count);
    const maskStart = this.reserveMask(span.count);
    for (let row = start; row < start + count; row++)
      this.masks[maskStart + Math.floor(row / WORD_BITS) - span.start]! |= 1 << (row % WORD_BITS);
    return { maskStart, words: span };
  }

  /** One group of the current crossbar: opens those members of a bit set, `sets[setStart]` its first word, inside a run. */
  addMembers(vector: number, sets: Uint32Array, setStart: number, { start, count }: Run, bitlineCount: number): void {
    const end = start + count;
    const words = spanOf(start, end);
    const maskStart = this.reserveMask(words.count);
    for (let word = Math.floor(start / WORD_BITS); word * WORD_BITS < end; word++) {
      let bits = sets[setStart + word]!;
      if (word * WORD_BITS < start) bits &= -1 << (start % WORD_BITS);
      if ((word + 1) * WORD_BITS > end) bits &= ~(-1 << (end % WORD_BITS));
      this.masks[maskStart + word - words.start] = bits;
    }
    this.addSegment(vector, { maskStart, words }, 1, bitlineCount);
  }

  /** `groupCount` groups of the current crossbar, `bitlineCount` bitlines in all, that open the rows of one mask. */
  addSegment(vector: number, span: MaskSpan, groupCount: number, bitlineCount: number): void {
    const at = this.segmentCount++ * SEGMENT_FIELDS;
    this.records = withRoom(this.records, at + SEGMENT_FIELDS);
    this.records[at + SEGMENT_CROSSBAR] = this.crossbars - 1;
    this.records[at + SEGMENT_VECTOR] = vector;
    this.records[at + SEGMENT_WORD_START] = span.words.start;
    this.records[at + SEGMENT_WORD_COUNT] = span.words.count;
    this.records[at + SEGMENT_MASK_START] = span.maskStart;
    this.records[at + SEGMENT_MULTIPLICITY] = groupCount;
    this.records[at + SEGMENT_BITLINES] = bitlineCount;
  }

  build(): SegmentTable {
    return {
      records: this.records.slice(0, this.segmentCount * SEGMENT_FIELDS),
      masks: this.masks.slice(0, this.maskWordCount),
      segmentCount: this.segmentCount,
      crossbarCount: this.crossbars,
    };
  }

  private reserveMask(wordCount: number): number {
    const maskStart = this.maskWordCount;
    this.maskWordCount += wordCount;
    this.masks = withRoom(this.masks, this.maskWordCount);
    return maskStart;
  }
}

/** Words that hold some rows. */
function spanOf(firstRow: number, endRow: number): Run {
  const start = Math.floor(firstRow / WORD_BITS / SPAN_WORDS) * SPAN_WORDS;
  return { start, count: Math.ceil(endRow / WORD_BITS / SPAN_WORDS) * SPAN_WORDS - start };
}

/** The array, or one of at least twice its size with the same content when it has no room for `count` elements. */
function withRoom<T extends Int32Array | Uint32Array>(array: T, count: number): T {
  if (count <= array.length) return array;
  const grown = new (array.constructor as new (count: number) => T)(Math.max(2 * array.length, count));
  grown.set(array);
  return grown;
}
