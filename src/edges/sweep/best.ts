import type { PointRow } from "./rows.ts";

interface Goal {
  readonly name: string;
  /** Less is better; null where it is not known. */
  readonly of: (row: PointRow) => number | null;
}

const energyDelay = ({ time_ns, energy_pJ }: PointRow): number => time_ns * energy_pJ;

const GOALS: readonly Goal[] = [
  { name: "least time", of: ({ time_ns }) => time_ns },
  { name: "least energy", of: ({ energy_pJ }) => energy_pJ },
  { name: "least energy x time", of: energyDelay },
  { name: "least area", of: ({ area_mm2 }) => area_mm2 },
  { name: "best accuracy", of: ({ accuracy }) => (accuracy === null ? null : -accuracy) },
];

export interface BestRow {
  readonly network: string;
  readonly goal: string;
  readonly row: PointRow;
}

/** The best row of each network for each goal; of equally good ones that with the least energy x time. */
export function bestRows(networks: readonly { readonly name: string }[], rows: readonly PointRow[]): BestRow[] {
  return networks.flatMap(({ name: network }) => {
    const own = rows.filter(({ point }) => point.network === network);
    return GOALS.flatMap(({ name: goal, of }) => {
      const row = bestOf(own, of);
      return row === undefined ? [] : [{ network, goal, row }];
    });
  });
}

function bestOf(rows: readonly PointRow[], of: Goal["of"]): PointRow | undefined {
  let best: { row: PointRow; value: number } | undefined;
  for (const row of rows) {
    const value = of(row);
    if (value === null) continue;
    const isBetter =
      best === undefined || value < best.value || (value === best.value && energyDelay(row) < energyDelay(best.row));
    if (isBetter) best = { row, value };
  }
  return best?.row;
}
