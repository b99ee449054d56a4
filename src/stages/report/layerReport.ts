import { ouCycle_ns } from "../../model/arch/timing.ts";
import type { Config } from "../../model/arch/config.ts";
import { sum } from "../../model/base/numbers.ts";
import type { OrcStatistics } from "../../model/ir/compressed.ts";
import type { DynamicTotals } from "../../model/ir/counts.ts";
import type { CrossbarDemand } from "../../model/ir/placement.ts";
import type { LayerOutline } from "../../model/ir/quantized.ts";
import type {
  EventCounts,
  LayerPipeline,
  LayerReport,
  LayerSchemeReport,
  OpenRowsReport,
  Scheme,
} from "../../model/ir/report.ts";
import { ruleOf } from "../../model/schemes/schemes.ts";

/** Chip demand of a layer in its three placements. */
export interface LayerDemands {
  readonly dense: CrossbarDemand;
  readonly recom: CrossbarDemand;
  readonly orc: CrossbarDemand;
}

/** Zeros of a layer's weights over all its matrices. */
export interface WeightZeros {
  readonly zeroCount: number;
  readonly zeroRowCount: number;
  readonly zeroColCount: number;
}

/** Bits of a layer's input tensor. */
export interface ActivationStatistics {
  readonly valueCount: number;
  readonly zeroCount: number;
  /** Ones of each bit-plane; planes above the layer's bits are empty. */
  readonly planeOneCounts: readonly number[];
}

export interface PricedScheme {
  readonly ouOps: number;
  readonly latencyCycles: number;
  readonly events: EventCounts;
  readonly energy_pJ: number;
  readonly energyByComponent_pJ: Record<string, number>;
}

export interface LayerFindings {
  readonly layer: LayerOutline;
  readonly windowCount: number;
  readonly demands: LayerDemands;
  readonly zeros: WeightZeros;
  readonly activations: ActivationStatistics;
  readonly orc: OrcStatistics;
  /** OU column groups over all dense crossbars. */
  readonly ouColGroupCount: number;
  readonly dynamic: DynamicTotals;
  readonly schemes: Required<Record<Scheme, PricedScheme>>;
  /** null unless collected. */
  readonly openRows: OpenRowsReport | null;
}

/** A layer in the pipeline of each scheme shown. */
export type LayerPipelines = Partial<Record<Scheme, LayerPipeline | null>>;

/** What a layer's weights alone decide. */
export function weightReport(
  { layer, demands, zeros, orc }: Pick<LayerFindings, "layer" | "demands" | "zeros" | "orc">,
  config: Config,
): Omit<LayerReport, "windows" | "macs" | "activations" | "scales" | "schemes"> {
  const { rowCount, colCount } = layer.matrices[0]!;
  const matrixCount = layer.matrices.length;
  const crossbarCells = config.crossbar.rows * config.crossbar.cols;
  const utilisation = ({ crossbarCount, usedCellCount }: CrossbarDemand): number | null =>
    ratio(usedCellCount, crossbarCount * crossbarCells);
  return {
    name: layer.name,
    op: layer.op,
    group: layer.group,
    matrixRows: rowCount,
    matrixCols: colCount,
    matrixCount,
    crossbars: {
      dense: demands.dense.crossbarCount,
      recom: demands.recom.crossbarCount,
      orc: demands.orc.crossbarCount,
    },
    utilisation: {
      dense: utilisation(demands.dense),
      recom: utilisation(demands.recom),
      orc: utilisation(demands.orc),
    },
    weights: {
      zeroRatio: zeros.zeroCount / (matrixCount * rowCount * colCount),
      zeroRowRatio: zeros.zeroRowCount / (matrixCount * rowCount),
      zeroColRatio: zeros.zeroColCount / (matrixCount * colCount),
      ouRowZeroRatio: 1 - (orc.keptRows - orc.fillerRows) / orc.ouRowSegments,
    },
    orc: { ...orc },
  };
}

/** One entry of `layers` (report.json). Ratios that have no denominator are null. */
export function layerReport(
  findings: LayerFindings,
  pipelines: LayerPipelines,
  shown: readonly Scheme[],
  config: Config,
): LayerReport {
  const { layer, windowCount, activations, schemes, openRows } = findings;
  const { bits, signed } = layer.activations;
  const { matrixRows, matrixCols, matrixCount, orc, ...weightsOnly } = weightReport(findings, config);
  const planes = windowCount * bits * findings.ouColGroupCount;
  const planeOneCounts = activations.planeOneCounts.slice(0, bits);
  return {
    ...weightsOnly,
    matrixRows,
    matrixCols,
    matrixCount,
    windows: windowCount,
    macs: windowCount * matrixCount * matrixRows * matrixCols,
    activations: {
      bits,
      signed,
      zeroRatio: activations.zeroCount / activations.valueCount,
      oneBitRatio: sum(planeOneCounts) / (activations.valueCount * bits),
      planeOneRatios: planeOneCounts.map((ones) => ones / activations.valueCount),
      emptyPlaneRatio: findings.dynamic.dof.emptyPlanes / planes,
    },
    scales: {
      weight: layer.weightScale,
      activation: layer.activations.scale,
      ...(layer.columnScales && { perColumn: true as const }),
    },
    orc,
    ...(openRows === null ? {} : { openRows }),
    schemes: Object.fromEntries(
      shown.map((scheme) => [scheme, schemeReport(scheme, schemes, pipelines[scheme] ?? null, config)]),
    ),
  };
}

function schemeReport(
  scheme: Scheme,
  schemes: LayerFindings["schemes"],
  pipeline: LayerPipeline | null,
  config: Config,
): LayerSchemeReport {
  const { ouOps, latencyCycles, events, energy_pJ, energyByComponent_pJ } = schemes[scheme];
  const { naive } = schemes;
  const cycle_ns = schemeCycle_ns(scheme, config);
  const naive_ns = schemeCycle_ns("naive", config);
  return {
    ouOps,
    latencyCycles,
    latency_ns: latencyCycles * cycle_ns,
    energy_pJ,
    speedup: ratio(naive.ouOps * naive_ns, ouOps * cycle_ns),
    latencySpeedup: ratio(naive.latencyCycles * naive_ns, latencyCycles * cycle_ns),
    energySavingRatio: naive.energy_pJ === 0 ? null : 1 - energy_pJ / naive.energy_pJ,
    events,
    energyByComponent_pJ,
    pipeline,
  };
}

/** Time of one step: an OU operation, or ISAAC's whole-crossbar step (§7). */
export function schemeCycle_ns(scheme: Scheme, config: Config): number {
  return ruleOf(scheme).step === "crossbar" ? config.timing.isaacStep_ns : ouCycle_ns(config);
}

export function ratio(dividend: number, divisor: number): number | null {
  return divisor === 0 ? null : dividend / divisor;
}
