import { TABLE_LIMIT } from "../assembly/shared/abi.ts";

/**
 * What a cycle counter walks: one record per (crossbar, OU column group), seven i32 (assembly/shared/abi.ts):
 * crossbar index · vector (matrix in the window) · first word and word count of the rows it spans · where its mask
 * starts in `masks`, in words · multiplicity (that many groups share the record) · bitlines of all those groups together.
 * Records are sorted by crossbar.
 */
export interface SegmentTable {
  readonly records: Int32Array;
  readonly masks: Uint32Array;
  readonly segmentCount: number;
  readonly crossbarCount: number;
}

/**
 * A segment table made ready for counting. Rows count through all vectors: vector · rows of a vector + row; `rowCount` of
 * them make a window. How it is counted, with the same totals: by popcounts over its segments; in bit slices, a list of rows
 * at a time; or by code table, many groups of a row block at a time. Where there are no vector lanes, by popcounts always.
 */
export type CountPlan = {
  readonly segments: SegmentTable;
  readonly rowCount: number;
} & (
  | { readonly by: "popcounts" }
  | { readonly by: "slices"; readonly lists: RowLists; readonly classes: CrossbarClasses }
  | { readonly by: "table"; readonly lists: RowLists; readonly table: CodeTable }
);

/** A way to count a plan. */
export type Formulation = CountPlan["by"];

/** Segments that open the same rows collapsed to one list. */
export interface RowLists {
  /**
   * Per list, six i32: where its mask starts in the segments' masks, words · word count · row of its first bit · rows ·
   * Σ multiplicity · Σ bitlines over the segments that open it. No list is empty.
   */
  readonly records: Int32Array;
  readonly listCount: number;
}

/** The crossbars that can be the slowest. */
export interface CrossbarClasses {
  /** Per crossbar: first member · members. */
  readonly records: Int32Array;
  readonly classCount: number;
  /** Per member: list · multiplicity. */
  readonly members: Int32Array;
}

/**
 * Groups of crossbars that span the same rows, side by side in lanes: what a code of 4 open rows adds to each of them is
 * looked up for 128 lanes at once (method of four Russians). Each crossbar starts at a multiple of 8 lanes; one of
 * multiplicity m has m lanes, of which the first stands for all bitlines. For empty planes that cost nothing, OUs of 2^h
 * rows or of at least as many as any group keeps, and sums of at most 255: rows of a group, and OU operations of a window.
 */
export interface CodeTable {
  /** Per row block, two i32: positions (a multiple of 32) · tiles of 128 lanes. */
  readonly blocks: Int32Array;
  readonly blockCount: number;
  /** First row of each position, memory order [block][position], ascending; those that fill a block up are `rowCount`. */
  readonly positions: Uint32Array;
  /** Memory order [block][tile][position][lane]; bit i: the lane keeps row i of the position. */
  readonly laneCodes: Uint8Array;
  /** Memory order [block][tile][lane]. */
  readonly laneBitlines: Uint32Array;
  /** Per [block][tile], bit o: a crossbar ends with lanes 8o … 8o + 7. Blocks end with a crossbar. */
  readonly crossbarEnds: Uint16Array;
}

/** Can a table count groups that keep at most `mostRows` rows? Its counters are bytes, and halve. */
export function fitsTable(mostRows: number, bits: number, ouRows: number, emptyPlaneCycles: number): boolean {
  const isPowerOfTwo = Number.isInteger(Math.log2(ouRows));
  return (
    emptyPlaneCycles === 0 &&
    mostRows <= TABLE_LIMIT &&
    bits * Math.ceil(mostRows / ouRows) <= TABLE_LIMIT &&
    (isPowerOfTwo || ouRows >= mostRows)
  );
}
