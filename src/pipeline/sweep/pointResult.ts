import { adcBits } from "../../model/arch/adc.ts";
import type { Spread } from "../../model/ir/accuracy.ts";
import type { Report, Scheme, SchemeTotals } from "../../model/ir/report.ts";
import type { PointResult, SchemeResult } from "../../model/ir/sweep.ts";
import { ruleOf } from "../../model/schemes/schemes.ts";
import { schemeCycle_ns } from "../../stages/report/layerReport.ts";

/** What the chips of a device leave of a network's accuracy, by scheme. */
export interface DeviceScores {
  readonly float: number;
  readonly integer: number;
  readonly schemes: Readonly<Partial<Record<Scheme, Spread>>>;
}

/** What a sweep keeps of a point: its totals, and its accuracy where that was asked for. */
export function pointResult(report: Report, scores: DeviceScores | null): PointResult {
  const { samples, config, area, accuracy } = report;
  const schemes = Object.entries(report.totals).map(([name, totals]) => {
    const scheme = name as Scheme;
    return [scheme, schemeResult(scheme, totals, report, scores?.schemes[scheme])] as const;
  });
  return {
    samples,
    adcBits: adcBits(config),
    indexBits: area.indexBuffer_bits,
    float: scores?.float ?? accuracy?.float ?? null,
    integer: scores?.integer ?? accuracy?.integer ?? null,
    schemes: Object.fromEntries(schemes),
  };
}

function schemeResult(
  scheme: Scheme,
  totals: SchemeTotals,
  { area, config }: Report,
  top1: Spread | undefined,
): SchemeResult {
  const { ouOps, latencyCycles, latency_ns, pipelined_ns, energy_pJ } = totals;
  const { speedup, latencySpeedup, energySavingRatio } = totals;
  const { crossbars, area_mm2 } = area.placements[ruleOf(scheme).placement];
  return {
    ...{
      ouOps,
      latencyCycles,
      busyTime_ns: ouOps * schemeCycle_ns(scheme, config),
      latency_ns,
      pipelined_ns,
      energy_pJ,
    },
    ...{ speedup, latencySpeedup, energySavingRatio, crossbars, area_mm2 },
    ...{ top1_mean: top1?.mean ?? null, top1_std: top1?.std ?? null },
  };
}
