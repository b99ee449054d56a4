import { readdir } from "node:fs/promises";
import { parquetWriteBuffer } from "hyparquet-writer";
import { encodeKeptRows, inputError, stringifyConfig } from "../../index.ts";
import type { Report, SimulateResult } from "../../index.ts";
import { layerRows, toColumns, toCsv } from "../files/layerRows.ts";
import type { InputFile } from "../files/readFiles.ts";
import type { Manifest } from "../files/manifest.ts";
import { refuseUnwritable, replaceFolder } from "../files/writeWhole.ts";

export const MANIFEST = "manifest.json";
export const KEPT_ROWS = "kept-rows.npz";

export function createManifest(
  result: Pick<SimulateResult, "phases_ms" | "backend"> & { readonly report: Pick<Report, "tool" | "seed"> },
  inputs: readonly InputFile[],
  threads: number,
  startedAt: Date,
): Manifest {
  const { report, backend, phases_ms } = result;
  return {
    schemaVersion: 1,
    tool: report.tool,
    seed: report.seed,
    inputs,
    backend,
    threads,
    startedAt: startedAt.toISOString(),
    elapsed_ms: Date.now() - startedAt.getTime(),
    phases_ms,
    peakMemory_bytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** @throws InputError when `dir` cannot be made, or exists and may not be replaced: without --force, or when it is no run folder. */
export async function refuseExisting(dir: string, force: boolean): Promise<void> {
  refuseUnwritable("--out", dir);
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw inputError(`--out ${dir}`, "a new folder", code === "ENOTDIR" ? "a file" : `error ${code}`, error);
  }
  if (!force) throw inputError(`--out ${dir}`, "a new folder, or --force", "an existing one");
  if (names.length > 0 && !names.includes(MANIFEST)) {
    throw inputError(`--out ${dir}`, `an earlier run folder (with ${MANIFEST}) to replace`, "another folder");
  }
}

/** Writes the run folder whole, in place of an earlier one, or not at all. */
export async function writeRunFolder(
  dir: string,
  { report, keptRows }: Pick<SimulateResult, "report" | "keptRows">,
  manifest: Manifest,
  html: string | null,
): Promise<void> {
  const rows = layerRows(report);
  await replaceFolder(dir, async (write) => {
    await write("config.resolved.yaml", stringifyConfig(report.config));
    await write(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
    await write("report.json", `${JSON.stringify(report, null, 2)}\n`);
    await write(KEPT_ROWS, encodeKeptRows(keptRows));
    await write("layers.csv", toCsv(rows));
    await write("layers.parquet", new Uint8Array(parquetWriteBuffer({ columnData: toColumns(rows) })));
    if (html !== null) await write("report.html", html);
  });
}
