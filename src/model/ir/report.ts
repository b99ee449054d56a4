import type { Config } from "../arch/config.ts";
import type { Distribution } from "../base/distribution.ts";
import type { FunctionalScheme, Scheme } from "../schemes/schemes.ts";

export type { Distribution } from "../base/distribution.ts";
export { FUNCTIONAL_SCHEMES, SCHEMES } from "../schemes/schemes.ts";
export type { FunctionalScheme, Scheme } from "../schemes/schemes.ts";

/** Hardware events of one scheme on one layer; exact integers, priced by stages/cost (§10). */
export interface EventCounts {
  adcConversions: number;
  dacRows: number;
  cellReads: number;
  sampleHolds: number;
  shiftAdds: number;
  inputRegisterReads: number;
  outputRegisterWrites: number;
  edramReads: number;
  busTransfers: number;
  inputRegisterWrites: number;
  indexReadBits: number;
  runningSums: number;
  wordlineGeneratorRows: number;
  tileOutputRegisterWrites: number;
  activationFunctions: number;
  edramWrites: number;
  routerTransfers: number;
}

/** Energy in pJ by the name of the component that takes it. */
export type EnergyByComponent_pJ = Record<string, number>;
/** Area in mm2 by the name of the component that takes it. */
export type AreaByComponent_mm2 = Record<string, number>;

/**
 * Why the slowest layer of a pipeline gets no other copy: too few crossbars are left, it has as many copies as a sample
 * has windows, or it takes no crossbar at all.
 */
export type PipelineLimit = "crossbars" | "windows" | "empty";

/** A layer in the steady state of the pipeline. */
export interface LayerPipeline {
  copies: number;
  timePerSample_ns: number;
  /** Share of the time in which its crossbars open an OU, mean over them, 0…1; null without crossbars. */
  busyRatio: number | null;
}

/** The chip in the steady state of one scheme's pipeline. */
export interface PipelineReport {
  limit: PipelineLimit;
  /** Crossbars that hold a copy of something, and those of the chip. */
  crossbars: number;
  crossbarsAvailable: number;
  /** As for a layer, over the crossbars that hold something. */
  busyRatio: number | null;
  /** The same over each CU; in runs that collect it. */
  cuBusy?: Distribution | null;
}

/** A scheme on one layer, all samples together. Ratios are null where their denominator is zero. */
export interface LayerSchemeReport {
  ouOps: number;
  latencyCycles: number;
  latency_ns: number;
  energy_pJ: number;
  speedup: number | null;
  latencySpeedup: number | null;
  energySavingRatio: number | null;
  events: EventCounts;
  energyByComponent_pJ: EnergyByComponent_pJ;
  /** null when one copy of the network does not fit. */
  pipeline: LayerPipeline | null;
}

/** OU operations by the rows that they open: element n for n + 1 rows, up to ou.rows. */
export interface OpenRowsReport {
  /** Windows that were looked at, spread evenly over those of the layer. */
  windows: number;
  dof: number[];
  "orc-dof": number[];
}

/** An entry of `layers`: a layer, or one group of a grouped convolution. Ratios 0…1. */
export interface LayerReport {
  name: string;
  op: string;
  /** 0, 1, … of a grouped convolution; "all" for depthwise. */
  group: number | "all";
  matrixRows: number;
  matrixCols: number;
  /** Matrices side by side in this entry: 1, but for depthwise. */
  matrixCount: number;
  windows: number;
  macs: number;
  crossbars: { dense: number; recom: number; orc: number };
  /** Used cells / cells of the crossbars taken, 0…1; null without crossbars. */
  utilisation: { dense: number | null; recom: number | null; orc: number | null };
  weights: { zeroRatio: number; zeroRowRatio: number; zeroColRatio: number; ouRowZeroRatio: number };
  activations: {
    bits: number;
    signed: boolean;
    zeroRatio: number;
    oneBitRatio: number;
    /** Share of ones of each bit-plane, least significant first. */
    planeOneRatios: number[];
    emptyPlaneRatio: number;
  };
  /** Real value of one step; 1 for integer workloads. `perColumn`: each column has its own, `weight` is the largest. */
  scales: { weight: number; activation: number; perColumn?: true };
  orc: {
    ouRowSegments: number;
    keptRows: number;
    fillerRows: number;
    indexBits: number;
    bitmapBits: number;
    weightBitsKept: number;
  };
  /** In runs that collect it. */
  openRows?: OpenRowsReport;
  schemes: Partial<Record<Scheme, LayerSchemeReport>>;
}

