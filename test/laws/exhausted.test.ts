import { expect, test } from "vitest";
import {
  SharedMemory,
  instantiateOnSharedMemory,
  loadKernels,
  parseConfig,
  readWasm,
  runTask,
  simulate,
} from "../../src/index.ts";
import type { SimulateOptions, SimulateRequest } from "../../src/index.ts";
import type { WasmBulkKernels } from "../../bindings/bulk.ts";
import { queueExecutor } from "../../src/edges/pool/queueExecutor.ts";
import type { PoolJob, PoolResult } from "../../src/edges/pool/queueExecutor.ts";
import { TaskQueue } from "../../src/edges/pool/taskQueue.ts";

/** A layer that takes more memory than there is, and one that does not. */
function requestOf(rowCount: number): SimulateRequest {
  const array = (place: string, shape: number[]) => ({
    ...{ place, dtype: "i1" as const, shape },
    values: Int8Array.from({ length: shape[0]! * shape[1]! }, (_, i) => i % 3),
  });
  return {
    workload: {
      kind: "matrix",
      name: "wide",
      weights: array("weights", [rowCount, 16]),
      activations: array("activations", [3, rowCount]),
    },
    config: parseConfig([], []),
    source: { source: "test", sha256: "" },
    schemes: ["naive", "orc-dof"],
    seed: 0,
    verifyWindows: "all",
  };
}

async function holds(options: SimulateOptions, message: RegExp): Promise<void> {
  const { report } = await simulate(requestOf(40));
  for (let i = 0; i < 3; i++) {
    const failed = simulate(requestOf(40_000), options);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toMatchObject({ name: "InputError" });
    expect((await simulate(requestOf(40), options)).report).toEqual(report);
  }
}

test("a layer that the kernels' memory has no room for is named, with the bytes, and the next call works", async () => {
  const kernels = await loadKernels();
  await simulate(requestOf(40), { kernels });
  const { memory } = (kernels as unknown as WasmBulkKernels).arena;
  memory.grow(65535 - memory.buffer.byteLength / 65536);
  await holds({ kernels }, /^layer wide: expected a block that memory has room for, got \d{6,} bytes$/);
});

/** A pool of one thread, this one, with as much memory as is said. */
async function smallPool(scratchBytes: number, maximumBytes: number) {
  const shared = new SharedMemory({ threadCount: 1, scratchBytes, initialBytes: 0, maximumBytes });
  const { start, end } = shared.region(0);
  const module = await WebAssembly.compile(await readWasm("worker"));
  const kernels = await instantiateOnSharedMemory(module, shared.memory, start, end);
  const queue = new TaskQueue<PoolJob, PoolResult>(
    0,
    () => Promise.reject(new Error("no worker")),
    ({ task, windows }) => runTask(kernels, task, windows),
  );
  return { shared, executor: queueExecutor(1, shared, queue) };
}

test.each([
  ["a thread's own memory", 300_000, 2 ** 26, /^layer wide: expected at most \d+ bytes more, got \d{6,} bytes$/],
  ["the memory of all threads", 2 ** 24, 300_000, /^layer wide: expected at most 300000 bytes, got \d{6,}$/],
] as const)("%s", async (_name, scratchBytes, maximumBytes, message) => {
  const { shared, executor } = await smallPool(scratchBytes, maximumBytes);
  const empty = shared.mark();
  await holds({ executor }, message);
  expect(shared.mark()).toBe(empty);
});
