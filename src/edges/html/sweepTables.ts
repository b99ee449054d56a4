import type { Setting, SweepReport } from "../../index.ts";
import { formatArea, formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
import { bestRows } from "../sweep/best.ts";
import { settingPaths } from "../sweep/rows.ts";
import type { PointRow } from "../sweep/rows.ts";
import { markup, table } from "./markup.ts";
import type { Column, Markup } from "./markup.ts";

/** Rows of a table; results.csv has all. */
const MOST_ROWS = 200;
const MOST_VALUES = 60;

/** The best row of each network for each goal. */
export function bestTable(report: SweepReport, rows: readonly PointRow[]): Markup {
  const lines = bestRows(report.networks, rows).map(({ network, goal, row }) => [
    ...[network, goal],
    ...rowCells(report, row),
  ]);
  return table(
    [{ head: "network", isText: true }, { head: "goal", isText: true }, ...rowColumns(report)],
    lines,
    "Of equally good rows the one with the least energy x time",
  );
}

/** Rows of all fronts, the fastest of each network first; those after the first MOST_ROWS are left to results.csv. */
export function frontTable(report: SweepReport, rows: readonly PointRow[]): Markup {
  const front = report.networks.flatMap(({ name }) =>
    rows
      .filter(({ point, isPareto }) => isPareto && point.network === name)
      .sort((a, b) => a.time_ns - b.time_ns || a.energy_pJ - b.energy_pJ),
  );
  const shown = front.slice(0, MOST_ROWS);
  const caption =
    shown.length < front.length
      ? `The first ${shown.length} of ${formatCount(front.length)} rows; results.csv has all (isPareto)`
      : "Also in results.csv (isPareto)";
  return table(
    [{ head: "network", isText: true }, ...rowColumns(report)],
    shown.map((row) => [row.point.network, ...rowCells(report, row)]),
    caption,
  );
}

export function axesTable({ axes }: SweepReport): Markup {
  return table(
    [
      { head: "axis", isText: true },
      { head: "values", isText: true },
    ],
    axes.map(({ path, values }) => {
      const more = values.length - MOST_VALUES;
      const shown = values.slice(0, MOST_VALUES).map(String).join(" · ");
      return [path, more > 0 ? `${shown} and ${formatCount(more)} more` : shown];
    }),
  );
}

export function networkTable(report: SweepReport): Markup {
  return table(
    [
      { head: "network", isText: true },
      ...["points", "float top-1"],
      { head: "source", isText: true },
      { head: "sha256", isText: true },
    ],
    report.networks.map(({ name, source, sha256 }) => {
      const own = report.points.filter(({ network }) => network === name);
      const float = own.find((point) => point.float !== null)?.float;
      return [
        name,
        formatCount(own.length),
        formatRatio(float),
        markup`<code>${source}</code>`,
        markup`<code>${sha256}</code>`,
      ];
    }),
  );
}

export function failedTable(report: SweepReport): Markup {
  const paths = settingPaths(report);
  const { failed } = report;
  return table(
    [{ head: "network", isText: true }, ...paths.map(textColumn), { head: "error", isText: true }],
    failed
      .slice(0, MOST_ROWS)
      .map(({ network, settings, error }) => [network, ...settingCells(paths, settings), error]),
    failed.length > MOST_ROWS
      ? `The first ${MOST_ROWS} of ${formatCount(failed.length)}; report.json has all`
      : undefined,
  );
}

function rowColumns(report: SweepReport): (Column | string)[] {
  return [
    { head: "scheme", isText: true },
    ...settingPaths(report).map(textColumn),
    ...["time per sample", "energy per sample", "area", "accuracy", "speed-up", "energy saved", "crossbars"],
  ];
}

function rowCells(report: SweepReport, { point, scheme, result, ...row }: PointRow): string[] {
  return [
    scheme,
    ...settingCells(settingPaths(report), point.settings),
    formatTime(row.time_ns),
    formatEnergy(row.energy_pJ),
    formatArea(row.area_mm2),
    row.accuracy === null ? "–" : accuracyText(row.accuracy, result.top1_std),
    formatFactor(result.speedup),
    formatRatio(result.energySavingRatio),
    formatCount(result.crossbars),
  ];
}

function accuracyText(accuracy: number, deviation: number | null): string {
  return `${formatRatio(accuracy)}${deviation === null ? "" : ` ± ${(deviation * 100).toFixed(1)}`}`;
}

function settingCells(paths: readonly string[], settings: Readonly<Record<string, Setting>>): string[] {
  return paths.map((path) => (path in settings ? String(settings[path]) : "–"));
}

function textColumn(head: string): Column {
  return { head, isText: true };
}
