import type { ColBlock, CrossbarDemand } from "./placement.ts";
import type { QuantizedLayer } from "./quantized.ts";
import type { CountPlan, SegmentTable, StreamTable } from "../../../bindings/kernels.ts";

/** Streams of one matrix's column block: what the bit-serial product walks. */
export interface BlockStreams {
  readonly matrixIndex: number;
  readonly block: ColBlock;
  readonly dense: StreamTable;
  readonly orc: StreamTable;
}

/** A layer that can be executed bit-serially. */
export interface ExecutableLayer {
  readonly layer: QuantizedLayer;
  readonly blocks: readonly BlockStreams[];
}

/** What counting the dynamic schemes walks, window after window. */
export interface CountPlans {
  readonly dense: CountPlan;
  readonly orc: CountPlan;
}

/** ORC of one layer in numbers (§6). */
export interface OrcStatistics {
  /** (row, OU column group) pairs of the dense placement. */
  readonly ouRowSegments: number;
  /** Fillers included. */
  readonly keptRows: number;
  readonly fillerRows: number;
  /** 0 with an unlimited index: it stands for an ideal without storage. */
  readonly indexBits: number;
  readonly bitmapBits: number;
  readonly weightBitsKept: number;
}

/** Bitlines that hold a non-skippable cell, in each OU row group of each dense crossbar (`occ`, §7). */
export interface OccupiedBitlines {
  /** Memory order [crossbar][OU row group], and the rows of each. */
  readonly bitlineCounts: Uint32Array;
  readonly rowCounts: Uint32Array;
  /** OU row groups of each crossbar. */
  readonly groupCounts: Uint32Array;
}

/** A layer after placement and compression: all that the activations are counted against. */
export interface CompressedLayer {
  /** Dense crossbars: one record per crossbar, its groups merged. */
  readonly denseSegments: SegmentTable;
  /** The same after whole zero rows and columns are deleted (`recom`). */
  readonly recomSegments: SegmentTable;
  /** Dense crossbars again, as OU-column compression has them. */
  readonly occupied: OccupiedBitlines;
  /** Compressed crossbars: one record per (crossbar, OU column group) that keeps a row. */
  readonly orcSegments: SegmentTable;
  readonly orcDemand: CrossbarDemand;
  readonly orc: OrcStatistics;
  /** OU column groups over all dense crossbars. */
  readonly ouColGroupCount: number;
}
