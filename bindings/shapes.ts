// Shapes that several families of kernels take. Section marks (§) are those of docs/model.md.

/** Cell coding of one array of crossbars (§4): offset, or one half of differential. */
export type ArrayCoding = "offset" | "positive" | "negative";

/** How open rows are cut into OUs (§7): fixed runs of H packed rows, or the first H rows whose input bit is 1. */
export type OuFormation = "fixed" | "dynamic";

/** How weights become cells: 1…8 bits a cell; a weight's slices lie on adjacent bitlines, least significant first. */
export interface CellCoding {
  readonly cellBits: number;
  readonly coding: ArrayCoding;
}

/** Half-open run of bitlines or rows. */
export interface Run {
  readonly start: number;
  readonly count: number;
}

/**
 * Activation bit-planes, memory order [window][vector][plane][word]. A window holds `vectorCount` vectors of rows (one,
 * but for depthwise layers: one per matrix). Plane 0 is the least significant.
 */
export interface BitPlanes {
  readonly words: Uint32Array;
  readonly windowCount: number;
  readonly vectorCount: number;
  readonly planeCount: number;
  /** Words per plane: a multiple of 4, zero-padded. */
  readonly wordCount: number;
}

/**
 * What the bit-serial product walks: one record per (crossbar, OU column group), six i32: vector · row before the first
 * entry (-1 at the top) · first entry and entry count in `entries` · first bitline and bitline count, counted from the
 * first bitline of the CellBlock. Each entry is the gap to the previous row: row = previous + 1 + entry (§6).
 */
export interface StreamTable {
  readonly records: Int32Array;
  readonly entries: Uint32Array;
  readonly streamCount: number;
}

/** Cell levels of a run of bitlines, memory order [row][bitline], `strideBytes` (a multiple of 16) bytes a row. */
export interface CellBlock {
  readonly levels: Uint8Array;
  readonly rowCount: number;
  readonly strideBytes: number;
  readonly bitlines: Run;
}
