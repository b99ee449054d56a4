/** Group of a last column block that has fewer of them. */
export const NO_GROUP = 0xffff;

/**
 * Which rows ORC keeps of a layer (fillers included), seen in its dense placement: one crossbar per (matrix, row block,
 * column block), numbered in this order.
 */
export interface KeptRows {
  readonly matrixCount: number;
  /** Rows of one matrix, of a row block and, in the last block, what is left. */
  readonly rowCount: number;
  readonly crossbarRows: number;
  readonly rowBlockCount: number;
  readonly colBlockCount: number;
  /** OU column groups of a full column block. */
  readonly groupsPerBlock: number;
  /** Kept rows, memory order [matrix][row block][column block][group]; NO_GROUP where there is none. */
  readonly counts: Uint16Array;
  /** Crossbars whose rows are known one by one, ascending: all of them, or some spread evenly over the layer. */
  readonly crossbars: Uint32Array;
  /** Their row masks, memory order [crossbar][group][word]; bit i of word w = row 32 w + i of the block. */
  readonly masks: Uint32Array;
}
