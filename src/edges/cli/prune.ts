import { existsSync } from "node:fs";
import { basename } from "node:path";
import { PRUNE_METHODS, comparePruning, inputError, nOfMAt, prune } from "../../index.ts";
import type { PruneMethod, PruneRequest, PruneSpec } from "../../index.ts";
import { loadConfig } from "./config.ts";
import type { ConfigOptions } from "./config.ts";
import { FaultGatherer } from "../faults.ts";
import { renderComparison, renderPruning } from "./pruneTable.ts";
import { InputFiles } from "../files/readFiles.ts";
import { loadNetworkFile } from "../files/workload.ts";
import { wholeNumber } from "../terminal/options.ts";
import type { WorkloadOptions } from "../files/workload.ts";
import { refuseUnwritableFile, writeWhole } from "../files/writeWhole.ts";

export interface PruneOptions extends ConfigOptions, WorkloadOptions {
  readonly out?: string | undefined;
  readonly method?: string | undefined;
  readonly sparsity?: string | undefined;
  readonly scope?: string | undefined;
  readonly block?: string | undefined;
  readonly layers: readonly string[];
  readonly permute?: true | undefined;
  readonly compare?: true | undefined;
  readonly samples?: string | undefined;
  readonly json?: true | undefined;
  readonly force?: true | undefined;
}

const EXIT_SKIPPED = 3;

