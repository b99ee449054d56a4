import { parseConfig } from "../../model/arch/parse.ts";
import type { AccuracyReport, DisturbedScheme } from "../../model/ir/accuracy.ts";
import type { FigureResult, FigureTable, Subject } from "../../model/ir/reproduce.ts";
import { simulateAccuracy } from "../accuracy.ts";
import type { AccuracyOptions } from "../accuracy.ts";
import { described, totalOf } from "./lab.ts";
import type { Lab } from "./lab.ts";

const DEVICES = ["base", "base@2", "base@3"];
const CHIPS = 3;
const SCHEMES: readonly DisturbedScheme[] = ["orc-dof", "isaac"];

/** The Sparse ReRAM Engine against whole crossbars at once: time, energy, and what the device leaves of the accuracy. */
export async function idealised(lab: Lab, seed: number, options: AccuracyOptions): Promise<FigureResult> {
  const rows = [];
  for (const subject of lab.subjects) {
    const report = await lab.report(subject);
    const ratio = (what: "time" | "energy"): number =>
      totalOf(report, "isaac", what) / totalOf(report, "orc-dof", what);
    const latency = report.totals.isaac!.latency_ns / report.totals["orc-dof"]!.latency_ns;
    rows.push([subject.name, subject.pruning, ratio("time"), latency, ratio("energy")]);
  }
  const labelled = lab.subjects.filter(({ workload }) => workload.kind === "network" && workload.labels !== undefined);
  const tables: FigureTable[] = [];
  const values = [];
  for (const subject of labelled) {
    const report = await accuracyOf(subject, seed, options);
    tables.push({
      title: `${subject.name}: top-1 accuracy, float ${(report.float.top1 * 100).toFixed(1)} %, 1-bit cells, ${report.samples} samples, ${CHIPS} chips`,
      columns: ["device", "scheme", "open wordlines", "mean", "standard deviation"],
      rows: report.points.map(({ device, scheme, openWordlines, top1 }) => [
        device,
        scheme,
        openWordlines,
        top1.mean,
        top1.std,
      ]),
    });
    for (const { device, scheme, top1 } of report.points)
      values.push({ x: device, y: top1.mean, series: scheme, panel: subject.name });
  }
  return {
    figure: "idealised",
    title: "Against the over-idealised design",
    subjects: described(lab.subjects),
    claims: [
      {
        what: "time and energy of orc-dof against isaac, structured sparsity",
        published: "comparable",
        reached: `isaac / orc-dof: ${rows
          .filter(([, pruning]) => pruning === "structured")
          .map(
            ([name, , time, , energy]) =>
              `${name} ${Number(time).toPrecision(2)}x time, ${Number(energy).toPrecision(2)}x energy`,
          )
          .join("; ")}`,
        deviation: "accuracy in the tables below",
      },
    ],
    tables: [
      {
        title: "isaac over orc-dof (above 1: orc-dof is ahead)",
        columns: ["network", "pruning", "time, hardware kept busy", "latency, one copy", "energy"],
        rows,
      },
      ...tables,
    ],
    plots: [
      {
        name: "idealised-accuracy",
        title: "Accuracy that the device leaves",
        kind: "bars",
        x: "device",
        y: "top-1 accuracy",
        log: [],
        values,
      },
    ],
    notes: [
      "isaac opens every row of a crossbar at once; its ADC counts as lossless, so that what it loses is the device's doing (A15).",
    ],
  };
}

async function accuracyOf(subject: Subject, seed: number, options: AccuracyOptions): Promise<AccuracyReport> {
  const { workload, source, config, samples } = subject;
  if (workload.kind !== "network") throw new Error(`${subject.name}: expected a network with labels`);
  const request = {
    ...{ workload, source, config: parseConfig(config, ["crossbar.cellBits=1"]), samples, seed, devices: DEVICES },
    ...{ openWordlines: [16], chips: CHIPS, schemes: SCHEMES, engine: "cells" as const, maxLossRatio: 0.01 },
  };
  return (await simulateAccuracy(request, options)).report;
}
