/** What a person steps through or looks at: one OU column group at work, and one crossbar. Plain data, small. */

/** Which group of which layer; places in the order of the dense placement. */
export interface GroupChoice {
  /** Place of the layer in the report, and of the matrix in it (0 but for depthwise layers). */
  readonly layer: number;
  readonly matrix: number;
  readonly colBlock: number;
  readonly group: number;
}

/** Which crossbar of which layer: one of the dense placement, or one of those that the rows which ORC keeps are packed into. */
export interface CrossbarChoice extends Pick<GroupChoice, "layer" | "matrix" | "colBlock"> {
  readonly isPacked: boolean;
  /** Place among the crossbars of the column block. */
  readonly rowBlock: number;
}

/** How the windows of one sample lie: over the outputs of a convolution in raster order, or one vector after another. */
export type WindowGrid =
  | { readonly kind: "conv"; readonly perSample: number; readonly height: number; readonly width: number }
  | { readonly kind: "dense"; readonly perSample: number };

/** Where a window lies: which sample, and which output of a convolution or vector of a fully connected layer. */
export type WindowPlace =
  | {
      readonly kind: "conv";
      readonly sample: number;
      readonly y: number;
      readonly x: number;
      /** Pixel under the kernel's first weight; outside the input it is padding. Row = (channel, kernel row, kernel column). */
      readonly inputY: number;
      readonly inputX: number;
      readonly kernel: readonly [height: number, width: number];
      readonly dilations: readonly [number, number];
    }
  | { readonly kind: "dense"; readonly sample: number; readonly vector: number };

/** What there is to choose from in a layer. */
export interface LayerChoices {
  readonly name: string;
  readonly group: number | "all";
  readonly matrixCount: number;
  /** Of all samples: whole multiples of `windows.perSample`. */
  readonly windowCount: number;
  readonly windows: WindowGrid;
  readonly rowBlockCount: number;
  /** OU column groups of each column block. */
  readonly groupCounts: readonly number[];
}

/** A bitline of the group: a slice of a filter's weights, slice 0 least significant. */
export interface TracedBitline {
  readonly filter: number;
  readonly slice: number;
  /** +1, or -1 for the array of negative magnitudes under differential coding. */
  readonly sign: 1 | -1;
  /** Digit of weight zero: what a skippable cell holds. */
  readonly zeroDigit: number;
}

/** One entry of the ORC index and the row that it decodes to (§6). */
export interface IndexStep {
  readonly entry: number;
  readonly row: number;
  readonly isFiller: boolean;
}

/** One OU operation. */
export interface TraceRound {
  /** Which compressed crossbar, and which bit-plane (0 least significant). */
  readonly crossbar: number;
  readonly plane: number;
  /** Places in `index` of the wordlines that open, at most ou.rows. */
  readonly open: readonly number[];
  /** Of each bitline: sum of the open cells' digits, the ADC's code, and what the code stands for. */
  readonly sums: readonly number[];
  readonly codes: readonly number[];
  readonly read: readonly number[];
  /** Of each filter once this round is shifted and added, zero code subtracted. */
  readonly accumulators: readonly number[];
}

/** One window through ORC + DOF on one group; ends in the exact integer where the ADC is lossless. */
export interface GroupTrace {
  readonly choice: GroupChoice;
  readonly window: number;
  readonly place: WindowPlace;
  readonly activationBits: number;
  readonly isSigned: boolean;
  readonly ouRows: number;
  readonly adcBits: number;
  readonly bitlines: readonly TracedBitline[];
  /** Filters of the group, and their weights on each kept row: memory order [index place][filter]. */
  readonly filters: readonly number[];
  readonly weights: readonly (readonly number[])[];
  /** Cells of the kept rows: memory order [index place][bitline]. */
  readonly digits: readonly (readonly number[])[];
  readonly index: readonly IndexStep[];
  /** Input code of each kept row. */
  readonly inputs: readonly number[];
  /** Rows of the matrix in all, and planes of a crossbar that open no row. */
  readonly matrixRows: number;
  readonly emptyPlanes: readonly { readonly crossbar: number; readonly plane: number }[];
  readonly rounds: readonly TraceRound[];
  /** Of each filter: the last accumulators, and what they should be, of the slices in this group. */
  readonly accumulators: readonly number[];
  readonly product: readonly number[];
  /** X·W of each filter, and whether all that makes up its weights lies in this group: then X·W is its product. */
  readonly integers: readonly number[];
  readonly isWhole: readonly boolean[];
}

/** One crossbar, cell by cell. */
export interface CrossbarView extends CrossbarChoice {
  /** How many there are to choose from in this column block; 0 where no row is kept. */
  readonly crossbarCount: number;
  readonly bitlineCount: number;
  /** Highest digit of a cell. */
  readonly topDigit: number;
  /** OU column groups: their bitlines, and the rows on their wordlines, from wordline 0 on. */
  readonly groups: readonly {
    readonly firstBitline: number;
    readonly bitlineCount: number;
    /** Row of the matrix, and 1 where ORC keeps it, and where it does so as a filler. */
    readonly rows: readonly number[];
    readonly isKept: Uint8Array;
    readonly isFiller: Uint8Array;
    /** Digit of each cell, and 1 where it is skippable; memory order [wordline][bitline]. */
    readonly digits: Uint8Array;
    readonly isSkippable: Uint8Array;
  }[];
}
