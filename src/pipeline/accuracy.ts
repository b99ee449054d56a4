import { loadKernels } from "../../bindings/index.ts";
import type { Kernels, SensingTable } from "../../bindings/kernels.ts";
import { codeDevice, resolveDevice } from "../model/arch/device.ts";
import type { Config } from "../model/arch/config.ts";
import type { CodedDevice, ResolvedDevice } from "../model/arch/device.ts";
import { inputError } from "../model/base/errors.ts";
import { withinMemory } from "../model/base/memory.ts";
import { Pace, paced } from "../model/base/pace.ts";
import type { AccuracyReport, AccuracyRequest, DisturbedScheme, Trial, TrialResult } from "../model/ir/accuracy.ts";
import type { MatrixLayer } from "../model/ir/layer.ts";
import type { Phase, Progress } from "../model/ir/request.ts";
import { withExecutor } from "../stages/simulate/executor.ts";
import type { ChipLayer } from "../stages/simulate/disturbLayer.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import { scoreBaselines } from "./accuracy/baselines.ts";
import type { Baselines } from "./accuracy/baselines.ts";
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
  /** What an earlier run found; undefined where it did not come so far. */
  get(trial: Trial): TrialResult | undefined;
  /** Called once for each trial that was run, when it is done. */
  add(trial: Trial, result: TrialResult): Promise<void>;
}

/** Where and how accuracy is computed; its result does not depend on it. */
export interface AccuracyOptions {
  readonly kernels?: Kernels;
  readonly executor?: Executor | undefined;
  /** Called after each piece of work. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  readonly journal?: TrialJournal;
  /** Where sensing tables are kept. */
  readonly tables?: TableCache;
}

/** The report of an accuracy run, and what it took. */
export interface AccuracyResult {
  readonly report: AccuracyReport;
  readonly phases_ms: Partial<Record<Phase, number>>;
  readonly backend: string;
}

/** Samples whose activations are held at a time. */
const BATCH_SAMPLES = 256;

/** All trials of a request, with the network that they ran through. */
export interface Trials {
  readonly session: AccuracySession;
  readonly devices: readonly ResolvedDevice[];
  readonly baselines: Baselines;
  /** Of the chips of each point, by `pointKey`. */
  readonly results: ReadonlyMap<string, readonly TrialResult[]>;
}

/**
 * What a device leaves of a network's accuracy, by OU height, beside what that OU costs (§9). The same request gives the
 * same report on any number of threads, whether resumed or not.
 * @throws InputError for anything wrong with the input, every fault at once.
 */
export async function simulateAccuracy(
  request: AccuracyRequest,
  options: AccuracyOptions = {},
): Promise<AccuracyResult> {
  return withTrials(request, options, async ({ session, devices, baselines, results }) => {
    const { clock, kernels, executor, calibrated } = session;
    const costs = await clock.timeAsync("count", () =>
      countCosts(request, { kernels, executor, signal: options.signal }),
    );
    const report = clock.time("report", () => accuracyReport(request, devices, calibrated, baselines, results, costs));
    return { report, phases_ms: clock.phases_ms, backend: kernels.backend };
  });
}

/** Runs every trial of a request and hands them on, while the network is open. @throws InputError as `simulateAccuracy` does. */
export async function withTrials<T>(
  request: AccuracyRequest,
  options: AccuracyOptions,
  use: (trials: Trials) => T | Promise<T>,
): Promise<T> {
  const kernels = options.kernels ?? (await loadKernels());
  const { config, workload } = request;
  const devices = request.devices.map((name) => resolveDevice(name, config));
  for (const openWordlines of request.openWordlines) {
    if (openWordlines > config.crossbar.rows)
      throw inputError("open wordlines", `at most ${config.crossbar.rows} (crossbar.rows)`, String(openWordlines));
  }
  if (workload.labels === undefined) throw inputError(workload.name, "labels (--labels FILE)", "none");
  const { signal } = options;
  signal?.throwIfAborted();
  return withExecutor(kernels, options, async (executor) => {
    const shared = { config, kernels, executor, clock: new PhaseClock(), pace: new Pace(signal) };
    const calibrated = await openCalibrated({ ...shared, request }, workload);
    const release = executor.mark();
    try {
      const batchSize = Math.min(BATCH_SAMPLES, calibrated.batchSize);
      const session: AccuracySession = { ...shared, workload, calibrated, batchSize };
      const baselines = await shared.clock.timeAsync("infer", () => scoreBaselines(session));
      const results = await runTrials(request, session, devices, options);
      const found = await use({ session, devices, baselines, results });
      release();
      return found;
    } finally {
      await calibrated.network.dispose();
    }
  });
}

