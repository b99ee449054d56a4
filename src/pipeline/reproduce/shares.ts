import { SCHEMES } from "../../model/ir/report.ts";
import type { FigureResult } from "../../model/ir/reproduce.ts";
import { sum } from "../../model/base/numbers.ts";
import { described } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** Energy of each scheme by component, per network. */
export async function breakdown(lab: Lab): Promise<FigureResult> {
  const tables = [];
  const values = [];
  for (const subject of lab.subjects) {
    const { totals } = await lab.report(subject);
    const naive_pJ = totals.naive!.energy_pJ;
    const components = Object.keys(totals.naive!.energyByComponent_pJ);
    tables.push({
      title: `${subject.name}: share of naive's energy`,
      columns: ["scheme", ...components, "all"],
      rows: SCHEMES.map((scheme) => {
        const { energyByComponent_pJ, energy_pJ } = totals[scheme]!;
        return [
          scheme,
          ...components.map((name) => (energyByComponent_pJ[name] ?? 0) / naive_pJ),
          energy_pJ / naive_pJ,
        ];
      }),
    });
    for (const scheme of SCHEMES)
      for (const [component, energy_pJ] of Object.entries(totals[scheme]!.energyByComponent_pJ))
        values.push({ x: scheme, y: energy_pJ / naive_pJ, series: component, panel: subject.name });
  }
  return {
    figure: "breakdown",
    title: "Energy by component",
    subjects: described(lab.subjects),
    claims: [],
    tables,
    plots: [
      {
        name: "breakdown",
        title: "Energy by component against naive",
        kind: "bars",
        x: "scheme",
        y: "share of naive's energy",
        log: [],
        values,
      },
    ],
    notes: ["isaac's ADC converts 8 bits; the others convert at the width that the OU needs."],
  };
}

/** What indices and added logic cost: storage, area, and energy at prices that are estimates. */
export async function overhead(lab: Lab): Promise<FigureResult> {
  const rows = [];
  for (const subject of lab.subjects) {
    const { layers, area, totals } = await lab.report(subject);
    const of = (field: "indexBits" | "weightBitsKept" | "bitmapBits"): number =>
      sum(layers.map(({ orc }) => orc[field]));
    const { orc, dense } = area.placements;
    const parts_pJ = totals["orc-dof"]!.energyByComponent_pJ;
    rows.push([
      subject.name,
      of("indexBits"),
      of("indexBits") / of("weightBitsKept"),
      of("bitmapBits") / of("indexBits"),
      orc.crossbars / dense.crossbars,
      orc.area_mm2 / dense.area_mm2,
      totals["orc-dof"]!.estimateShareRatio,
      ...["indexRead", "runningSum", "wordlineGenerator"].map((name) => parts_pJ[name]! / totals["orc-dof"]!.energy_pJ),
    ]);
  }
  return {
    figure: "overhead",
    title: "Overhead of indices and added logic (orc-dof)",
    subjects: described(lab.subjects),
    claims: [
      {
        what: "index overhead",
        published: '"small": 5/32 of the kept weight bits',
        reached: `${((sum(rows.map((row) => Number(row[2]))) / rows.length) * 100).toFixed(1)} % on average`,
        deviation: "see the table",
      },
    ],
    tables: [
      {
        title: "index and added logic",
        columns: [
          ...["network", "index (bits)", "index / kept weight bits", "bitmap / index"],
          ...[
            "crossbars / dense",
            "area / dense",
            "energy at estimated prices",
            "of which index read",
            "running sums",
            "wordline generator",
          ],
        ],
        rows,
      },
    ],
    plots: [],
    notes: [
      "Index read, running sum and wordline generator have no published price: estimates from SRAM and adder energies (A19).",
    ],
  };
}
