import type { Config } from "../../model/arch/config.ts";
import { sum } from "../../model/base/numbers.ts";
import type { PipelineReport, Scheme, SchemeTotals } from "../../model/ir/report.ts";
import type { LayerFindings, PricedScheme } from "./layerReport.ts";
import { ratio, schemeCycle_ns } from "./layerReport.ts";

/** Steady state of the layer pipeline, as stages/cost found it. */
export interface PipelineFindings {
  readonly pipelined_ns: number;
  readonly limitedBy: string;
  readonly report: PipelineReport;
}

/** Sums over layers; the ratios are those of the sums. */
export function schemeTotals(
  scheme: Scheme,
  layers: readonly LayerFindings[],
  pipeline: PipelineFindings | null,
  estimated_pJ: number,
  config: Config,
): SchemeTotals {
  const own = addUp(layers.map((layer) => layer.schemes[scheme]));
  const naive = addUp(layers.map((layer) => layer.schemes.naive));
  const cycle_ns = schemeCycle_ns(scheme, config);
  const naive_ns = schemeCycle_ns("naive", config);
  return {
    ouOps: own.ouOps,
    latencyCycles: own.latencyCycles,
    latency_ns: own.latencyCycles * cycle_ns,
    pipelined_ns: pipeline?.pipelined_ns ?? null,
    pipelineLimitedBy: pipeline?.limitedBy ?? null,
    pipeline: pipeline?.report ?? null,
    energy_pJ: own.energy_pJ,
    speedup: ratio(naive.ouOps * naive_ns, own.ouOps * cycle_ns),
    latencySpeedup: ratio(naive.latencyCycles * naive_ns, own.latencyCycles * cycle_ns),
    energySavingRatio: naive.energy_pJ === 0 ? null : 1 - own.energy_pJ / naive.energy_pJ,
    estimateShareRatio: own.energy_pJ === 0 ? 0 : estimated_pJ / own.energy_pJ,
    energyByComponent_pJ: own.energyByComponent_pJ,
  };
}

function addUp(parts: readonly PricedScheme[]): Omit<PricedScheme, "events"> {
  const energyByComponent_pJ: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, energy_pJ] of Object.entries(part.energyByComponent_pJ)) {
      energyByComponent_pJ[name] = (energyByComponent_pJ[name] ?? 0) + energy_pJ;
    }
  }
  return {
    ouOps: sum(parts.map((part) => part.ouOps)),
    latencyCycles: sum(parts.map((part) => part.latencyCycles)),
    energy_pJ: sum(parts.map((part) => part.energy_pJ)),
    energyByComponent_pJ,
  };
}
