import type { Kernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { assumptions } from "../model/arch/assumptions.ts";
import { sum } from "../model/base/numbers.ts";
import type { SkippedNode } from "../model/ir/layer.ts";
import type { CrossbarDemand } from "../model/ir/placement.ts";
import { FUNCTIONAL_SCHEMES, SCHEMES } from "../model/ir/report.ts";
import type { IngestedLayer, PlacementReport, Report, Scheme } from "../model/ir/report.ts";
import type { DynamicTotals, VerifyCounts } from "../model/ir/counts.ts";
import type { LayerOutputs, SimulateRequest, Workload } from "../model/ir/request.ts";
import { addVerify } from "../stages/simulate/tasks.ts";
import { schemeCounts } from "../stages/simulate/schemeCounts.ts";
import { indexArea_mm2, tilesArea_mm2 } from "../stages/cost/area.ts";
import { eventsOf, priceEvents } from "../stages/cost/energy.ts";
import { balancePipeline } from "../stages/cost/pipeline.ts";
import { priceTable } from "../stages/cost/prices.ts";
import { fitOnChip } from "../stages/map/chipFit.ts";
import { layerReport, schemeCycle_ns } from "../stages/report/layerReport.ts";
import type { ActivationStatistics, LayerFindings } from "../stages/report/layerReport.ts";
import { schemeTotals } from "../stages/report/totals.ts";
import { addDemands } from "./prepare.ts";
import type { PreparedLayer } from "./prepare.ts";
import { TOOL } from "./tool.ts";

type PlacementName = "dense" | "recom" | "orc";

/** Which placement a scheme's crossbars have. */
const placementOf: Record<Scheme, PlacementName> = {
  naive: "dense",
  recom: "recom",
  occ: "dense",
  orc: "orc",
  dof: "dense",
  "orc-dof": "orc",
  isaac: "dense",
};

/** A layer with its prices, and which share of them nobody has published. */
export interface PricedLayer extends LayerFindings {
  readonly estimated_pJ: Record<Scheme, number>;
}

/** All that is kept of a layer once its windows are through. */
export interface FinishedLayer {
  readonly findings: PricedLayer;
  readonly verify: VerifyCounts;
  readonly verifiedWindows: number;
  /** null when they are not asked for. */
  readonly outputs: LayerOutputs | null;
}

/** What was counted over the windows of a layer. */
export interface CountedLayer {
  readonly windowCount: number;
  readonly dynamic: DynamicTotals;
  readonly statistics: ActivationStatistics;
}

/** simulate → cost: counts of every scheme and their prices. */
export function priceLayer(
  prepared: PreparedLayer,
  counted: CountedLayer,
  config: Config,
  kernels: Kernels,
): PricedLayer {
  const { outline, compressed, demands, zeros } = prepared;
  const { windowCount, dynamic, statistics } = counted;
  const { rowCount, colCount } = outline.matrices[0]!;
  const inputs = outline.matrices.length * rowCount;
  const counts = schemeCounts(
    compressed,
    {
      windowCount,
      inputsPerWindow: inputs,
      recomInputsPerWindow: inputs - zeros.zeroRowCount,
      outputsPerWindow: outline.matrices.length * colCount,
      activationBits: outline.activations.bits,
      dynamic,
    },
    config,
    kernels,
  );
  const priced = SCHEMES.map((scheme) => {
    const events = eventsOf(counts[scheme]);
    const { ouOps, latencyCycles } = counts[scheme];
    return [scheme, { ouOps, latencyCycles, events, ...priceEvents(events, scheme, config) }] as const;
  });
  return {
    layer: outline,
    windowCount,
    demands,
    zeros,
    activations: statistics,
    orc: compressed.orc,
    ouColGroupCount: compressed.ouColGroupCount,
    dynamic,
    schemes: Object.fromEntries(priced) as unknown as LayerFindings["schemes"],
    estimated_pJ: Object.fromEntries(priced.map(([scheme, { estimated_pJ }]) => [scheme, estimated_pJ])) as Record<
      Scheme,
      number
    >,
  };
}

/** cost → report: the whole report but for accuracy. */
export function buildReport(
  request: SimulateRequest,
  finished: readonly FinishedLayer[],
  sampleCount: number,
  skipped: readonly SkippedNode[],
  ingested: readonly IngestedLayer[],
): Report {
  const { config, schemes } = request;
  const findings = finished.map((layer) => layer.findings);
  const demandOf = (name: PlacementName): CrossbarDemand => addDemands(findings.map(({ demands }) => demands[name]));
  const indexBits = sum(findings.map(({ orc }) => orc.indexBits));
  const placements = {
    dense: placementReport(demandOf("dense"), 0, config),
    recom: placementReport(demandOf("recom"), 0, config),
    orc: placementReport(demandOf("orc"), indexBits, config),
  };
  const totals = schemes.map((scheme) => {
    const placement = placementOf[scheme];
    const pipeline = balancePipeline(
      findings.map(({ layer, windowCount, demands, schemes: own }) => ({
        name: entryName(layer),
        crossbars: demands[placement].crossbarCount,
        latencyPerSample_ns: (own[scheme].latencyCycles * schemeCycle_ns(scheme, config)) / sampleCount,
        windowsPerSample: windowCount / sampleCount,
      })),
      placements[placement].crossbarsAvailable ?? placements[placement].crossbars,
    );
    const estimated_pJ = sum(findings.map((layer) => layer.estimated_pJ[scheme]));
    return [scheme, schemeTotals(scheme, findings, pipeline, estimated_pJ, config)];
  });
  const { crossbars, tiles, area_mm2 } = placements.orc;
  return {
    schemaVersion: 1,
    tool: TOOL,
    synthetic: isSynthetic(request.workload),
    seed: request.seed,
    network: { name: request.workload.name, ...request.source },
    ...(ingested.length === 0 ? {} : { weightsFrom: [...ingested] }),
    config,
    assumptions: assumptions.map(({ id }) => id),
    layers: findings.map((layer) => layerReport(layer, schemes, config)),
    skipped: skipped.map(({ name, op, reason }) => ({ name, op, reason })),
    totals: Object.fromEntries(totals),
    area: { crossbars, tiles, area_mm2, indexBuffer_bits: indexBits, placements },
    prices: priceTable(config),
    ...verifyReport(finished),
  };
}

/** Whether weights or inputs were drawn rather than given. */
function isSynthetic(workload: Workload): boolean {
  return workload.kind === "zoo" || (workload.kind === "network" && workload.syntheticInputsSeed !== undefined);
}

export function entryName({ name, group, op }: { name: string; group: number | "all"; op: string }): string {
  return group === "all" || group === 0 || op !== "Conv" ? name : `${name}.${group}`;
}

function placementReport(demand: CrossbarDemand, indexBits: number, config: Config): PlacementReport {
  const fit = fitOnChip(demand, config);
  return { ...fit, area_mm2: tilesArea_mm2(fit.tiles, config) + indexArea_mm2(indexBits) };
}

function verifyReport(layers: readonly FinishedLayer[]): Pick<Report, "verify"> {
  const windows = sum(layers.map(({ verifiedWindows }) => verifiedWindows));
  if (windows === 0) return {};
  const found = layers.map(({ verify }) => verify).reduce(addVerify, {});
  return {
    verify: { windows, schemes: Object.fromEntries(FUNCTIONAL_SCHEMES.map((scheme) => [scheme, found[scheme]!])) },
  };
}
