import { adcBits } from "../../model/arch/adc.ts";
import { SCHEMES } from "../../model/ir/report.ts";
import type { Report, Scheme } from "../../model/ir/report.ts";
import type { AccuracyRequest, OuCosts, SchemeCost } from "../../model/ir/accuracy.ts";
import { schemeCycle_ns } from "../../stages/report/layerReport.ts";
import { simulate } from "../../pipeline.ts";
import type { SimulateOptions } from "../../pipeline.ts";
import { senseConfig } from "./chip.ts";

/** Time and energy of every scheme at each OU height, against naive at the configured one: counts, no device. */
export async function countCosts(request: AccuracyRequest, options: SimulateOptions): Promise<OuCosts[]> {
  const { config, openWordlines: tried, schemes } = request;
  const heights = new Set([...tried, ...(schemes.includes("isaac") ? [config.crossbar.rows] : [])]);
  // Nothing is scored here.
  const { labels: _labels, ...workload } = request.workload;
  const unlabelled = { ...request, workload };
  const reference = await countAt(config.ou.rows, unlabelled, options);
  const costs: OuCosts[] = [];
  for (const openWordlines of heights) {
    const report = await countAt(openWordlines, unlabelled, options);
    const entries = SCHEMES.map((scheme) => [scheme, costOf(scheme, report, reference)] as const);
    costs.push({ openWordlines, adcBits: adcBits(report.config), costs: Object.fromEntries(entries) });
  }
  return costs;
}

async function countAt(openWordlines: number, request: AccuracyRequest, options: SimulateOptions): Promise<Report> {
  const { workload, config, source, samples, seed } = request;
  const { report } = await simulate(
    {
      workload,
      config: senseConfig("naive", openWordlines, config),
      source,
      schemes: SCHEMES,
      seed,
      verifyWindows: 0,
      ...(samples === undefined ? {} : { samples }),
    },
    options,
  );
  return report;
}

function costOf(scheme: Scheme, report: Report, reference: Report): SchemeCost {
  const busyTime_ns = (of: Report, name: Scheme): number => of.totals[name]!.ouOps * schemeCycle_ns(name, of.config);
  const { ouOps, energy_pJ } = report.totals[scheme]!;
  return {
    ouOps,
    busyTime_ns: busyTime_ns(report, scheme),
    energy_pJ,
    speedup: busyTime_ns(reference, "naive") / busyTime_ns(report, scheme),
    energySavingRatio: 1 - energy_pJ / reference.totals.naive!.energy_pJ,
  };
}
