import { FUNCTIONAL_SCHEMES, SCHEMES, encodeOutputs, simulate } from "../../index.ts";
import type { FunctionalScheme, Report, Scheme, SimulateRequest, SimulateResult } from "../../index.ts";
import { createExecutor } from "../pool/executor.ts";
import { loadConfig } from "./config.ts";
import type { ConfigOptions } from "./config.ts";
import { FaultGatherer } from "../faults.ts";
import { createProgress } from "../terminal/progress.ts";
import { InputFiles } from "../files/readFiles.ts";
import { createManifest, refuseExisting, writeRunFolder } from "./runFolder.ts";
import type { Manifest } from "../files/manifest.ts";
import { renderReport } from "./table.ts";
import { parseThreads } from "./threads.ts";
import { loadWorkload } from "../files/workload.ts";
import { countOr, wholeNumber } from "../terminal/options.ts";
import type { WorkloadOptions } from "../files/workload.ts";
import { refuseUnwritableFile, writeWhole } from "../files/writeWhole.ts";

export interface RunOptions extends ConfigOptions, WorkloadOptions {
  readonly schemes?: string | undefined;
  readonly samples?: string | undefined;
  readonly seed: string;
  readonly threads: string;
  readonly verify?: true | undefined;
  readonly verifyWindows?: string | undefined;
  readonly outputs?: string | undefined;
  readonly scheme?: string | undefined;
  readonly json?: true | undefined;
  readonly out?: string | undefined;
  readonly html?: true | undefined;
  readonly force?: true | undefined;
}

const EXIT_MISMATCH = 1;
const EXIT_SKIPPED = 3;

/**
 * Simulates and writes what the options ask for. Gives the exit code.
 * @throws InputError with every fault of the options, configuration and files; nothing is written then.
 */
export async function runCommand(input: string | undefined, options: RunOptions): Promise<number> {
  const startedAt = new Date();
  const files = new InputFiles();
  const { request, threads } = await prepare(input, options, files);
  const reading_ms = Date.now() - startedAt.getTime();
  const result = await simulateWithProgress(request, threads);

  if (options.outputs !== undefined) await writeWhole(options.outputs, encodeOutputs([...result.outputs]));
  if (options.out !== undefined) {
    const phases_ms = { ...result.phases_ms, load: reading_ms + (result.phases_ms.load ?? 0) };
    const manifest = createManifest({ ...result, phases_ms }, files.files, threads, startedAt);
    const html = options.html ? await renderRun(result, manifest) : null;
    await writeRunFolder(options.out, result, manifest, html);
  }
  print(result.report, options);
  return exitCodeOf(result.report);
}

async function prepare(
  input: string | undefined,
  options: RunOptions,
  files: InputFiles,
): Promise<{ request: SimulateRequest; threads: number }> {
  const faults = new FaultGatherer();
  const schemes = parseSchemes(options.schemes, faults);
  const outputsOf = parseOutputScheme(options, faults);
  const seed = wholeNumber("seed", options.seed, 0, faults);
  const samples = options.samples === undefined ? undefined : wholeNumber("samples", options.samples, 1, faults);
  const verifyWindows = parseVerifyWindows(options, faults);
  const threads = parseThreads(options.threads, faults);
  for (const name of ["force", "html"] as const)
    if (options[name] && options.out === undefined) faults.add(`--${name}`, "--out DIR beside it", "nothing");
  const { out, outputs } = options;
  if (outputs !== undefined) await faults.attempt(() => refuseUnwritableFile("--outputs", outputs));
  if (out !== undefined) await faults.attempt(() => refuseExisting(out, options.force === true));

  const config = await faults.attempt(() => loadConfig(options));
  const loaded = await loadWorkload(input, options, seed ?? 0, files, faults);
  if (loaded?.workload.kind === "network" && !loaded.workload.inputs && options.syntheticInputs === undefined) {
    if (options.inputs === undefined) faults.add("--inputs", "a file, or --synthetic-inputs SEED", "nothing");
  }
  if (loaded?.workload.kind === "matrix" && options.activations === undefined) {
    faults.add("--activations", "a file, since --weights is given", "nothing");
  }
  faults.throwIfAny();
  if (!config || !loaded || seed === undefined || threads === undefined) throw new Error("an input without its fault");
  const request: SimulateRequest = {
    ...loaded,
    config,
    schemes,
    seed,
    verifyWindows,
    collectDetail: out !== undefined,
    ...(samples === undefined ? {} : { samples }),
    ...(outputsOf === undefined ? {} : { outputsOf }),
  };
  return { request, threads };
}

async function simulateWithProgress(request: SimulateRequest, threads: number): Promise<SimulateResult> {
  const pool = await createExecutor(threads);
  const progress = createProgress(process.stderr);
  try {
    return await simulate(request, { executor: pool.executor, onProgress: progress.update });
  } finally {
    progress.stop();
    await pool.close();
  }
}

/** The page and its figures weigh megabytes of code: they are loaded when they are asked for. */
async function renderRun({ report, keptRows }: SimulateResult, manifest: Manifest): Promise<string> {
  const { renderRunPage } = await import("../html/runPage.ts");
  return renderRunPage({ report, manifest, keptRows });
}

function print(report: Report, options: RunOptions): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    for (const [scheme, found] of Object.entries(report.verify?.schemes ?? {})) {
      if (found.mismatches > 0) process.stderr.write(`sre: verify ${scheme}: ${found.mismatches} mismatches\n`);
    }
    for (const { name, op, reason } of report.skipped)
      process.stderr.write(`sre: skipped ${name} (${op}): ${reason}\n`);
    return;
  }
  // The table is the result where nothing else carries it; beside a run folder it is text for the reader.
  const stream = options.out === undefined ? process.stdout : process.stderr;
  stream.write(`${renderReport(report)}\n`);
}

function exitCodeOf(report: Report): number {
  const mismatches = Object.values(report.verify?.schemes ?? {}).some((scheme) => scheme.mismatches > 0);
  if (mismatches) return EXIT_MISMATCH;
  return report.skipped.length > 0 ? EXIT_SKIPPED : 0;
}

function parseSchemes(list: string | undefined, faults: FaultGatherer): Scheme[] {
  if (list === undefined) return [...SCHEMES];
  const names = list.split(",").map((name) => name.trim());
  const known: readonly string[] = SCHEMES;
  for (const name of names) {
    if (!known.includes(name)) faults.add("--schemes", `some of ${SCHEMES.join(",")}`, JSON.stringify(name));
  }
  return SCHEMES.filter((scheme) => names.includes(scheme));
}

function parseOutputScheme(options: RunOptions, faults: FaultGatherer): FunctionalScheme | undefined {
  const name = options.scheme ?? "orc-dof";
  const scheme = FUNCTIONAL_SCHEMES.find((functional) => functional === name);
  if (scheme === undefined) faults.add("--scheme", `one of ${FUNCTIONAL_SCHEMES.join(", ")}`, JSON.stringify(name));
  if (options.scheme !== undefined && options.outputs === undefined) {
    faults.add("--scheme", "--outputs FILE beside it", "nothing");
  }
  return options.outputs === undefined ? undefined : scheme;
}

function parseVerifyWindows(options: RunOptions, faults: FaultGatherer): number | "all" {
  const text = options.verifyWindows;
  if (text === undefined) return options.verify ? "all" : 0;
  return text === "all" ? "all" : (countOr("all", "verifyWindows", text, faults) ?? 0);
}
