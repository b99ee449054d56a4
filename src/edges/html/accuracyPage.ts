import type { AccuracyReport } from "../../index.ts";
import { accuracyFigures } from "../figures/accuracy.ts";
import type { Manifest } from "../files/manifest.ts";
import { formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "../format.ts";
import { errorCells } from "../tableCells.ts";
import { assumptionsChapter, cards, lead, originChapter, skippedList } from "./common.ts";
import { details, markup, table } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { drawFigures, renderPage } from "./page.ts";

/** An accuracy run as one HTML file. */
export async function renderAccuracyPage(report: AccuracyReport, manifest: Manifest | null): Promise<string> {
  const figures = accuracyFigures(report);
  return renderPage({
    title: `${report.network.name}: accuracy`,
    lead: lead(report, "Inference accuracy against open wordlines, devices and schemes"),
    chapters: [
      {
        id: "summary",
        title: "Summary",
        content: markup`${headline(report)}
<ul>${report.largestOu.map(({ sentence }) => markup`<li>${sentence}</li>\n`)}</ul>
${skippedList(report)}
${await drawFigures(figures)}`,
      },
      { id: "points", title: "Points", content: pointTable(report) },
      { id: "errors", title: "Sensing errors", content: details("Every layer at every point", errorTable(report)) },
      { id: "devices", title: "Devices", content: deviceTable(report) },
      assumptionsChapter(report),
      originChapter(report, manifest),
    ],
    foot: `${report.tool.name} ${report.tool.version}. Numbers are rounded here only; report.json has them in full.`,
    script: null,
  });
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

function headline({ float, integer, samples, chips, engine, maxLossRatio }: AccuracyReport): Markup {
  return cards([
    { term: "Float", value: percent(float.top1), note: `top-1 on ${formatCount(samples)} samples` },
    { term: "Quantised", value: percent(integer.top1), note: "on ideal cells" },
    { term: "Chips a point", value: formatCount(chips), note: `engine ${engine}` },
    { term: "Allowed loss", value: percent(maxLossRatio), note: "against float" },
  ]);
}

function pointTable({ points }: AccuracyReport): Markup {
  return table(
    [
      { head: "device", isText: true },
      { head: "scheme", isText: true },
      ...["open wordlines", "ADC bits", "top-1, mean", "± deviation", "least", "most", "top-5"],
      { head: "holds", isText: true },
      { head: "not beaten", isText: true },
      ...["OU operations", "busy time", "energy", "speed-up", "energy saved"],
    ],
    points.map(({ device, scheme, openWordlines, adcBits, top1, top5, holds, isPareto, cost }) => [
      ...[device, scheme, openWordlines, adcBits],
      ...[percent(top1.mean), percent(top1.std), percent(top1.min), percent(top1.max)],
      top5 === null ? "–" : percent(top5.mean),
      holds ? "yes" : "no",
      isPareto ? "yes" : "",
      formatCount(cost.ouOps),
      formatTime(cost.busyTime_ns),
      formatEnergy(cost.energy_pJ),
      formatFactor(cost.speedup),
      formatRatio(cost.energySavingRatio),
    ]),
    "Speed-up and saving against naive at the configured OU; not beaten: no other point of the device is better in accuracy, time and energy together",
  );
}

function errorTable({ points }: AccuracyReport): Markup {
  return table(
    [
      { head: "layer", isText: true },
      { head: "device", isText: true },
      { head: "scheme", isText: true },
      ...["open wordlines", "reads", "misread", "bias, codes", "RMS, codes", "SNR"],
    ],
    points.flatMap(({ device, scheme, openWordlines, layers }) =>
      layers.map((errors) => [...[errors.name, device, scheme, openWordlines], ...errorCells(errors)]),
    ),
    "Of all reads (one bitline of one OU operation), in codes of the ADC; SNR of the layer's output",
  );
}

function deviceTable({ devices }: AccuracyReport): Markup {
  const names = [...new Set(devices.flatMap((device) => Object.keys(device)))].filter((name) => name !== "name");
  return table(
    [{ head: "device", isText: true }, ...names],
    devices.map((device) => [
      device.name,
      ...names.map((name) => String((device as unknown as Record<string, unknown>)[name] ?? "–")),
    ]),
  );
}
