import { DISTURBED_SCHEMES, ENGINES, resolveDevice, simulateAccuracy } from "../../index.ts";
import type { AccuracyReport, AccuracyRequest, DisturbedScheme, Engine } from "../../index.ts";
import { createExecutor } from "../pool/executor.ts";
import { writeAccuracyFolder } from "./accuracyFolder.ts";
import { renderAccuracy } from "./accuracyTable.ts";
import { loadConfig } from "./config.ts";
import type { ConfigOptions } from "./config.ts";
import { FaultGatherer } from "../faults.ts";
import { openJournal } from "./journal.ts";
import { createProgress } from "../terminal/progress.ts";
import { InputFiles } from "../files/readFiles.ts";
import { refuseExisting } from "./runFolder.ts";
import { tableCache } from "../files/tableCache.ts";
import { parseThreads } from "./threads.ts";
import { loadNetworkFile } from "../files/workload.ts";
import { wholeNumber } from "../terminal/options.ts";
import type { WorkloadOptions } from "../files/workload.ts";

export interface AccuracyCommandOptions extends ConfigOptions, WorkloadOptions {
  readonly openWordlines: string;
  readonly device?: string | undefined;
  readonly chips: string;
  readonly schemes: string;
  readonly engine: string;
  readonly maxLoss: string;
  readonly samples?: string | undefined;
  readonly seed: string;
  readonly threads: string;
  readonly json?: true | undefined;
  readonly out?: string | undefined;
  readonly force?: true | undefined;
}

const EXIT_SKIPPED = 3;

/**
 * Inference accuracy against open wordlines, devices and schemes. Gives the exit code.
 * @throws InputError with every fault of the options, configuration and files; nothing is written then.
 */
export async function accuracyCommand(input: string | undefined, options: AccuracyCommandOptions): Promise<number> {
  const startedAt = new Date();
  const files = new InputFiles();
  const { request, threads } = await prepare(input, options, files);
  const journal =
    options.out === undefined
      ? undefined
      : await openJournal(options.out, request, files.files, options.force === true);
  const pool = await createExecutor(threads);
  const progress = createProgress(process.stderr);
  try {
    const result = await simulateAccuracy(request, {
      executor: pool.executor,
      onProgress: progress.update,
      tables: tableCache(),
      ...(journal === undefined ? {} : { journal }),
    });
    progress.stop();
    if (options.out !== undefined) await writeAccuracyFolder(options.out, result, files.files, threads, startedAt);
    await journal?.remove();
    print(result.report, options);
    return result.report.skipped.length > 0 ? EXIT_SKIPPED : 0;
  } finally {
    progress.stop();
    await pool.close();
  }
}

function print(report: AccuracyReport, options: AccuracyCommandOptions): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const stream = options.out === undefined ? process.stdout : process.stderr;
  stream.write(`${renderAccuracy(report)}\n`);
}

async function prepare(
  input: string | undefined,
  options: AccuracyCommandOptions,
  files: InputFiles,
): Promise<{ request: AccuracyRequest; threads: number }> {
  const faults = new FaultGatherer();
  const config = await faults.attempt(() => loadConfig(options));
  const openWordlines = options.openWordlines
    .split(",")
    .flatMap((text) => wholeNumber("openWordlines", text.trim(), 1, faults) ?? []);
  const devices = options.device?.split(",").map((name) => name.trim()) ?? defaultDevices(config);
  const chips = wholeNumber("chips", options.chips, 1, faults);
  const schemes = choose("schemes", options.schemes, DISTURBED_SCHEMES, faults);
  const [engine] = choose("engine", options.engine, ENGINES, faults);
  const maxLossRatio = lossRatio(options.maxLoss, faults);
  const seed = wholeNumber("seed", options.seed, 0, faults);
  const samples = options.samples === undefined ? undefined : wholeNumber("samples", options.samples, 1, faults);
  const threads = parseThreads(options.threads, faults);
  if (options.force && options.out === undefined) faults.add("--force", "--out DIR beside it", "nothing");
  const { out } = options;
  if (out !== undefined) await faults.attempt(() => refuseExisting(out, options.force === true));
  if (config !== undefined) {
    for (const device of devices) await faults.attempt(() => void resolveDevice(device, config));
    for (const height of openWordlines)
      if (height > config.crossbar.rows)
        faults.add("--open-wordlines", `at most ${config.crossbar.rows} (crossbar.rows)`, String(height));
  }
  const loaded = await loadNetworkFile(input, options, files, faults);
  for (const name of ["inputs", "labels"] as const)
    if (options[name] === undefined) faults.add(`--${name}`, "a file", "nothing");
  faults.throwIfAny();
  const { workload, source } = loaded!;
  const request: AccuracyRequest = {
    ...{ workload, source, config: config!, seed: seed!, chips: chips!, engine: engine as Engine },
    ...{ devices: [...new Set(devices)], schemes: schemes as DisturbedScheme[] },
    ...{ openWordlines: [...new Set(openWordlines)], maxLossRatio: maxLossRatio! },
    ...(samples === undefined ? {} : { samples }),
  };
  return { request, threads: threads! };
}

/** The configured device; the menu's first one comes with its family. */
function defaultDevices(config: Awaited<ReturnType<typeof loadConfig>> | undefined): string[] {
  const model = config?.device.model ?? "base";
  return model === "base" ? ["base", "base@2", "base@3"] : [model];
}

function choose<T extends string>(name: string, list: string, known: readonly T[], faults: FaultGatherer): T[] {
  const wanted = list.split(",").map((text) => text.trim());
  for (const text of wanted)
    if (!(known as readonly string[]).includes(text))
      faults.add(`--${name}`, `some of ${known.join(",")}`, JSON.stringify(text));
  return known.filter((text) => wanted.includes(text));
}

function lossRatio(text: string, faults: FaultGatherer): number | undefined {
  const percent = Number(/^(.+?)\s*%?$/.exec(text)?.[1] ?? NaN);
  if (percent >= 0 && percent <= 100) return percent / 100;
  faults.add("--max-loss", "percent in 0..100", JSON.stringify(text));
  return undefined;
}
