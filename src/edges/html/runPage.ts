import { explain } from "../../index.ts";
import type { KeptRows, Report, Scheme } from "../../index.ts";
import { runFigures } from "../figures/run.ts";
import type { Manifest } from "../files/manifest.ts";
import { formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
import { assumptionsChapter, cards, lead, originChapter, skippedList } from "./common.ts";
import type { Card } from "./common.ts";
import { heatMap } from "./heatMap.ts";
import { heatMapLayers } from "./heatMapData.ts";
import type { HeatMapLayer } from "./heatMapData.ts";
import { details, markup, scriptJson, table } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { drawFigures, renderPage } from "./page.ts";
import * as tables from "./runTables.ts";

/** A table of more layers is folded. */
const MANY_LAYERS = 24;

/** What a run folder holds. */
export interface RunContent {
  readonly report: Report;
  readonly manifest: Manifest | null;
  /** One per layer, or none where they were not collected. */
  readonly keptRows: readonly (KeptRows | null)[];
}

/** A run as one HTML file. */
export async function renderRunPage({ report, manifest, keptRows }: RunContent): Promise<string> {
  const figures = runFigures(report, keptRows);
  const maps = heatMapLayers(report, keptRows);
  return renderPage({
    title: report.network.name,
    lead: lead(report, "Pruned network on ReRAM crossbars, operation unit by operation unit"),
    chapters: [
      { id: "summary", title: "Summary", content: await summary(report, figures.schemes) },
      {
        id: "layers",
        title: "Layers",
        content: markup`${await drawFigures(figures.layers)}
${report.layers.length > MANY_LAYERS ? details("Layer table", tables.layerTable(report)) : tables.layerTable(report)}
${details("Every layer under every scheme", tables.layerSchemeTable(report))}`,
      },
      { id: "sparsity", title: "Sparsity", content: await sparsity(report, maps, figures.sparsity) },
      {
        id: "chip",
        title: "Chip",
        content: markup`${tables.pipelineTable(report)}
${await drawFigures(figures.chip)}
${details("Replicas, layer by layer", tables.copiesTable(report))}
${tables.placementTable(report)}
${details("Area by component", tables.areaTable(report))}
<p class="faint">Index decoders and wordline generators have no published area and are in none of these.</p>`,
      },
      assumptionsChapter(report),
      {
        id: "prices",
        title: "Prices",
        content: markup`<p>${formatCount(Object.keys(report.prices).length)} prices turn counted events into energy.</p>
${details("Every price and its source", tables.pricesTable(report))}`,
      },
      originChapter(report, manifest),
    ],
    foot: `${report.tool.name} ${report.tool.version}. Numbers are rounded here only; report.json has them in full.`,
    script: maps.length === 0 ? null : mapScript(),
  });
}

async function summary(report: Report, figures: Parameters<typeof drawFigures>[0]): Promise<Markup> {
  const schemes = Object.keys(report.totals) as Scheme[];
  const words = table(
    [
      { head: "scheme", isText: true },
      { head: "what it is", isText: true },
      { head: "OU operations", isText: true },
    ],
    schemes.map((scheme) => [scheme, ...[explain(scheme)].flatMap(({ text, formula = "" }) => [text, formula])]),
  );
  return markup`${headline(report)}
${findings(report)}
${tables.totalsTable(report)}
${details("What the schemes are", words)}
${await drawFigures(figures)}
${details("Energy by component", tables.energyTable(report))}`;
}

/** The numbers of the most particular scheme that was simulated. */
function headline(report: Report): Markup {
  const order: Scheme[] = ["orc-dof", "orc", "dof", "occ", "recom", "isaac", "naive"];
  const [first] = Object.keys(report.totals) as Scheme[];
  const scheme = order.find((name) => report.totals[name] !== undefined) ?? first;
  if (scheme === undefined) return markup``;
  const totals = report.totals[scheme]!;
  const shown: Card[] = [
    { term: "Speed-up", value: formatFactor(totals.speedup), note: `${scheme} against naive` },
    { term: "Latency speed-up", value: formatFactor(totals.latencySpeedup), note: "one copy, no replicas" },
    {
      term: "Energy saved",
      value: formatRatio(totals.energySavingRatio),
      note: `${formatEnergy(totals.energy_pJ / report.samples)} per sample`,
    },
    {
      term: "Pipelined",
      value: formatTime(totals.pipelined_ns),
      note: totals.pipelineLimitedBy === null ? "does not fit on the chip" : `limited by ${totals.pipelineLimitedBy}`,
    },
    {
      term: "Sequential",
      value: formatTime(totals.latency_ns / report.samples),
      note: "per sample, one copy",
    },
    {
      term: "Crossbars",
      value: formatCount(report.area.placements.orc.crossbars),
      note: `with ORC; ${formatCount(report.area.placements.dense.crossbars)} dense`,
    },
  ];
  return cards(shown);
}

function findings(report: Report): Markup {
  const { accuracy, verify } = report;
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const checked = Object.entries(verify?.schemes ?? {}).map(([scheme, { mismatches }]) =>
    mismatches === 0
      ? markup`<li class="good">${scheme}: 0 mismatches in ${formatCount(verify?.windows)} windows</li>\n`
      : markup`<li class="warn">${scheme}: ${formatCount(mismatches)} mismatches in ${formatCount(verify?.windows)} windows</li>\n`,
  );
  return markup`${accuracy === undefined ? null : markup`<p>Accuracy on ${formatCount(accuracy.samples)} samples: float ${percent(accuracy.float)}, integer ${percent(accuracy.integer)}.</p>`}
${checked.length === 0 ? null : markup`<p>Executed bit-serially, OU by OU, and compared with the integer product:</p><ul>${checked}</ul>`}
${skippedList(report)}`;
}

async function sparsity(
  report: Report,
  maps: readonly HeatMapLayer[],
  figures: Parameters<typeof drawFigures>[0],
): Promise<Markup> {
  const { keptRows } = report;
  const leftOut = keptRows?.leftOut ?? [];
  return markup`${maps.length === 0 ? markup`<p class="faint">This run collected no map of kept rows and no open rows: they come with a run folder (<code>sre run … --out DIR</code>).</p>` : mapSection(maps, report.config.mapping.coding === "differential")}
${
  keptRows === undefined || keptRows.crossbarsWithRows === keptRows.crossbars
    ? null
    : markup`<p class="faint">The rows of ${formatCount(keptRows.crossbarsWithRows)} of ${formatCount(keptRows.crossbars)} crossbars are in the map one by one, spread evenly over large layers; of the others it has the number of each group.</p>`
}
${leftOut.map(({ name, reason }) => markup`<p class="warn">No map of ${name}: ${reason}.</p>\n`)}
${await drawFigures(figures)}`;
}

function mapSection(maps: readonly HeatMapLayer[], isDifferential: boolean): Markup {
  return markup`<div class="map" id="kept-rows-map">
<h3>Kept OU rows, crossbar by crossbar</h3>
<p class="faint">Each square is a crossbar of the dense placement: its rows downwards, its OU column groups to the right. From some size on the rows are drawn one by one: yellow is kept, dark is dropped.${isDifferential ? " Arrays of positive magnitudes stand before those of negative ones." : null}</p>
<div class="controls">
<label>Layer <select>${maps.map(({ title }) => markup`<option>${title}</option>`)}</select></label>
<button type="button" data-do="out" aria-label="zoom out">−</button>
<button type="button" data-do="in" aria-label="zoom in">+</button>
<button type="button" data-do="enter">This crossbar</button>
<button type="button" data-do="whole">Whole layer</button>
<span class="legend">0 % <i></i> 100 % of the rows kept</span>
</div>
<canvas tabindex="0" role="application" aria-label="map of kept rows" aria-describedby="kept-rows-keys"></canvas>
<output aria-live="polite"></output>
<p class="faint" id="kept-rows-keys"><kbd>←</kbd> <kbd>↑</kbd> <kbd>→</kbd> <kbd>↓</kbd> choose a crossbar · <kbd>+</kbd> <kbd>−</kbd> zoom · <kbd>Enter</kbd> this crossbar · <kbd>0</kbd> whole layer · drag to move, double-click or wheel to zoom</p>
<script type="application/json" id="kept-rows-data">${scriptJson(maps)}</script>
</div>`;
}

/** The script of the map with what it needs; its text is that of the function itself. */
function mapScript(): string {
  return `(${heatMap.toString()})(
  document.getElementById("kept-rows-map"),
  JSON.parse(document.getElementById("kept-rows-data").textContent),
);`;
}
