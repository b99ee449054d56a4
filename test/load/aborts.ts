import { loadKernels } from "../../bindings/index.ts";
import type { WasmKernels } from "../../bindings/wasm.ts";
import { parseConfig, zooWorkload } from "../../src/index.ts";
import type { AccuracyRequest, NetworkWorkload, SimulateRequest } from "../../src/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { Random } from "../helpers/random.ts";
import { door, workerFile } from "./door.ts";
import { vggConvolutions } from "./networks.ts";

/** Longest time from an abort to the end of the run. */
const MOST_MS = 200;

interface Stoppable {
  readonly name: string;
  run(signal: AbortSignal): Promise<unknown>;
}

interface Stopped {
  /** Milliseconds from the moment the abort was due to the end of the run, and the processor time of this program in them. */
  readonly wall: number;
  readonly own: number;
}

/** Stops large runs at random moments and measures how long that takes. Gives what takes too long. */
export async function stopRuns(abortsPerRun: number): Promise<string[]> {
  const kernels = (await loadKernels()) as WasmKernels;
  const pool = await createExecutor(2, workerFile);
  const wrong: string[] = [];
  const heads = ["whole run", "aborts", "median", "95 %", "worst", "own time"].map((head) => head.padStart(10));
  console.log(["run".padEnd(44), ...heads].join(" "));
  for (const { name, run } of runs(kernels, pool.executor)) {
    const whole = await timeOf(run);
    const random = new Random(7);
    const found: Stopped[] = [];
    for (let i = 0; i < abortsPerRun; i++) {
      // One in every part of the run: every phase has its share.
      found.push(await stopAt(run, (whole * (i + random.unit())) / abortsPerRun));
      const left = kernels.arena.mark();
      if (left !== 0) wrong.push(`${name}: expected no block left in the arena, got ${left}`);
    }
    const walls = found.map(({ wall }) => wall).sort((a, b) => a - b);
    const worst = walls.at(-1)!;
    const own = Math.max(...found.map((stopped) => stopped.own));
    const at = (share: number): number => walls[Math.min(walls.length - 1, Math.floor(share * walls.length))]!;
    const times = [whole, found.length, at(0.5), at(0.95), worst, own];
    console.log([name.padEnd(44), ...times.map((time) => time.toFixed(0).padStart(10))].join(" "));
    if (worst > MOST_MS) wrong.push(`${name}: expected an end within ${MOST_MS} ms, got ${worst.toFixed(0)}`);
  }
  await pool.close();
  return wrong;
}

type Executor = Awaited<ReturnType<typeof createExecutor>>["executor"];

function runs(kernels: WasmKernels, executor: Executor): Stoppable[] {
  const config = parseConfig([], []);
  const common = { config, source: { source: "load", sha256: "" }, schemes: door.SCHEMES, seed: 0 };
  const zoo: SimulateRequest = {
    ...{ ...common, workload: zooWorkload("zoo:vgg16", 0).workload },
    ...{ layers: ["conv*"], samples: 1, verifyWindows: 0 },
  };
  const { labels, ...files } = vggConvolutions(2);
  const workload: NetworkWorkload = { kind: "network", name: "vgg", ...files };
  const network: SimulateRequest = { ...common, workload, samples: 1, verifyWindows: 0 };
  const scored: SimulateRequest = { ...network, workload: { ...workload, labels }, samples: 2 };
  // Every cell is read at every position: small images, or one run would take minutes.
  const { labels: few, ...small } = vggConvolutions(1, 32);
  const accuracy: AccuracyRequest = {
    ...{
      ...common,
      workload: { ...workload, ...small, labels: few },
      samples: 1,
      openWordlines: [16],
      devices: ["base"],
    },
    ...{ chips: 1, schemes: ["orc-dof"], engine: "cells-i16", maxLossRatio: 0.01 },
  };
  const simulation = (name: string, request: SimulateRequest, where = {}): Stoppable => ({
    name,
    run: (signal) => door.simulate(request, { kernels, signal, ...where }),
  });
  return [
    simulation("zoo:vgg16 convolutions, counted", zoo),
    simulation("the same with 8 windows a layer verified", { ...zoo, verifyWindows: 8 }),
    simulation("the same on two threads", { ...zoo, verifyWindows: 8 }, { executor }),
    simulation("ONNX of that size, inferred and counted", network),
    simulation("the same with integer inference", scored),
    simulation("the same on two threads, 8 windows verified", { ...scored, verifyWindows: 8 }, { executor }),
    {
      name: "its accuracy on one chip, images of 32 pixels",
      run: (signal) => door.simulateAccuracy(accuracy, { kernels, signal }),
    },
  ];
}

async function timeOf(run: Stoppable["run"]): Promise<number> {
  const start = performance.now();
  await run(new AbortController().signal);
  return performance.now() - start;
}

async function stopAt(run: Stoppable["run"], after: number): Promise<Stopped> {
  const controller = new AbortController();
  const due = performance.now() + after;
  let before = process.cpuUsage();
  // Processor time is known from the last turn of the event loop before the abort is due.
  const watch = setInterval(() => {
    if (performance.now() < due) before = process.cpuUsage();
  }, 1);
  const timer = setTimeout(() => controller.abort(), after);
  try {
    await run(controller.signal);
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
  } finally {
    clearInterval(watch);
    clearTimeout(timer);
  }
  const { user, system } = process.cpuUsage(before);
  return { wall: Math.max(0, performance.now() - due), own: (user + system) / 1e3 };
}
