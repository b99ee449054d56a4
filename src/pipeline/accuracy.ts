import { loadKernels } from "../../bindings/index.ts";
import type { Kernels } from "../../bindings/kernels.ts";
import { codeDevice, resolveDevice } from "../model/arch/device.ts";
import type { CodedDevice, ResolvedDevice } from "../model/arch/device.ts";
import { inputError } from "../model/base/errors.ts";
import type { AccuracyReport, AccuracyRequest, Trial, TrialResult } from "../model/ir/accuracy.ts";
import type { MatrixLayer } from "../model/ir/layer.ts";
import type { Phase, Progress } from "../model/ir/request.ts";
import { inlineExecutor } from "../stages/simulate/executor.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import { scoreBaselines } from "./accuracy/baselines.ts";
import { blankLayer, chipLayer, programLayer, senseConfig } from "./accuracy/chip.ts";
import type { BlankLayer, ProgrammedLayer } from "./accuracy/chip.ts";
import { countCosts } from "./accuracy/costs.ts";
import { accuracyReport } from "./accuracy/report.ts";
import type { AccuracySession } from "./accuracy/session.ts";
import { sensingTable } from "./accuracy/tables.ts";
import type { TableCache } from "./accuracy/tables.ts";
import { runTrial } from "./accuracy/trial.ts";
import { pointKey, trialsOf } from "./accuracy/points.ts";
import { openCalibrated } from "./calibration.ts";
import { PhaseClock } from "./phases.ts";
import { prepareExecution } from "./prepare.ts";

/** Trials that are done already, by an earlier run of the same request. */
export interface TrialJournal {
  get(trial: Trial): TrialResult | undefined;
  add(trial: Trial, result: TrialResult): Promise<void>;
}

export interface AccuracyOptions {
  readonly kernels?: Kernels;
  readonly executor?: Executor | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  readonly journal?: TrialJournal;
  /** Where sensing tables are kept. */
  readonly tables?: TableCache;
}

export interface AccuracyResult {
  readonly report: AccuracyReport;
  readonly phases_ms: Partial<Record<Phase, number>>;
  readonly backend: string;
}

/** Samples whose activations are held at a time. */
const BATCH_SAMPLES = 256;

/**
 * What a device leaves of a network's accuracy, by OU height, beside what that OU costs (§9). The same request gives the
 * same report on any number of threads, whether resumed or not.
 * @throws InputError for anything wrong with the input, every fault at once.
 */
export async function simulateAccuracy(
  request: AccuracyRequest,
  options: AccuracyOptions = {},
): Promise<AccuracyResult> {
  const kernels = options.kernels ?? (await loadKernels());
  const { config, workload } = request;
  const devices = request.devices.map((name) => resolveDevice(name, config));
  for (const openWordlines of request.openWordlines) {
    if (openWordlines > config.crossbar.rows)
      throw inputError("open wordlines", `at most ${config.crossbar.rows} (crossbar.rows)`, String(openWordlines));
  }
  if (workload.labels === undefined) throw inputError(workload.name, "labels (--labels FILE)", "none");
  const executor = options.executor ?? inlineExecutor(kernels);
  const clock = new PhaseClock();
  const shared = { config, kernels, executor, clock, signal: options.signal };
  const calibrated = await openCalibrated({ ...shared, request }, workload);
  const release = executor.mark();
  try {
    const batchSize = Math.min(BATCH_SAMPLES, calibrated.batchSize);
    const session: AccuracySession = { ...shared, workload, calibrated, batchSize };
    const baselines = await clock.timeAsync("infer", () => scoreBaselines(session));
    const results = await runTrials(request, session, devices, options);
    const costs = await clock.timeAsync("count", () =>
      countCosts(request, { kernels, executor, signal: options.signal }),
    );
    const report = clock.time("report", () => accuracyReport(request, devices, calibrated, baselines, results, costs));
    return { report, phases_ms: clock.phases_ms, backend: kernels.backend };
  } finally {
    release();
    await calibrated.network.dispose();
  }
}

/** Device by device and chip by chip: cells are programmed once, then read under every scheme and OU height. */
async function runTrials(
  request: AccuracyRequest,
  session: AccuracySession,
  devices: readonly ResolvedDevice[],
  { journal, onProgress, tables }: AccuracyOptions,
): Promise<Map<string, TrialResult[]>> {
  const { config, kernels, executor, clock, calibrated } = session;
  const blanks = new Map<MatrixLayer, BlankLayer[]>();
  for (const [matrixLayer, entries] of calibrated.entriesOf) {
    const executables = entries.map((entry) => prepareExecution(entry, config, kernels, executor, clock));
    blanks.set(
      matrixLayer,
      executables.map((executable) => blankLayer(executable, config, kernels, executor)),
    );
  }
  const kinds = trialsOf(request);
  const total = devices.length * request.chips * kinds.length * calibrated.sampleCount;
  let done = 0;
  const results = new Map<string, TrialResult[]>();
  for (const device of devices) {
    const coded = codeDevice(device, config);
    for (let chip = 0; chip < request.chips; chip++) {
      const release = executor.mark();
      let programmed: Map<BlankLayer, ProgrammedLayer> | undefined;
      for (const [scheme, openWordlines] of kinds) {
        const trial: Trial = { device: device.name, scheme, openWordlines, chip };
        const label = `${device.name} ${scheme} ${openWordlines} open, chip ${chip + 1} of ${request.chips}`;
        let result = journal?.get(trial);
        if (result === undefined) {
          programmed ??= clock.time("program", () => programChip(blanks, coded, request, chip, session));
          const opened = senseConfig(scheme, openWordlines, config);
          const table =
            request.engine === "table"
              ? await sensingTable(coded, opened, request.seed, kernels, executor, tables)
              : null;
          const layersOf = new Map(
            [...blanks].map(([matrixLayer, layers]) => [
              matrixLayer,
              layers.map((blank) => chipLayer(blank, programmed!.get(blank)!, table, scheme, coded, opened)),
            ]),
          );
          result = await clock.timeAsync("disturb", () =>
            runTrial(session, layersOf, opened, (count) => onProgress?.({ label, done: (done += count), total })),
          );
          await journal?.add(trial, result);
        } else {
          onProgress?.({ label, done: (done += calibrated.sampleCount), total });
        }
        const key = pointKey(trial);
        results.set(key, [...(results.get(key) ?? []), result]);
      }
      release();
    }
  }
  return results;
}

function programChip(
  blanks: ReadonlyMap<MatrixLayer, readonly BlankLayer[]>,
  device: CodedDevice,
  { engine, seed }: AccuracyRequest,
  chip: number,
  { kernels, executor }: AccuracySession,
): Map<BlankLayer, ProgrammedLayer> {
  return new Map(
    [...blanks.values()]
      .flat()
      .map((blank) => [blank, programLayer(blank, device, engine, seed, chip, kernels, executor)]),
  );
}
