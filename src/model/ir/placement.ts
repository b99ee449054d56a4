import type { ArrayCoding, Run } from "../../../bindings/kernels.ts";

/** Bitlines [start, start+count) of one array that share a column of crossbars, cut into OU column groups (§5). */
export interface ColBlock {
  readonly coding: ArrayCoding;
  readonly bitlines: Run;
  /** OU column groups, bitlines counted from the start of the array. */
  readonly groups: readonly Run[];
}

/** Dense placement of one matrix: one crossbar per (row block, column block). */
export interface Placement {
  readonly rowBlocks: readonly Run[];
  readonly colBlocks: readonly ColBlock[];
}

/** Demand of some crossbars on the chip (§5). */
export interface CrossbarDemand {
  readonly crossbarCount: number;
  readonly usedCellCount: number;
}
