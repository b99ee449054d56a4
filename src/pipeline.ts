import { loadKernels } from "../bindings/index.ts";
import type { Kernels } from "../bindings/kernels.ts";
import type { Config } from "./model/arch/config.ts";
import { checkForm } from "./model/base/forms.ts";
import { sum } from "./model/base/numbers.ts";
import { Pace } from "./model/base/pace.ts";
import type { RecordedWorkload } from "./model/ir/recorded.ts";
import type { Report } from "./model/ir/report.ts";
import type { Progress, SimulateRequest, SimulateResult } from "./model/ir/request.ts";
import { buildReport } from "./pipeline/findings.ts";
import type { CountedWorkload, FinishedLayer } from "./pipeline/findings.ts";
import { MatrixSession } from "./pipeline/matrixSession.ts";
import { NetworkSession } from "./pipeline/networkSession.ts";
import { loadParser } from "./pipeline/parser.ts";
import { PhaseClock } from "./pipeline/phases.ts";
import { requestForm } from "./pipeline/requestForm.ts";
import { RecordedSession, recordWorkload } from "./pipeline/recordedSession.ts";
import type { Session, WorkloadSession } from "./pipeline/session.ts";
import { LayerTally, verifiedWindowCount } from "./pipeline/tally.ts";
import type { OnWork } from "./pipeline/tally.ts";
import { ZooSession } from "./pipeline/zooSession.ts";
import { withExecutor } from "./stages/simulate/executor.ts";
import type { Executor } from "./stages/simulate/executor.ts";

/** Where and how a run is computed; its result does not depend on it. */
export interface SimulateOptions {
  /** Default: the fastest kernels that this platform runs. */
  readonly kernels?: Kernels;
  /** Where window tasks run; default: this thread. */
  readonly executor?: Executor | undefined;
  /** Called after each piece of work. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the run: its promise rejects with the signal's reason, and what it held is given back. */
  readonly signal?: AbortSignal | undefined;
}

/** A workload with everything counted that a configuration asks for; prices come later. */
export interface CountResult extends Omit<SimulateResult, "report"> {
  readonly counted: CountedWorkload;
  readonly accuracy: NonNullable<Report["accuracy"]> | null;
}

/**
 * Simulates a network, a network of the zoo or a matrix workload:
 * network | zoo → quantize → map → compress → simulate → cost → report.
 * The same request gives the same report on any number of threads. Keys that its configuration leaves out have their defaults.
 * @throws InputError for anything wrong with the input, every fault at once.
 */
export async function simulate(request: SimulateRequest, options: SimulateOptions = {}): Promise<SimulateResult> {
  checkForm(requestForm, request, "request");
  const config = (await loadParser()).checkConfig(request.config, "request.config");
  const checked = { ...request, config };
  const { counted, accuracy, ...rest } = await countSound(checked, options);
  const clock = new PhaseClock();
  const report = price(checked, { counted, accuracy }, clock);
  return { report, ...rest, phases_ms: { ...rest.phases_ms, ...clock.phases_ms } };
}

/** Everything up to the counts, which no price and no tile of the chip changes. @throws InputError as `simulate` does. */
export async function count(request: SimulateRequest, options: SimulateOptions = {}): Promise<CountResult> {
  checkForm(requestForm, request, "request");
  return countSound(request, options);
}

/** Of a request that has its form. */
async function countSound(request: SimulateRequest, options: SimulateOptions): Promise<CountResult> {
  return withSession(request, options, async (session, workload) => {
    const layers = await countLayers(session, workload, options);
    const { sampleCount, skipped, ingested } = workload;
    const scored = workload.accuracy();
    return {
      counted: { layers, sampleCount, skipped, ingested },
      accuracy: scored?.accuracy ?? null,
      predictions: scored?.predictions ?? null,
      outputs: layers.flatMap(({ outputs }) => (outputs === null ? [] : [outputs])),
      keptRows: request.collectDetail ? layers.map(({ keptRows }) => keptRows) : [],
      phases_ms: session.clock.phases_ms,
      backend: session.kernels.backend,
    };
  });
}

/** cost → report, of counts that were made for the request or for one that differs from it in prices and tiles only. */
export function price(
  request: SimulateRequest,
  { counted, accuracy }: Pick<CountResult, "counted" | "accuracy">,
  clock = new PhaseClock(),
): Report {
  const report = buildReport(request, counted, clock);
  return accuracy === null ? report : { ...report, accuracy };
}

/**
 * Quantises a workload and keeps it, for many runs that share its precision and inputs.
 * @returns null when it would take more than `maxBytes`.
 */
export async function record(
  request: SimulateRequest,
  maxBytes: number,
  options: SimulateOptions = {},
): Promise<RecordedWorkload | null> {
  checkForm(requestForm, request, "request");
  return withSession(request, options, (_, workload) => recordWorkload(request, workload, maxBytes));
}

/** Opens a workload for some work, and closes it behind it. */
async function withSession<T>(
  request: SimulateRequest,
  options: SimulateOptions,
  work: (session: Session, workload: WorkloadSession) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  const kernels = options.kernels ?? (await loadKernels());
  const { config } = request;
  configureKernels(kernels, config);
  return withExecutor(kernels, options, async (executor) => {
    const clock = new PhaseClock();
    const session: Session = { request, config, kernels, executor, clock, pace: new Pace(signal) };
    const workload = await openWorkload(session);
    try {
      return await work(session, workload);
    } finally {
      await workload.close();
    }
  });
}

async function openWorkload(session: Session): Promise<WorkloadSession> {
  const { workload } = session.request;
  switch (workload.kind) {
    case "matrix":
      return MatrixSession.open(session, workload);
    case "network":
      return NetworkSession.open(session, workload);
    case "zoo":
      return ZooSession.open(session, workload);
    case "recorded":
      return RecordedSession.open(session, workload);
  }
}

/** quantised layers → placed, compressed and counted ones, set after set. */
async function countLayers(
  session: Session,
  workload: WorkloadSession,
  options: SimulateOptions,
): Promise<FinishedLayer[]> {
  const onWork = countWork(session, workload, options);
  const finished: FinishedLayer[] = [];
  for await (const { entries, batches } of workload.sets()) {
    const releaseSet = session.executor.mark();
    const tallies: LayerTally[] = [];
    for (const { layer, windowCount } of entries)
      tallies.push(await LayerTally.open(layer, windowCount, session, onWork));
    const releaseBatch = session.executor.mark();
    for await (const batch of batches()) {
      for (const tally of tallies) await tally.add(batch);
      releaseBatch();
    }
    releaseSet();
    for (const tally of tallies) {
      await session.pace.step();
      finished.push(tally.finish());
    }
  }
  return finished;
}

/** Progress over all sets, and the place where an abort takes effect. */
function countWork({ request, pace }: Session, { extents }: WorkloadSession, { onProgress }: SimulateOptions): OnWork {
  const total = sum(
    extents.map(
      ({ weightCount, windowCount }) =>
        weightCount * (windowCount + verifiedWindowCount(request.verifyWindows, windowCount)),
    ),
  );
  let done = 0;
  return (label, work) => {
    pace.signal?.throwIfAborted();
    done += work;
    onProgress?.({ label, done, total });
  };
}

/** Asks the kernels whether they can work with the geometry. */
function configureKernels(kernels: Kernels, config: Config): void {
  kernels.configure({
    crossbarRows: config.crossbar.rows,
    ouRows: config.ou.rows,
    cellBits: config.crossbar.cellBits,
    weightBits: config.precision.weightBits,
    activationBits: config.precision.activationBits,
  });
}
