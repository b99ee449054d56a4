import { describe, expect, test } from "vitest";
import type { WasmBulkKernels } from "../../bindings/bulk.ts";
import { loadKernels, parseConfig, simulate, simulateAccuracy, zooWorkload } from "../../src/index.ts";
import type { AccuracyRequest, Progress, SimulateOptions, SimulateRequest } from "../../src/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";
import { smallNetwork } from "../load/networks.ts";

const builtWorker = new URL("../../dist/worker.js", import.meta.url).href;
const { model, inputs, labels } = smallNetwork(6, 1);
const network = { kind: "network", name: "small", model, inputs, labels } as const;
const common = {
  config: parseConfig([], []),
  source: { source: "test", sha256: "" },
  schemes: ["orc-dof"],
  seed: 0,
} as const;

function matrix(): SimulateRequest["workload"] {
  const random = new Random(1);
  const row = (count: number, most: number) => Array.from({ length: count }, () => random.integer(0, most));
  return matrixWorkload({
    weights: Array.from({ length: 150 }, () => row(12, 99)),
    activations: Array.from({ length: 9000 }, () => row(150, 999)),
  });
}

const requests: Record<string, SimulateRequest> = {
  "a network": { ...common, workload: network, verifyWindows: "all", outputsOf: "orc-dof", collectDetail: true },
  "a matrix": { ...common, workload: matrix(), verifyWindows: "all" },
  "a network of the zoo": { ...common, workload: zooWorkload("zoo:lenet5", 0).workload, samples: 2, verifyWindows: 4 },
};
const accuracy: AccuracyRequest = {
  ...{ ...common, workload: network, openWordlines: [4, 16], devices: ["base"], chips: 2 },
  ...{ schemes: ["orc-dof"], engine: "cells", maxLossRatio: 0.01 },
};

type Run = (options: Pick<SimulateOptions, "signal" | "onProgress">) => Promise<unknown>;

/** Stops a run at its `count`-th sign of progress; null when it ends before. */
async function stopAt(run: Run, count: number): Promise<{ error: unknown; seen: number } | null> {
  const controller = new AbortController();
  let seen = 0;
  const onProgress = (_progress: Progress): void => {
    if (++seen === count) controller.abort("enough");
  };
  try {
    await run({ signal: controller.signal, onProgress });
    return null;
  } catch (error) {
    // Whatever was under way has its chance to say so.
    await new Promise((resolve) => setTimeout(resolve, 30));
    return { error, seen };
  }
}

describe.each(Object.entries(requests))("%s", async (_name, request) => {
  const kernels = await loadKernels();
  const { arena } = kernels as unknown as WasmBulkKernels;
  const { report } = await simulate(request, { kernels });
  const run: Run = (options) => simulate(request, { kernels, ...options });

  test("stops at any sign of progress, says no more, gives back its memory, and runs again", async () => {
    let stops = 0;
    for (let count = 1; ; count += stops < 4 ? 1 : 3) {
      const stopped = await stopAt(run, count);
      if (stopped === null) break;
      expect(stopped).toEqual({ error: "enough", seen: count });
      expect(arena.mark()).toBe(0);
      stops++;
    }
    expect(stops).toBeGreaterThan(1);
    expect((await simulate(request, { kernels })).report).toEqual(report);
  });

  test("does not begin when it is stopped already, and takes no notice of a signal once it is through", async () => {
    const reason = new Error("stop");
    await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    await run({ signal: controller.signal });
    controller.abort();
    expect((await simulate(request, { kernels, signal: new AbortController().signal })).report).toEqual(report);
  });

  test("stops on threads as well, whoever waits for them, and leaves them to the next run", async () => {
    const pool = await createExecutor(2, builtWorker);
    const { executor } = pool;
    try {
      for (const count of [1, 2]) {
        const stopped = stopAt((options) => simulate(request, { executor, ...options }), count);
        const reason = new Error("not waiting");
        const controller = new AbortController();
        const waiting = simulate(request, { executor, signal: controller.signal });
        controller.abort(reason);
        const next = simulate(request, { executor });
        await expect(waiting).rejects.toBe(reason);
        expect(await stopped).toEqual({ error: "enough", seen: count });
        expect((await next).report).toEqual(report);
      }
    } finally {
      await pool.close();
    }
  });
});

test("an accuracy run stops at any trial, and runs again", async () => {
  const { report } = await simulateAccuracy(accuracy);
  const run: Run = (options) => simulateAccuracy(accuracy, options as Parameters<typeof simulateAccuracy>[1]);
  for (const count of [1, 2, 3]) expect(await stopAt(run, count)).toEqual({ error: "enough", seen: count });
  await expect(run({ signal: AbortSignal.abort("at once") })).rejects.toBe("at once");
  expect((await simulateAccuracy(accuracy)).report).toEqual(report);
});
