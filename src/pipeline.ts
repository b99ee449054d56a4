import { loadKernels } from "../bindings/index.ts";
import type { Kernels } from "../bindings/kernels.ts";
import type { Config } from "./model/arch/config.ts";
import { sum } from "./model/base/numbers.ts";
import type { Progress, SimulateRequest, SimulateResult } from "./model/ir/request.ts";
import { buildReport } from "./pipeline/findings.ts";
import type { FinishedLayer } from "./pipeline/findings.ts";
import { MatrixSession } from "./pipeline/matrixSession.ts";
import { NetworkSession } from "./pipeline/networkSession.ts";
import { PhaseClock } from "./pipeline/phases.ts";
import type { Session, WorkloadSession } from "./pipeline/session.ts";
import { LayerTally, verifiedWindowCount } from "./pipeline/tally.ts";
import type { OnWork } from "./pipeline/tally.ts";
import { ZooSession } from "./pipeline/zooSession.ts";
import { inlineExecutor } from "./stages/simulate/executor.ts";
import type { Executor } from "./stages/simulate/executor.ts";

export interface SimulateOptions {
  /** Default: the fastest kernels that this platform runs. */
  readonly kernels?: Kernels;
  /** Where window tasks run; default: this thread. */
  readonly executor?: Executor | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between tasks, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Simulates a network, a network of the zoo or a matrix workload:
 * network | zoo → quantize → map → compress → simulate → cost → report.
 * The same request gives the same report on any number of threads.
 * @throws InputError for anything wrong with the input, every fault at once.
 */
export async function simulate(request: SimulateRequest, options: SimulateOptions = {}): Promise<SimulateResult> {
  const kernels = options.kernels ?? (await loadKernels());
  const { config } = request;
  configureKernels(kernels, config);
  const session: Session = {
    request,
    config,
    kernels,
    executor: options.executor ?? inlineExecutor(kernels),
    clock: new PhaseClock(),
    signal: options.signal,
  };
  const workload = await openWorkload(session);
  try {
    const layers = await simulateLayers(session, workload, options);
    const scored = workload.accuracy();
    const report = session.clock.time("report", () =>
      buildReport(request, layers, workload.sampleCount, workload.skipped, workload.ingested),
    );
    return {
      report: scored === null ? report : { ...report, accuracy: scored.accuracy },
      predictions: scored?.predictions ?? null,
      outputs: layers.flatMap(({ outputs }) => (outputs === null ? [] : [outputs])),
      keptRows: request.collectDetail ? layers.map(({ keptRows }) => keptRows) : [],
      phases_ms: session.clock.phases_ms,
      backend: kernels.backend,
    };
  } finally {
    await workload.close();
  }
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
  }
}

/** quantised layers → placed, compressed, counted and priced ones, set after set. */
async function simulateLayers(
  session: Session,
  workload: WorkloadSession,
  options: SimulateOptions,
): Promise<FinishedLayer[]> {
  const onWork = countWork(session, workload, options);
  const finished: FinishedLayer[] = [];
  for await (const { entries, batches } of workload.sets()) {
    const releaseSet = session.executor.mark();
    const tallies = entries.map(({ layer, windowCount }) => new LayerTally(layer, windowCount, session, onWork));
    const releaseBatch = session.executor.mark();
    for await (const batch of batches()) {
      for (const tally of tallies) await tally.add(batch);
      releaseBatch();
    }
    releaseSet();
    finished.push(...tallies.map((tally) => tally.finish()));
  }
  return finished;
}

/** Progress over all sets, and the place where an abort takes effect. */
function countWork(
  { request, signal }: Session,
  { extents }: WorkloadSession,
  { onProgress }: SimulateOptions,
): OnWork {
  const total = sum(
    extents.map(
      ({ weightCount, windowCount }) =>
        weightCount * (windowCount + verifiedWindowCount(request.verifyWindows, windowCount)),
    ),
  );
  let done = 0;
  return (label, work) => {
    signal?.throwIfAborted();
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