/** Writes a pruned copy of a network, or compares the ways of pruning. Gives the exit code. @throws InputError with every fault. */
export async function pruneCommand(input: string | undefined, options: PruneOptions): Promise<number> {
  const faults = new FaultGatherer();
  const request = await prepare(input, options, faults);
  if (options.compare) {
    const comparison = await comparePruning(request);
    process.stdout.write(`${options.json ? JSON.stringify(comparison, null, 2) : renderComparison(comparison)}\n`);
    return comparison.skipped.length > 0 ? EXIT_SKIPPED : 0;
  }
  const { report, encode } = await prune(request);
  const { out = "" } = options;
  const dataFile = `${basename(out)}.data`;
  const { model, data } = encode(dataFile);
  if (data !== null) await writeWhole(`${out}.data`, data);
  await writeWhole(out, model);
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : renderPruning(report)}\n`);
  return report.skipped.length > 0 ? EXIT_SKIPPED : 0;
}

async function prepare(input: string | undefined, options: PruneOptions, faults: FaultGatherer): Promise<PruneRequest> {
  const { out, compare, force, labels, inputs } = options;
  if (compare && out !== undefined) faults.add("--out", "no such option beside --compare, which writes nothing", out);
  if (!compare && out === undefined) faults.add("--out", "a file to write, or --compare", "nothing");
  if (compare && options.permute)
    faults.add("--permute", "no such option beside --compare, which does both", "--permute");
  if (out !== undefined) await faults.attempt(() => refuseOutput(out, input, force === true));
  if (labels !== undefined && inputs === undefined) faults.add("--labels", "--inputs FILE beside it", "nothing");
  const config = await faults.attempt(() => loadConfig(options));
  const spec = parseSpec(options, config, faults);
  const samples = options.samples === undefined ? undefined : wholeNumber("samples", options.samples, 1, faults);
  const loaded = await loadNetworkFile(input, options, new InputFiles(), faults);
  faults.throwIfAny();
  if (!config || !spec || !loaded) throw new Error("an input without its fault");
  return {
    workload: loaded.workload,
    source: loaded.source,
    config,
    spec,
    permute: options.permute === true,
    ...(options.layers.length === 0 ? {} : { layers: options.layers }),
    ...(samples === undefined ? {} : { samples }),
  };
}

function refuseOutput(out: string, input: string | undefined, force: boolean): void {
  refuseUnwritableFile("--out", out);
  for (const path of [out, `${out}.data`]) {
    if (path === input) throw inputError(`--out ${out}`, "another file than the input", path);
    if (existsSync(path) && !force) throw inputError(`--out ${out}`, "a new file, or --force", `${path}, which exists`);
  }
}

function parseSpec(
  options: PruneOptions,
  config: Awaited<ReturnType<typeof loadConfig>> | undefined,
  faults: FaultGatherer,
): PruneSpec | undefined {
  const given = options.sparsity === undefined ? undefined : parseSparsity(options.sparsity, faults);
  const method = parseMethod(options, given, faults);
  const scope = parseScope(options, faults);
  const block = parseBlock(options, config, faults);
  if (method === undefined || scope === undefined || block === undefined) return undefined;
  const [n, m] = method.nOfM;
  if (method.name === "none") {
    if (!options.permute) faults.add("--method none", "--permute beside it", "nothing");
    if (given !== undefined) faults.add("--sparsity", "no such option beside --method none", String(given));
  }
  const implied = method.name === "none" ? 0 : method.name === "n:m" && m > 0 ? 1 - n / m : undefined;
  const sparsity = given ?? implied;
  if (sparsity === undefined) {
    if (options.sparsity === undefined) faults.add("--sparsity", "a share of zero weights, e.g. 0.9", "nothing");
    return undefined;
  }
  return { method: method.name, sparsity, scope, nOfM: method.nOfM, block };
}

function parseSparsity(text: string, faults: FaultGatherer): number | undefined {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value < 1) return value;
  faults.add("--sparsity", "a number from 0 to below 1", JSON.stringify(text));
  return undefined;
}

/** A name, `N:M`, or "n:m" with N and M from the sparsity. */
function parseMethod(
  { method: text, compare }: PruneOptions,
  sparsity: number | undefined,
  faults: FaultGatherer,
): { name: PruneMethod; nOfM: [number, number] } | undefined {
  if (compare && text !== undefined) faults.add("--method", "no such option beside --compare, which takes all", text);
  if (compare) return { name: "magnitude", nOfM: [0, 0] };
  const name = PRUNE_METHODS.find((known) => known === text) ?? (text === "magnitude-layer" ? "magnitude" : undefined);
  if (name !== undefined && name !== "n:m") return { name, nOfM: [0, 0] };
  const [, n = "0", m = "0"] = /^(\d+):(\d+)$/.exec(text ?? "") ?? [];
  if (name === undefined && Number(n) >= 1 && Number(n) < Number(m)) {
    const nOfM: [number, number] = [Number(n), Number(m)];
    if (sparsity !== undefined && Math.abs(1 - nOfM[0] / nOfM[1] - sparsity) > 1e-9) {
      faults.add("--sparsity", `${1 - nOfM[0] / nOfM[1]}, that of ${text}, or nothing`, String(sparsity));
    }
    return { name: "n:m", nOfM };
  }
  if (name === "n:m") {
    const nOfM = sparsity === undefined ? undefined : nOfMAt(sparsity);
    if (nOfM !== undefined) return { name, nOfM };
    faults.add(
      "--method n:m",
      "a sparsity of 1 - N/M, M up to 32, or N:M as numbers, e.g. 2:4",
      String(sparsity ?? "none"),
    );
    return undefined;
  }
  const known = [...PRUNE_METHODS.filter((other) => other !== "n:m"), "magnitude-layer", "N:M (e.g. 2:4)"];
  faults.add("--method", `one of ${known.join(", ")}`, text === undefined ? "nothing" : JSON.stringify(text));
  return undefined;
}

function parseScope({ scope, method }: PruneOptions, faults: FaultGatherer): "global" | "layer" | undefined {
  if (method === "magnitude-layer" && (scope === undefined || scope === "layer")) return "layer";
  if (scope === undefined || scope === "global" || scope === "layer") {
    if (method !== "magnitude-layer") return scope ?? "global";
    faults.add("--scope", "layer, as --method magnitude-layer says", scope!);
    return undefined;
  }
  faults.add("--scope", "global or layer", JSON.stringify(scope));
  return undefined;
}

/** Rows x columns; by default those of one OU. */
function parseBlock(
  { block }: PruneOptions,
  config: Awaited<ReturnType<typeof loadConfig>> | undefined,
  faults: FaultGatherer,
): PruneSpec["block"] | undefined {
  if (block === undefined) {
    if (config === undefined) return undefined;
    const slices = Math.ceil(config.precision.weightBits / config.crossbar.cellBits);
    return { rows: config.ou.rows, cols: Math.max(1, Math.floor(config.ou.cols / slices)) };
  }
  const [, rows = "0", cols = "0"] = /^(\d+)x(\d+)$/.exec(block) ?? [];
  if (Number(rows) >= 1 && Number(cols) >= 1) return { rows: Number(rows), cols: Number(cols) };
  faults.add("--block", "ROWSxCOLS, e.g. 16x2", JSON.stringify(block));
  return undefined;
}
