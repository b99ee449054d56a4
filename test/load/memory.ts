import { loadKernels } from "../../bindings/index.ts";
import type { WasmKernels } from "../../bindings/wasm.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { door, workerFile } from "./door.ts";
import { mixedCase } from "./mix.ts";
import type { Ending, MixedCase } from "./mix.ts";

const STEP = 1000;
/** Steps until everything is loaded, compiled and as large as it gets. */
const WARM_STEPS = 3;
const MIB = 2 ** 20;

/** What memory may grow by, per 1,000 simulations, on the straight line through the steps after the warm ones. */
const BOUNDS = { rss: 3, heap: 0.5, arrays: 0.5, wasm: 0 } as const;

type Measure = keyof typeof BOUNDS;
/** MiB */
type Sample = Readonly<Record<Measure, number>>;

const measures: readonly Measure[] = ["rss", "heap", "arrays", "wasm"];

/**
 * Simulates the mix, most of it on kernels that stay and some on kernels or threads of its own, and measures memory after a
 * collection every 1,000 simulations. Gives what does not hold.
 */
export async function runMix(count: number): Promise<string[]> {
  const kernels = (await loadKernels()) as WasmKernels;
  const pool = await createExecutor(2, workerFile);
  const samples: Sample[] = [];
  const ended: Record<Ending | "unstopped", number> = { result: 0, fault: 0, abort: 0, unstopped: 0 };
  const wrong: string[] = [];
  console.log(["simulations", "RSS", "heap", "arrays", "Wasm", "seconds"].map((head) => head.padStart(11)).join(" "));
  const start = performance.now();
  for (let index = 0; index < count; index++) {
    const mixed = mixedCase(index);
    const where = index % 20 === 0 ? { executor: pool.executor, kernels } : index % 20 === 1 ? {} : { kernels };
    const ending = await simulateOne(mixed, where);
    if (ending === "result" && mixed.ending === "abort") ended.unstopped++;
    else if (ending !== mixed.ending) wrong.push(`simulation ${index}: expected a ${mixed.ending}, got ${ending}`);
    else ended[ending]++;
    if ((index + 1) % STEP !== 0) continue;
    const sample = measure(kernels.arena.memory.buffer.byteLength);
    samples.push(sample);
    const cells = measures.map((name) => `${sample[name].toFixed(1)} MiB`.padStart(11));
    const seconds = ((performance.now() - start) / 1e3).toFixed(0).padStart(11);
    console.log([String(index + 1).padStart(11), ...cells, seconds].join(" "));
  }
  await pool.close();
  const { result, fault, abort, unstopped } = ended;
  console.log(`${result} results, ${fault} faults, ${abort} stopped, ${unstopped} done before they were stopped`);
  return [...wrong, ...growth(samples.slice(WARM_STEPS))];
}

async function simulateOne(
  { request, stopAfter }: MixedCase,
  where: Parameters<typeof door.simulate>[1],
): Promise<Ending | string> {
  const controller = new AbortController();
  const timer = stopAfter === null ? null : setTimeout(() => controller.abort(), stopAfter);
  const signal = stopAfter === null ? undefined : controller.signal;
  try {
    await door.simulate(request, { ...where, signal });
    return "result";
  } catch (error) {
    if (error === controller.signal.reason && controller.signal.aborted) return "abort";
    return error instanceof door.InputError ? "fault" : `${(error as Error).stack}`;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

function measure(wasmBytes: number): Sample {
  // Twice: what finalisers let go of is collected the second time.
  for (let i = 0; i < 2; i++) globalThis.gc!();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss: rss / MIB, heap: heapUsed / MIB, arrays: arrayBuffers / MIB, wasm: wasmBytes / MIB };
}

/** What grows by more than it may. */
function growth(samples: readonly Sample[]): string[] {
  if (samples.length < 2) return [];
  return measures.flatMap((name) => {
    const slope = slopeOf(samples.map((sample) => sample[name]));
    const bound = BOUNDS[name];
    console.log(`${name}: ${slope.toFixed(2)} MiB per 1,000 simulations after warm-up, at most ${bound}`);
    return slope <= bound
      ? []
      : `${name}: expected at most ${bound} MiB per 1,000 simulations, got ${slope.toFixed(2)}`;
  });
}

/** Of the straight line with the least squares, per step. */
function slopeOf(values: readonly number[]): number {
  const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const [x0, y0] = [(values.length - 1) / 2, mean(values)];
  const covariance = values.map((value, x) => (x - x0) * (value - y0)).reduce((a, b) => a + b, 0);
  const variance = values.map((_, x) => (x - x0) ** 2).reduce((a, b) => a + b, 0);
  return covariance / variance;
}
