import type { SweepReport } from "../../index.ts";
import { bestRows } from "../sweep/best.ts";
import type { SharedWork } from "../sweep/localRunner.ts";
import type { SweepPlan } from "../sweep/plan.ts";
import { pointRows } from "../sweep/rows.ts";
import { describeSavedWork } from "../sweep/savedWork.ts";
import { describePoint, describeSettings } from "../sweep/settings.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatArea, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
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
  if (shared !== null && shared.points > 0) lines.push(pc.dim(describeSavedWork(shared)));
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
