import type { SweepReport } from "../../index.ts";
import { bestRows } from "../sweep/best.ts";
import type { SharedWork } from "../sweep/localRunner.ts";
import type { SweepPlan } from "../sweep/plan.ts";
import { pointRows } from "../sweep/rows.ts";
import { describePoint, describeSettings } from "../sweep/settings.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatArea, formatDuration, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
import { renderTable } from "../terminal/grid.ts";

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

/** Errors that are named one by one. */
const MOST_NAMED = 20;

/** The best points of each network, and how the sweep went. */
export function renderSweep(report: SweepReport, wanted: number, shared: SharedWork | null, dir: string): string {
  const lines: string[] = [];
  if (report.points.length > 0) lines.push(bestTable(report));
  const named = report.failed.slice(0, MOST_NAMED);
  for (const { error, ...point } of named) lines.push(pc.red(`failed: ${describePoint(point)}: ${error}`));
  const unnamed = report.failed.length - named.length;
  if (unnamed > 0) lines.push(pc.red(`and ${unnamed} more (report.json)`));
  const missing = wanted - report.points.length - report.failed.length;
  const counts = [`${report.points.length} of ${wanted} points`];
  if (report.failed.length > 0) counts.push(`${report.failed.length} failed`);
  if (missing > 0) counts.push(`${missing} left`);
  lines.push(`${counts.join(", ")} in ${dir}`);
  if (shared !== null && shared.points > 0) lines.push(sharedLine(shared));
  return lines.join("\n");
}

function bestTable(report: SweepReport): string {
  const rows = bestRows(report.networks, pointRows(report)).map(({ network, goal, row }) => {
    const { scheme, point, time_ns, energy_pJ, area_mm2, accuracy, result } = row;
    const numbers = [formatTime(time_ns), formatEnergy(energy_pJ), formatArea(area_mm2)];
    const shares = [formatFactor(result.speedup), formatRatio(accuracy)];
    return [network, goal, scheme, describeSettings(point.settings), ...numbers, ...shares];
  });
  const head = ["time", "energy", "area", "speed-up", "accuracy"];
  return renderTable(["network", "best, per sample", "scheme", "settings", ...head], rows, 4);
}

/** What points shared, and about how much time that saved. */
function sharedLine({ points, preparations, preparing_ms, counts, counting_ms }: SharedWork): string {
  const spared = (made: number, took_ms: number): number =>
    made === 0 ? 0 : ((points - made) * took_ms) / made / 1000;
  const saved_s = spared(preparations, preparing_ms) + spared(counts, counting_ms);
  return pc.dim(
    `${plural(points, "point")} run from ${plural(preparations, "quantised workload")} and ${plural(counts, "count")}: ` +
      `${formatDuration(saved_s)} of work saved`,
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
