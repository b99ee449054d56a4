import type { SweepReport } from "../../index.ts";
import { MOST_DRAWN_NETWORKS, sweepFigures } from "../figures/sweep.ts";
import { formatCount, formatFactor } from "../format.ts";
import type { SharedWork } from "../sweep/localRunner.ts";
import { pointRows } from "../sweep/rows.ts";
import type { PointRow } from "../sweep/rows.ts";
import { describeSavedWork } from "../sweep/savedWork.ts";
import { assumptionsChapter, cards } from "./common.ts";
import type { Card } from "./common.ts";
import { details, markup } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { drawFigures, renderPage } from "./page.ts";
import type { Chapter } from "./page.ts";
import * as tables from "./sweepTables.ts";

/** What a page says of how a sweep was run; it shows the rest as it stands. */
export interface SweepManifest {
  readonly threads?: number;
  /** null where others ran the points. */
  readonly shared?: SharedWork | null;
}

/** A sweep as one HTML file. `manifest`: how it was run; null where that is not known. */
export async function renderSweepPage(report: SweepReport, manifest: SweepManifest | null): Promise<string> {
  const rows = pointRows(report);
  const figures = sweepFigures(report, rows);
  const { sweep, seed, tool, failed } = report;
  const chapters: (Chapter | null)[] = [
    { id: "summary", title: "Summary", content: summary(report, rows) },
    {
      id: "fronts",
      title: "Fronts",
      content: markup`<p>A row is a point under one scheme. It is on the front of its network when no other row is at least as good in time, energy, area and accuracy, and better in one. Time is the latency per sample of one copy of the network, layer after layer; area is that of its own placement. ${accuracyWords(report)}</p>
${await drawFigures(figures.fronts)}
${details(`Rows of the ${report.networks.length === 1 ? "front" : "fronts"}`, tables.frontTable(report, rows))}`,
    },
    figures.axes.length === 0 ? null : { id: "axes", title: "Axes", content: await drawFigures(figures.axes) },
    failed.length === 0 ? null : { id: "failed", title: "Failed points", content: tables.failedTable(report) },
    assumptionsChapter(report),
    originChapter(report, manifest),
  ];
  return renderPage({
    title: sweep,
    lead: markup`<p>Design space of ReRAM crossbars with operation units · seed ${seed} · ${tool.name} ${tool.version}</p>
${report.networks.some(({ source }) => source.startsWith("zoo:")) ? markup`<p class="warn">Networks of the zoo are synthetic: their weights and inputs are drawn, not given (assumption A20).</p>` : null}`,
    chapters: chapters.filter((chapter) => chapter !== null),
    foot: `${tool.name} ${tool.version}. Numbers are rounded here only; results.csv and report.json have them in full.`,
    script: null,
  });
}

function summary(report: SweepReport, rows: readonly PointRow[]): Markup {
  const { points, pointCount, failed, networks, schemes, axes } = report;
  const missing = pointCount - points.length - failed.length;
  // isaac opens what no device stands, and small OUs make its naive slow: it is no speed-up that one could have.
  const fastest = rows
    .filter(({ scheme }) => scheme !== "isaac")
    .reduce<PointRow | null>(
      (best, row) => ((row.result.speedup ?? 0) > (best?.result.speedup ?? 0) ? row : best),
      null,
    );
  const shown: Card[] = [
    {
      term: "Points",
      value: formatCount(points.length),
      note: `of ${formatCount(pointCount)}${failed.length > 0 ? `; ${formatCount(failed.length)} failed` : ""}`,
    },
    { term: "Networks", value: formatCount(networks.length), note: `${formatCount(axes.length)} other axes` },
    { term: "Schemes", value: formatCount(schemes.length), note: `${formatCount(rows.length)} rows` },
    { term: "On a front", value: formatCount(rows.filter(({ isPareto }) => isPareto).length), note: "rows" },
    ...(fastest === null
      ? []
      : [
          {
            term: "Largest speed-up",
            value: formatFactor(fastest.result.speedup),
            note: `${fastest.scheme} against naive, ${fastest.point.network}`,
          },
        ]),
  ];
  const undrawn = networks.length - MOST_DRAWN_NETWORKS;
  return markup`${cards(shown)}
${missing > 0 ? markup`<p class="warn">${formatCount(missing)} of ${formatCount(pointCount)} points have not been run yet.</p>` : null}
${failed.length > 0 ? markup`<p class="warn">${formatCount(failed.length)} ${failed.length === 1 ? "point" : "points"} failed: <a href="#failed">which, and why</a>.</p>` : null}
${undrawn > 0 ? markup`<p class="faint">Figures show the first ${MOST_DRAWN_NETWORKS} networks; tables show all.</p>` : null}
<h3>Best of each network</h3>
${tables.bestTable(report, rows)}
<h3>What was varied</h3>
${tables.axesTable(report)}`;
}

function accuracyWords({ accuracy, points }: SweepReport): string {
  if (accuracy !== null)
    return `Accuracy is that on disturbed crossbars, mean over ${accuracy.chips} chips (engine ${accuracy.engine}); a row without it counts as less accurate than any with it.`;
  return points.some(({ integer }) => integer !== null)
    ? "Accuracy is that of the quantised network on ideal cells."
    : "No network has labels, so there is no accuracy.";
}

function originChapter(report: SweepReport, manifest: SweepManifest | null): Chapter {
  return {
    id: "origin",
    title: "Origin",
    content: markup`${tables.networkTable(report)}
<p class="faint">The configuration that all points share is in sweep.resolved.yaml.</p>
${manifest?.shared ? markup`<p>${describeSavedWork(manifest.shared)}.</p>` : null}
${manifest === null ? null : details("How it was run", markup`<pre>${JSON.stringify(manifest, null, 2)}</pre>`)}`,
  };
}