/** Device by device and chip by chip: cells are programmed once, then read under every scheme and OU height. */
async function runTrials(
  request: AccuracyRequest,
  session: AccuracySession,
  devices: readonly ResolvedDevice[],
  options: AccuracyOptions,
): Promise<Map<string, TrialResult[]>> {
  const { config, calibrated } = session;
  const blanks = await blankNetwork(session);
  const kinds = trialsOf(request);
  const progress = countTrials(devices.length * request.chips * kinds.length, calibrated.sampleCount, options);
  const results = new Map<string, TrialResult[]>();
  for (const device of devices) {
    const chips = Array.from({ length: request.chips }, (_, chip) => chip);
    const known = (chip: number, [scheme, openWordlines]: (typeof kinds)[number]): TrialResult | undefined =>
      options.journal?.get({ device: device.name, scheme, openWordlines, chip });
    const isDone = chips.every((chip) => kinds.every((kind) => known(chip, kind) !== undefined));
    const releaseDevice = session.executor.mark();
    const prepared = await prepareDevice(device, request, session, isDone ? [] : kinds, options.tables);
    for (const chip of chips) {
      const releaseChip = session.executor.mark();
      let programmed: ProgrammedChip | undefined;
      for (const kind of kinds) {
        const [scheme, openWordlines] = kind;
        const trial: Trial = { device: device.name, scheme, openWordlines, chip };
        const onSamples = progress(
          `${device.name} ${scheme} ${openWordlines} open, chip ${chip + 1} of ${request.chips}`,
        );
        let result = known(chip, kind);
        if (result === undefined) {
          programmed ??= await programChip(blanks, prepared.coded, request, chip, session);
          const opened = senseConfig(scheme, openWordlines, config);
          const layersOf = chipLayers(blanks, programmed, prepared, scheme, opened);
          result = await session.clock.timeAsync("disturb", () => runTrial(session, layersOf, opened, onSamples));
          await options.journal?.add(trial, result);
        } else {
          onSamples(calibrated.sampleCount);
        }
        const key = pointKey(trial);
        results.set(key, [...(results.get(key) ?? []), result]);
      }
      releaseChip();
    }
    releaseDevice();
  }
  return results;
}

type BlankNetwork = ReadonlyMap<MatrixLayer, readonly BlankLayer[]>;
type ProgrammedChip = ReadonlyMap<BlankLayer, ProgrammedLayer>;

/** A device in codes, and its sensing table for each OU height where the engine wants one. */
interface PreparedDevice {
  readonly coded: CodedDevice;
  readonly tables: ReadonlyMap<number, SensingTable>;
}

async function blankNetwork(session: AccuracySession): Promise<BlankNetwork> {
  const { config, kernels, executor, clock, pace, calibrated } = session;
  const blanks = new Map<MatrixLayer, BlankLayer[]>();
  for (const [matrixLayer, entries] of calibrated.entriesOf) {
    const layers: BlankLayer[] = [];
    for (const entry of entries) {
      const blank = withinMemory(entry.name, async () => {
        const executable = await prepareExecution(entry, config, kernels, executor, clock, pace);
        return paced(blankLayer(executable, config, kernels, executor), pace);
      });
      layers.push(await blank);
    }
    blanks.set(matrixLayer, layers);
  }
  return blanks;
}

async function prepareDevice(
  device: ResolvedDevice,
  { engine, seed }: AccuracyRequest,
  { config, kernels, executor, clock }: AccuracySession,
  kinds: readonly (readonly [DisturbedScheme, number])[],
  cache: TableCache | undefined,
): Promise<PreparedDevice> {
  const coded = codeDevice(device, config);
  const tables = new Map<number, SensingTable>();
  for (const [scheme, openWordlines] of engine === "table" ? kinds : []) {
    const opened = senseConfig(scheme, openWordlines, config);
    if (tables.has(opened.ou.rows)) continue;
    const made = clock.timeAsync("program", () => sensingTable(coded, opened, seed, kernels, executor, cache));
    tables.set(opened.ou.rows, await made);
  }
  return { coded, tables };
}

async function programChip(
  blanks: BlankNetwork,
  device: CodedDevice,
  { engine, seed }: AccuracyRequest,
  chip: number,
  { kernels, executor, clock, pace }: AccuracySession,
): Promise<ProgrammedChip> {
  const programmed = new Map<BlankLayer, ProgrammedLayer>();
  for (const blank of [...blanks.values()].flat()) {
    const steps = programLayer(blank, device, engine, seed, chip, kernels, executor);
    const layer = clock.timeAsync("program", () => withinMemory(blank.layer.name, () => paced(steps, pace)));
    programmed.set(blank, await layer);
  }
  return programmed;
}

function chipLayers(
  blanks: BlankNetwork,
  programmed: ProgrammedChip,
  { coded, tables }: PreparedDevice,
  scheme: DisturbedScheme,
  opened: Config,
): Map<MatrixLayer, ChipLayer[]> {
  const table = tables.get(opened.ou.rows) ?? null;
  return new Map(
    [...blanks].map(([matrixLayer, layers]) => [
      matrixLayer,
      layers.map((blank) => chipLayer(blank, programmed.get(blank)!, table, scheme, coded, opened)),
    ]),
  );
}

/** Progress in samples over all trials. */
function countTrials(
  trialCount: number,
  sampleCount: number,
  { onProgress }: AccuracyOptions,
): (label: string) => (samples: number) => void {
  const total = trialCount * sampleCount;
  let done = 0;
  return (label) => (samples) => onProgress?.({ label, done: (done += samples), total });
}
