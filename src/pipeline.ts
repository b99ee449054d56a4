import { loadKernels } from "../bindings/index.ts";
import type { Kernels } from "../bindings/kernels.ts";
import type { Config } from "./model/arch/config.ts";
import { inputError } from "./model/base/errors.ts";
import { sum } from "./model/base/numbers.ts";
import type { SkippedNode } from "./model/ir/layer.ts";
import type { CodeTensor, QuantizedLayer } from "./model/ir/quantized.ts";
import type { NetworkWorkload, Progress, SimulateRequest, SimulateResult } from "./model/ir/request.ts";
import { buildReport } from "./pipeline/findings.ts";
import { NetworkSession } from "./pipeline/networkSession.ts";
import { PhaseClock } from "./pipeline/phases.ts";
import { prepareLayer } from "./pipeline/prepare.ts";
import type { Session } from "./pipeline/session.ts";
import { LayerTally } from "./pipeline/tally.ts";
import type { TallyOptions } from "./pipeline/tally.ts";
import { quantizeMatrix } from "./stages/quantize/quantizeMatrix.ts";
import { inlineExecutor } from "./stages/simulate/executor.ts";
import type { Executor } from "./stages/simulate/executor.ts";

export interface SimulateOptions {
  /** Default: the fastest kernels that this platform runs. */
  readonly kernels?: Kernels;
  /** Where window tasks run; default: this thread. */
  readonly executor?: Executor | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between tasks, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Simulates a network or a matrix workload: network → quantize → map → compress → simulate → cost → report.
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
  const { tallies, skipped, sampleCount, scored } =
    request.workload.kind === "matrix"
      ? await simulateMatrix(session, options)
      : await simulateNetwork(session, request.workload, options);
  const report = session.clock.time("report", () => buildReport(request, tallies, sampleCount, skipped, kernels));
  return {
    report: scored === null ? report : { ...report, accuracy: scored.accuracy },
    predictions: scored?.predictions ?? null,
    outputs: request.outputsOf === undefined ? [] : tallies.map((tally) => tally.outputs()),
    phases_ms: session.clock.phases_ms,
    backend: kernels.backend,
  };
}

interface Simulated {
  readonly tallies: readonly LayerTally[];
  readonly skipped: readonly SkippedNode[];
  readonly sampleCount: number;
  readonly scored: ReturnType<NetworkSession["accuracy"]>;
}

async function simulateMatrix(session: Session, options: SimulateOptions): Promise<Simulated> {
  const { workload, samples } = session.request;
  if (workload.kind !== "matrix") throw new TypeError("simulateMatrix takes a matrix workload");
  if (workload.activations === undefined) throw inputError(workload.name, "activations (--activations FILE)", "none");
  const { layer, tensor } = session.clock.time("quantise", () => quantizeMatrix(workload, session.config));
  const taken = takeWindows(tensor!, layer, samples, session.executor);
  const tallies = startTallies(session, [layer], [taken.codes.length / layer.matrices[0]!.rowCount], options);
  await tallies[0]!.add(taken);
  return { tallies, skipped: [], sampleCount: 1, scored: null };
}

async function simulateNetwork(session: Session, workload: NetworkWorkload, options: SimulateOptions): Promise<Simulated> {
  const network = await NetworkSession.open(session, workload);
  try {
    const { entries, windowsOf, sampleCount } = network;
    const tallies = startTallies(session, entries, entries.map(windowsOf), options);
    for await (const batch of network.batches()) {
      for (const tally of tallies) await tally.add(batch.codesOf(tally.prepared.layer));
    }
    return { tallies, skipped: network.skipped, sampleCount, scored: network.accuracy() };
  } finally {
    await network.close();
  }
}

/** quantised layers → placed and compressed ones, ready for windows; progress counts all their work. */
function startTallies(
  session: Session,
  layers: readonly QuantizedLayer[],
  windowCounts: readonly number[],
  options: SimulateOptions,
): LayerTally[] {
  const { config, kernels, executor, clock, signal, request } = session;
  let done = 0;
  let total = 0;
  const tallyOptions: TallyOptions = {
    config,
    executor,
    clock,
    verifyWindows: request.verifyWindows,
    outputsOf: request.outputsOf ?? null,
    onWork: (label, work) => {
      signal?.throwIfAborted();
      done += work;
      options.onProgress?.({ label, done, total });
    },
  };
  const tallies = layers.map(
    (layer, index) =>
      new LayerTally(prepareLayer(layer, config, kernels, executor, clock), windowCounts[index]!, tallyOptions),
  );
  total = sum(tallies.map((tally, index) => tally.workPerWindow() * (windowCounts[index]! + tally.verifiableWindows())));
  return tallies;
}

function takeWindows(tensor: CodeTensor, layer: QuantizedLayer, samples: number | undefined, executor: Executor): CodeTensor {
  const { rowCount } = layer.matrices[0]!;
  const windows = Math.min(samples ?? Infinity, tensor.codes.length / rowCount);
  return { codes: executor.share(tensor.codes.subarray(0, windows * rowCount)), shape: [windows, rowCount] };
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
