import type { SchemeResult, SweepReport } from "../../index.ts";
import type { SharedWork } from "../sweep/localRunner.ts";
import type { SweepPlan } from "../sweep/plan.ts";
import { describePoint, describeSettings } from "../sweep/settings.ts";
import { colours as pc } from "./colours.ts";
import { formatArea, formatDuration, formatEnergy, formatFactor, formatRatio, formatTime } from "./format.ts";
import { renderTable } from "./grid.ts";

/** Points of a sweep with their ids. */
export function renderPoints({ sweep, ids }: SweepPlan, wanted: readonly string[]): string {
  const isWanted = new Set(wanted);
  const paths = [...new Set(sweep.points.flatMap(({ settings }) => Object.keys(settings)))];
  const rows = sweep.points.flatMap(({ network, settings }, place) => {
    const id = ids[place]!;
    return isWanted.has(id) ? [[id, network, ...paths.map((path) => String(settings[path] ?? ""))]] : [];
  });
  return renderTable(["id", "network", ...paths], rows, 2);
}

const GOALS: readonly { readonly name: string; readonly of: (result: SchemeResult) => number | null }[] = [
  { name: "least time", of: ({ busyTime_ns }) => busyTime_ns },
  { name: "least energy", of: ({ energy_pJ }) => energy_pJ },
  { name: "least area", of: ({ area_mm2 }) => area_mm2 },
  { name: "best accuracy", of: ({ top1_mean }) => (top1_mean === null ? null : -top1_mean) },
];

/** The best points of each network, and how the sweep went. */
export function renderSweep(report: SweepReport, wanted: number, shared: SharedWork | null, dir: string): string {
  const lines: string[] = [];
  if (report.points.length > 0) lines.push(bestTable(report));
  for (const { error, ...point } of report.failed) lines.push(pc.red(`failed: ${describePoint(point)}: ${error}`));
  const missing = report.networks.length === 0 ? 0 : wanted - report.points.length - report.failed.length;
  const counts = [`${report.points.length} of ${wanted} points`];
  if (report.failed.length > 0) counts.push(`${report.failed.length} failed`);
  if (missing > 0) counts.push(`${missing} left`);
  lines.push(`${counts.join(", ")} in ${dir}`);
  if (shared !== null && shared.points > 0) lines.push(sharedLine(shared));
  return lines.join("\n");
}

function bestTable({ points, networks }: SweepReport): string {
  const rows = networks.flatMap(({ name }) =>
    GOALS.flatMap((goal) => {
      let best: { value: number; row: string[] } | null = null;
      for (const point of points) {
        if (point.network !== name) continue;
        for (const [scheme, result] of Object.entries(point.schemes)) {
          const value = goal.of(result);
          if (value === null || (best !== null && value >= best.value)) continue;
          const { busyTime_ns, energy_pJ, area_mm2, speedup, top1_mean } = result;
          const numbers = [formatTime(busyTime_ns), formatEnergy(energy_pJ), formatArea(area_mm2)];
          const row = [
            name,
            goal.name,
            scheme,
            describeSettings(point.settings),
            ...numbers,
            formatFactor(speedup),
            formatRatio(top1_mean ?? point.integer),
          ];
          best = { value, row };
        }
      }
      return best === null ? [] : [best.row];
    }),
  );
  return renderTable(
    ["network", "best", "scheme", "settings", "time", "energy", "area", "speed-up", "accuracy"],
    rows,
    4,
  );
}

/** What points shared, and about how much time that saved. */
function sharedLine({ points, preparations, preparing_ms, counts, counting_ms }: SharedWork): string {
  const spared = (made: number, took_ms: number): number =>
    made === 0 ? 0 : ((points - made) * took_ms) / made / 1000;
  const saved_s = spared(preparations, preparing_ms) + spared(counts, counting_ms);
  return pc.dim(
    `${points} points run from ${preparations} quantised workloads and ${counts} counts: ` +
      `${formatDuration(saved_s)} of work saved`,
  );
}
