import type { BitPlanes, SegmentTable } from "../../../bindings/kernels.ts";
import {
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
} from "../../../assembly/shared/abi.ts";
import { popcount32 } from "../../model/base/bits.ts";
import { ceilDiv, sum } from "../../model/base/numbers.ts";

/** OU operations of dynamic OU formation on some windows, told apart. */
export interface OpenRows {
  /** By open rows: element n counts those that open n + 1 rows, n < H. */
  readonly ouOpsByRows: Float64Array;
  /** By crossbar; the same sum. */
  readonly ouOpsByCrossbar: Float64Array;
}

/**
 * Counts the open rows of each OU operation, window by window, by plain popcounts: what the counting kernels, which only
 * need sums, do not tell.
 */
export class OpenRowCounter {
  /** Words that one plane of one window costs. */
  readonly wordCount: number;
  private readonly masks: readonly RowMask[];
  private readonly maskOfSegment: Uint32Array;
  private readonly ouOpsByRows: Float64Array;

  constructor(
    private readonly segments: SegmentTable,
    private readonly ouRows: number,
  ) {
    const { masks, maskOfSegment } = distinctMasks(segments);
    this.masks = masks;
    this.maskOfSegment = maskOfSegment;
    this.wordCount = sum(masks.map((mask) => mask.wordCount));
    this.ouOpsByRows = new Float64Array(ouRows);
  }

  add(planes: BitPlanes): void {
    const { windowCount, vectorCount, planeCount, wordCount } = planes;
    for (let window = 0; window < windowCount; window++) {
      for (const mask of this.masks) {
        const firstPlane = (window * vectorCount + mask.vector) * planeCount;
        for (let plane = 0; plane < planeCount; plane++)
          this.addPlane(mask, planes.words, (firstPlane + plane) * wordCount);
      }
    }
  }

  result(): OpenRows {
    const { records, segmentCount, crossbarCount } = this.segments;
    const ouOpsByCrossbar = new Float64Array(crossbarCount);
    for (let index = 0; index < segmentCount; index++) {
      const at = index * SEGMENT_FIELDS;
      const { ouOps } = this.masks[this.maskOfSegment[index]!]!;
      ouOpsByCrossbar[records[at + SEGMENT_CROSSBAR]!]! += records[at + SEGMENT_MULTIPLICITY]! * ouOps;
    }
    return { ouOpsByRows: this.ouOpsByRows, ouOpsByCrossbar };
  }

  private addPlane(mask: RowMask, words: Uint32Array, plane: number): void {
    const { ouRows, ouOpsByRows } = this;
    const { masks } = this.segments;
    let open = 0;
    for (let word = 0; word < mask.wordCount; word++) {
      open += popcount32(masks[mask.maskStart + word]! & words[plane + mask.wordStart + word]!);
    }
    const full = Math.floor(open / ouRows);
    const rest = open % ouRows;
    ouOpsByRows[ouRows - 1]! += full * mask.groupCount;
    if (rest > 0) ouOpsByRows[rest - 1]! += mask.groupCount;
    mask.ouOps += ceilDiv(open, ouRows);
  }
}

/** A row mask and the groups of all segments that read it; `ouOps` are those of one group. */
interface RowMask {
  readonly vector: number;
  readonly wordStart: number;
  readonly wordCount: number;
  readonly maskStart: number;
  groupCount: number;
  ouOps: number;
}

/** The column blocks of dense crossbars read one mask, one after the other. */
function distinctMasks({ records, segmentCount }: SegmentTable): { masks: RowMask[]; maskOfSegment: Uint32Array } {
  const masks: RowMask[] = [];
  const maskOfSegment = new Uint32Array(segmentCount);
  for (let index = 0; index < segmentCount; index++) {
    const at = index * SEGMENT_FIELDS;
    const vector = records[at + SEGMENT_VECTOR]!;
    const maskStart = records[at + SEGMENT_MASK_START]!;
    let last = masks.at(-1);
    if (last === undefined || last.maskStart !== maskStart || last.vector !== vector) {
      last = {
        vector,
        wordStart: records[at + SEGMENT_WORD_START]!,
        wordCount: records[at + SEGMENT_WORD_COUNT]!,
        maskStart,
        groupCount: 0,
        ouOps: 0,
      };
      masks.push(last);
    }
    last.groupCount += records[at + SEGMENT_MULTIPLICITY]!;
    maskOfSegment[index] = masks.length - 1;
  }
  return { masks, maskOfSegment };
}