/** A layer whose weights came from another file than the network's. */
export interface IngestedLayer {
  layer: string;
  /** Tensors that its weights and its mask were taken from (`file:name`); empty where they were not replaced. */
  weights: string[];
  mask: string[];
}

/** A scheme on the whole network, all samples together but `pipelined_ns`. */
export interface SchemeTotals {
  ouOps: number;
  latencyCycles: number;
  latency_ns: number;
  /** Steady-state time per sample when all layers work at once; null when one copy does not fit. */
  pipelined_ns: number | null;
  /** The layer that limits the pipeline. */
  pipelineLimitedBy: string | null;
  pipeline: PipelineReport | null;
  energy_pJ: number;
  speedup: number | null;
  latencySpeedup: number | null;
  energySavingRatio: number | null;
  /** Share of the energy whose price is an estimate, 0…1. */
  estimateShareRatio: number;
  energyByComponent_pJ: EnergyByComponent_pJ;
}

/** Chip demand of one placement; "does not fit" is a result, not an error (§5). */
export interface PlacementReport {
  crossbars: number;
  cus: number;
  tiles: number;
  /** Of whole tiles and the index. */
  area_mm2: number;
  areaByComponent_mm2: AreaByComponent_mm2;
  utilisation: number | null;
  /** Used cells of each crossbar. */
  crossbarUse: Distribution | null;
  fits: boolean;
  /** Crossbars of the chip; null when tile.count is "auto". */
  crossbarsAvailable: number | null;
  /** What would make it fit. */
  levers: string[];
}

/** What the map of kept rows holds, in runs that collect it. */
export interface KeptRowsReport {
  /** Crossbars of the dense placement, and those of them whose rows are known one by one. */
  crossbars: number;
  crossbarsWithRows: number;
  /** Layers (places in `layers`) without a map, and why. */
  leftOut: { layer: number; name: string; reason: string }[];
}

/** Energy of one event, and who says so. */
export interface PriceReport {
  price_pJ: number;
  unit: string;
  source: string;
  estimate: boolean;
}

/** report.json of a run. */
export interface Report {
  schemaVersion: 1;
  tool: { name: string; version: string };
  synthetic: boolean;
  seed: number;
  network: { name: string; source: string; sha256: string };
  /** Samples that ran through the network; 1 for a matrix workload. */
  samples: number;
  /** Only where weights or masks were given beside the network. */
  weightsFrom?: IngestedLayer[];
  config: Config;
  assumptions: string[];
  layers: LayerReport[];
  skipped: { name: string; op: string; reason: string }[];
  totals: Partial<Record<Scheme, SchemeTotals>>;
  area: {
    crossbars: number;
    tiles: number;
    area_mm2: number;
    indexBuffer_bits: number;
    placements: { dense: PlacementReport; recom: PlacementReport; orc: PlacementReport };
    /** All tiles of the chip (those of the largest placement where tile.count is "auto") and its links. */
    chip: { tiles: number; crossbars: number; area_mm2: number; areaByComponent_mm2: AreaByComponent_mm2 };
  };
  prices: Record<string, PriceReport>;
  keptRows?: KeptRowsReport;
  accuracy?: { samples: number; float: number; integer: number };
  verify?: {
    windows: number;
    schemes: Partial<Record<FunctionalScheme, { mismatches: number; maxAbsError: number }>>;
  };
}

/** Predicted class of each sample. */
export interface Predictions {
  readonly float: number[];
  readonly integer: number[];
}
