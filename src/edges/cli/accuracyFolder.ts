import { stringifyConfig } from "../../index.ts";
import type { AccuracyReport, AccuracyResult } from "../../index.ts";
import { accuracyFigure, tradeFigure } from "../figures/accuracy.ts";
import { renderFigure, writeFigure } from "../figures/render.ts";
import { toCsv } from "../files/layerRows.ts";
import type { LayerRow } from "../files/layerRows.ts";
import type { InputFile } from "../files/readFiles.ts";
import { createManifest } from "./runFolder.ts";
import { replaceFolder } from "../files/writeWhole.ts";

/** Writes report, tables and figures of an accuracy run whole, or nothing. */
export async function writeAccuracyFolder(
  dir: string,
  result: AccuracyResult,
  inputs: readonly InputFile[],
  threads: number,
  startedAt: Date,
): Promise<void> {
  const { report } = result;
  const figures = {
    accuracy: await renderFigure(accuracyFigure(report)),
    trade: await renderFigure(tradeFigure(report)),
  };
  await replaceFolder(dir, async (write) => {
    await write("config.resolved.yaml", stringifyConfig(report.config));
    await write("manifest.json", `${JSON.stringify(createManifest(result, inputs, threads, startedAt), null, 2)}\n`);
    await write("report.json", `${JSON.stringify(report, null, 2)}\n`);
    await write("points.csv", toCsv(pointRows(report)));
    await write("layers.csv", toCsv(errorRows(report)));
    for (const [name, figure] of Object.entries(figures)) await writeFigure(write, name, figure);
  });
}

function pointRows({ points }: AccuracyReport): LayerRow[] {
  return points.map(({ device, scheme, openWordlines, adcBits, top1, top5, holds, isPareto, cost }) => ({
    ...{ device, scheme, openWordlines, adcBits },
    ...{ top1_mean: top1.mean, top1_std: top1.std, top1_min: top1.min, top1_max: top1.max },
    ...{ top5_mean: top5?.mean ?? null, holds, isPareto },
    ...cost,
  }));
}

function errorRows({ points }: AccuracyReport): LayerRow[] {
  return points.flatMap(({ device, scheme, openWordlines, layers }) =>
    layers.map(({ name, ...errors }) => ({ device, scheme, openWordlines, layer: name, ...errors })),
  );
}
