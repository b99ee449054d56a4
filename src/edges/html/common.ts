import { explain, stringifyConfig } from "../../index.ts";
import type { AccuracyReport, Report } from "../../index.ts";
import type { Manifest } from "../files/manifest.ts";
import { formatCount, formatTime } from "../format.ts";
import { details, markup, table } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Chapter } from "./page.ts";

/** A folder's report is of a run, or of accuracy against open wordlines. */
type AnyReport = Report | AccuracyReport;

export interface Card {
  readonly term: string;
  readonly value: string;
  readonly note?: string;
}

export function cards(all: readonly Card[]): Markup {
  return markup`<dl class="cards">
${all.map(({ term, value, note }) => markup`<div><dt>${term}</dt><dd>${value}${note === undefined ? null : markup` <small>${note}</small>`}</dd></div>\n`)}</dl>`;
}

export function lead({ network, tool, seed, synthetic }: AnyReport, what: string): Markup {
  return markup`<p>${what} · <code>${network.source}</code> · seed ${seed} · ${tool.name} ${tool.version}</p>
${synthetic ? markup`<p class="warn">Synthetic: weights or inputs were drawn, not given (assumption A20).</p>` : null}`;
}

export function assumptionsChapter({ assumptions }: { readonly assumptions: readonly string[] }): Chapter {
  const lines = assumptions.map((id) => {
    const { text, source } = explain(id);
    return markup`<dt>${id}</dt><dd>${text} <span class="faint">${source}</span></dd>\n`;
  });
  return {
    id: "assumptions",
    title: "Assumptions",
    content: markup`<p>What the literature leaves open, and how it is settled here.</p>
<dl class="facts">
${lines}</dl>`,
  };
}

/** Where the numbers come from: resolved configuration, inputs, time and place of the run. */
export function originChapter(report: AnyReport, manifest: Manifest | null): Chapter {
  const { config, network } = report;
  const configuration = markup`<pre>${stringifyConfig(config)}</pre>`;
  return {
    id: "origin",
    title: "Configuration and origin",
    content: markup`<dl class="facts">
<dt>network</dt><dd><code>${network.source}</code></dd>
<dt>sha256</dt><dd><code>${network.sha256}</code></dd>
${manifest === null ? null : manifestFacts(manifest)}</dl>
${manifest === null || manifest.inputs.length === 0 ? null : inputTable(manifest)}
${"weightsFrom" in report ? weightsTable(report) : null}
${details("Resolved configuration", configuration)}`,
  };
}

function manifestFacts({ startedAt, elapsed_ms, backend, threads, phases_ms }: Manifest): Markup {
  const phases = Object.entries(phases_ms).map(([phase, time_ms]) => `${phase} ${formatTime(time_ms * 1e6)}`);
  return markup`<dt>started</dt><dd>${startedAt}, ${formatTime(elapsed_ms * 1e6)}</dd>
<dt>kernels</dt><dd>${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}</dd>
<dt>phases</dt><dd>${phases.join(" · ")}</dd>
`;
}

/** Which layers have weights or masks that came from beside the network. */
function weightsTable({ weightsFrom = [] }: Report): Markup | null {
  if (weightsFrom.length === 0) return null;
  return table(
    [
      { head: "layer", isText: true },
      { head: "weights from", isText: true },
      { head: "mask from", isText: true },
    ],
    weightsFrom.map(({ layer, weights, mask }) => [layer, weights.join(", "), mask.join(", ")]),
  );
}

function inputTable({ inputs }: Manifest): Markup {
  return table(
    [{ head: "input", isText: true }, { head: "file", isText: true }, "bytes", { head: "sha256", isText: true }],
    inputs.map(({ role, path, bytes, sha256 }) => [role, path, formatCount(bytes), markup`<code>${sha256}</code>`]),
  );
}

export function skippedList({ skipped }: Pick<AnyReport, "skipped">): Markup | null {
  if (skipped.length === 0) return null;
  return markup`<p class="warn">Not simulated:</p>
<ul>${skipped.map(({ name, op, reason }) => markup`<li>${name} (${op}): ${reason}</li>\n`)}</ul>`;
}
