import { parseConfig } from "../../model/arch/parse.ts";
import { sum } from "../../model/base/numbers.ts";
import { SCHEMES } from "../../model/ir/report.ts";
import type { LayerReport, Report, Scheme } from "../../model/ir/report.ts";
import type { FigureResult, Subject } from "../../model/ir/reproduce.ts";
import { schemeCycle_ns } from "../../stages/report/layerReport.ts";
import { simulate } from "../../pipeline.ts";
import type { SimulateOptions } from "../../pipeline.ts";

/** Simulates subjects under settings, each once. */
export class Lab {
  private readonly reports = new Map<string, Promise<Report>>();

  constructor(
    readonly subjects: readonly Subject[],
    private readonly seed: number,
    private readonly options: SimulateOptions,
    private readonly onRun: (label: string) => void,
  ) {}

  /** Report of a subject with some `key.path=value` settings on top of its own. */
  report(subject: Subject, sets: readonly string[] = []): Promise<Report> {
    const key = JSON.stringify([subject.name, ...sets]);
    let report = this.reports.get(key);
    if (report === undefined) this.reports.set(key, (report = this.run(subject, sets)));
    return report;
  }

  private async run({ name, workload, source, config, samples }: Subject, sets: readonly string[]): Promise<Report> {
    this.onRun([name, ...sets].join(" "));
    const request = { workload, source, config: parseConfig(config, sets), schemes: SCHEMES, seed: this.seed, samples };
    return (await simulate({ ...request, verifyWindows: 0 }, this.options)).report;
  }
}

/** Layers of a report that count. */
export type LayerChoice = "all" | "conv";

/** Σ over layers of a scheme's work (time on equal hardware kept busy) or energy. */
export function totalOf(report: Report, scheme: Scheme, what: "time" | "energy", layers: LayerChoice = "all"): number {
  const chosen = layers === "all" ? report.layers : report.layers.filter(({ op }) => op === "Conv");
  const of = ({ schemes }: LayerReport): number =>
    what === "time" ? schemes[scheme]!.ouOps * schemeCycle_ns(scheme, report.config) : schemes[scheme]!.energy_pJ;
  return sum(chosen.map(of));
}

/** naive over the scheme. */
export function gainOf(report: Report, scheme: Scheme, what: "time" | "energy", layers: LayerChoice = "all"): number {
  return totalOf(report, "naive", what, layers) / totalOf(report, scheme, what, layers);
}

export function arithmeticMean(values: readonly number[]): number {
  return sum(values) / values.length;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(arithmeticMean(values.map(Math.log)));
}

export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

/** What a figure says of its subjects. */
export function described(subjects: readonly Subject[]): FigureResult["subjects"] {
  return subjects.map(({ name, pruning, weights, inputs, note, samples }) => ({
    name,
    pruning,
    weights,
    inputs,
    note,
    samples,
  }));
}
