import { loadKernels, parseConfig, zooWorkload } from "../src/index.ts";
import type { Kernels } from "../bindings/kernels.ts";
import type { ZooWorkload } from "../src/index.ts";
import { createExecutor } from "../src/edges/pool/executor.ts";
import { Pace } from "../src/model/base/pace.ts";
import { PhaseClock } from "../src/pipeline/phases.ts";
import { prepareCounting, prepareLayer } from "../src/pipeline/prepare.ts";
import type { Session } from "../src/pipeline/session.ts";
import { ZooSession } from "../src/pipeline/zooSession.ts";
import { countLayer } from "../src/stages/simulate/countLayer.ts";
import { inlineExecutor } from "../src/stages/simulate/executor.ts";
import type { Executor } from "../src/stages/simulate/executor.ts";
import { windowsOf } from "../src/stages/simulate/windows.ts";
import type { CaseResult } from "./counting.ts";

const NETWORK = "zoo:vgg16";
const THREADS = 2;

/** Counting of every window of VGG-16 on one thread and on two: each layer prepared once, counted in turn, best of all turns. */
export async function benchThreads(rounds: number): Promise<CaseResult> {
  const kernels = await loadKernels();
  const pool = await createExecutor(THREADS);
  try {
    const executors = [inlineExecutor(kernels), pool.executor!];
    const best_s = await bestTimes(kernels, executors, rounds);
    return {
      name: `${NETWORK}, all windows, 16/16 bit: counting phase`,
      unit: "networks/s",
      rows: best_s.map((seconds, index) => ({
        variant: `Wasm, SIMD, ${index + 1} thread${index === 0 ? "" : "s"}`,
        rate: 1 / seconds,
        best_s: seconds,
        rme: 0,
        sampleCount: rounds * 2,
      })),
    };
  } finally {
    await pool.close();
  }
}

/** Σ over layers of the shortest time of each executor, in s. */
async function bestTimes(kernels: Kernels, executors: readonly Executor[], rounds: number): Promise<number[]> {
  const config = parseConfig([], []);
  const { workload } = zooWorkload(NETWORK, 0);
  const sums = executors.map(() => 0);
  // Layers are drawn for each executor: what tasks read has to lie in its own memory.
  const sets = await Promise.all(executors.map((executor) => layersOf(workload, kernels, executor)));
  for (;;) {
    const layers = await Promise.all(sets.map((set) => set.next()));
    if (layers.some(({ done }) => done)) return sums;
    const best = executors.map(() => Infinity);
    for (let turn = 0; turn < rounds * 2; turn++) {
      for (const [index, executor] of executors.entries()) {
        const { outline, plans, source } = layers[index]!.value!;
        const start = performance.now();
        await countLayer(outline, plans, source, config, executor, () => {});
        best[index] = Math.min(best[index]!, (performance.now() - start) / 1e3);
      }
    }
    best.forEach((seconds, index) => (sums[index]! += seconds));
  }
}

async function layersOf(workload: ZooWorkload, kernels: Kernels, executor: Executor) {
  const config = parseConfig([], []);
  const clock = new PhaseClock();
  const request = {
    workload,
    config,
    source: { source: NETWORK, sha256: "" },
    schemes: [],
    seed: 0,
    verifyWindows: 0 as const,
  };
  const session: Session = { request, config, kernels, executor, clock, pace: new Pace() };
  const network = await ZooSession.open(session, workload);
  async function* layers() {
    for await (const { entries, batches } of network.sets()) {
      const release = executor.mark();
      for (const { layer, windowCount } of entries) {
        const prepared = await prepareLayer(layer, config, kernels, clock, session.pace);
        const plans = prepareCounting(prepared, windowCount, config, kernels, executor, clock);
        for await (const batch of batches()) {
          const source = windowsOf(prepared.outline, batch.codesOf(prepared.outline));
          yield { outline: prepared.outline, plans, source };
        }
      }
      release();
    }
  }
  return layers();
}
