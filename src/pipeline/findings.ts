import type { Config } from "../model/arch/config.ts";
import { assumptions } from "../model/arch/assumptions.ts";
import { sum } from "../model/base/numbers.ts";
import type { KeptRows } from "../model/ir/keptRows.ts";
import { FUNCTIONAL_SCHEMES, SCHEMES } from "../model/ir/report.ts";
import type { KeptRowsReport, OpenRowsReport, Report, Scheme } from "../model/ir/report.ts";
import type { DynamicTotals, LayerCounts, VerifyCounts } from "../model/ir/counts.ts";
import type { LayerOutputs, SimulateRequest } from "../model/ir/request.ts";
import { crossbarWork } from "../stages/simulate/crossbarWork.ts";
import type { OpenRows } from "../stages/simulate/openRows.ts";
import { addVerify } from "../stages/simulate/tasks.ts";
import { schemeCounts } from "../stages/simulate/schemeCounts.ts";
import { eventsOf, priceEvents } from "../stages/cost/energy.ts";
import { priceTable } from "../stages/cost/prices.ts";
import { crossbarUse } from "../stages/map/crossbarUse.ts";
import { layerReport } from "../stages/report/layerReport.ts";
import type { ActivationStatistics, LayerFindings, LayerPipelines } from "../stages/report/layerReport.ts";
import { schemeTotals } from "../stages/report/totals.ts";
import { areaReport, schemePipeline } from "./chip.ts";
import type { ChipLayer } from "./chip.ts";
import type { PhaseClock } from "./phases.ts";
import type { PreparedLayer } from "./prepare.ts";
import type { WorkloadSession } from "./session.ts";
import { TOOL } from "./tool.ts";

/** A layer's counts under every scheme: integers, and no price yet. */
export interface LayerTotals extends Omit<ChipLayer, "schemes"> {
  readonly counts: Required<LayerCounts>;
}

/** A layer with its prices, and which share of them nobody has published. */
interface PricedLayer extends ChipLayer {
  readonly estimated_pJ: Record<Scheme, number>;
}

/** All that is kept of a layer once its windows are through. */
export interface FinishedLayer {
  readonly totals: LayerTotals;
  readonly verify: VerifyCounts;
  readonly verifiedWindows: number;
  /** null when they are not asked for. */
  readonly outputs: LayerOutputs | null;
  readonly keptRows: KeptRows | null;
}

/** What was counted over the windows of a layer. */
export interface CountedLayer {
  readonly windowCount: number;
  readonly dynamic: DynamicTotals;
  readonly statistics: ActivationStatistics;
  /** null unless collected. */
  readonly openRows: SeenOpenRows | null;
}

/** Open rows of the dynamic schemes on some windows. */
export interface SeenOpenRows {
  readonly windowCount: number;
  readonly dof: OpenRows;
  readonly orcDof: OpenRows;
}

/** A workload with all its windows counted. */
export interface CountedWorkload extends Pick<WorkloadSession, "sampleCount" | "skipped" | "ingested"> {
  readonly layers: readonly FinishedLayer[];
}

/** simulate: counts of every scheme. */
export function totalsOf(prepared: PreparedLayer, counted: CountedLayer, config: Config): LayerTotals {
  const { outline, compressed, demands, zeros, ousOf } = prepared;
  const { windowCount, dynamic, statistics, openRows } = counted;
  const { rowCount, colCount } = outline.matrices[0]!;
  const matrixCount = outline.matrices.length;
  const counts = schemeCounts(
    ousOf,
    {
      windowCount,
      inputsPerWindow: matrixCount * rowCount,
      outputsPerWindow: matrixCount * colCount,
      activationBits: outline.activations.bits,
      dynamic,
    },
    config,
  );
  return {
    layer: outline,
    windowCount,
    demands,
    zeros,
    activations: statistics,
    orc: compressed.orc,
    ouColGroupCount: compressed.ouColGroupCount,
    dynamic,
    counts,
    openRows: openRows && openRowsReport(openRows),
    ...crossbarFindings(prepared, counted, counts, config),
  };
}

/** cost: prices of what was counted. */
function priceLayer(totals: LayerTotals, config: Config): PricedLayer {
  const { counts, ...rest } = totals;
  const priced = SCHEMES.map((scheme) => {
    const events = eventsOf(counts[scheme]);
    const { ouOps, latencyCycles } = counts[scheme];
    return [scheme, { ouOps, latencyCycles, events, ...priceEvents(events, scheme, config) }] as const;
  });
  return {
    ...rest,
    schemes: Object.fromEntries(priced) as unknown as LayerFindings["schemes"],
    estimated_pJ: Object.fromEntries(priced.map(([scheme, { estimated_pJ }]) => [scheme, estimated_pJ])) as Record<
      Scheme,
      number
    >,
  };
}

/** What is known of each crossbar. */
function crossbarFindings(
  { outline, compressed, ousOf }: PreparedLayer,
  { windowCount, openRows }: CountedLayer,
  counts: Required<LayerCounts>,
  config: Config,
): Pick<PricedLayer, "crossbarUse" | "crossbarWork"> {
  const { rows, cols } = config.crossbar;
  const planeCount = windowCount * outline.activations.bits;
  const seen = openRows && { dof: openRows.dof.ouOpsByCrossbar, orcDof: openRows.orcDof.ouOpsByCrossbar };
  return {
    crossbarUse: {
      dense: crossbarUse(compressed.denseSegments, rows * cols),
      recom: crossbarUse(compressed.recomSegments, rows * cols),
      orc: crossbarUse(compressed.orcSegments, rows * cols),
    },
    crossbarWork: seen && crossbarWork(ousOf, planeCount, counts, seen),
  };
}

function openRowsReport({ windowCount, dof, orcDof }: SeenOpenRows): OpenRowsReport {
  return { windows: windowCount, dof: [...dof.ouOpsByRows], "orc-dof": [...orcDof.ouOpsByRows] };
}

/** cost → report: the whole report but for accuracy. Reads prices, which counting did not. */
export function buildReport(request: SimulateRequest, counted: CountedWorkload, clock: PhaseClock): Report {
  const { config } = request;
  const priced = clock.time("cost", () => counted.layers.map(({ totals }) => priceLayer(totals, config)));
  return clock.time("report", () => reportOf(request, priced, counted));
}

function reportOf(
  request: SimulateRequest,
  findings: readonly PricedLayer[],
  { layers: finished, sampleCount, skipped, ingested }: CountedWorkload,
): Report {
  const { config, schemes } = request;
  const area = areaReport(findings, config);
  const pipelineOf = new Map(
    schemes.map((scheme) => [scheme, schemePipeline(scheme, findings, area.placements, sampleCount, config)]),
  );
  const totals = schemes.map((scheme) => {
    const estimated_pJ = sum(findings.map((layer) => layer.estimated_pJ[scheme]));
    return [scheme, schemeTotals(scheme, findings, pipelineOf.get(scheme)!.whole, estimated_pJ, config)];
  });
  const layerPipelines = (index: number): LayerPipelines =>
    Object.fromEntries(schemes.map((scheme) => [scheme, pipelineOf.get(scheme)!.layers[index]!]));
  return {
    schemaVersion: 1,
    tool: TOOL,
    synthetic: isSynthetic(request.workload),
    seed: request.seed,
    network: { name: request.workload.name, ...request.source },
    samples: sampleCount,
    ...(ingested.length === 0 ? {} : { weightsFrom: [...ingested] }),
    config,
    assumptions: assumptions.map(({ id }) => id),
    layers: findings.map((layer, index) => layerReport(layer, layerPipelines(index), schemes, config)),
    skipped: skipped.map(({ name, op, reason }) => ({ name, op, reason })),
    totals: Object.fromEntries(totals),
    area,
    prices: priceTable(config),
    ...(request.collectDetail ? { keptRows: keptRowsReport(finished) } : {}),
    ...verifyReport(finished),
  };
}

/** Whether weights or inputs were drawn rather than given. */
export function isSynthetic(workload: SimulateRequest["workload"]): boolean {
  if (workload.kind === "recorded") return workload.synthetic;
  return workload.kind === "zoo" || (workload.kind === "network" && workload.syntheticInputsSeed !== undefined);
}

function keptRowsReport(finished: readonly FinishedLayer[]): KeptRowsReport {
  const maps = finished.flatMap(({ keptRows }) => keptRows ?? []);
  return {
    crossbars: sum(maps.map((map) => map.matrixCount * map.rowBlockCount * map.colBlockCount)),
    crossbarsWithRows: sum(maps.map(({ crossbars }) => crossbars.length)),
    leftOut: finished.flatMap(({ keptRows, totals }, layer) =>
      keptRows === null ? [{ layer, name: totals.layer.name, reason: "too many crossbars" }] : [],
    ),
  };
}

function verifyReport(layers: readonly FinishedLayer[]): Pick<Report, "verify"> {
  const windows = sum(layers.map(({ verifiedWindows }) => verifiedWindows));
  if (windows === 0) return {};
  const found = layers.map(({ verify }) => verify).reduce(addVerify, {});
  return {
    verify: { windows, schemes: Object.fromEntries(FUNCTIONAL_SCHEMES.map((scheme) => [scheme, found[scheme]!])) },
  };
}
