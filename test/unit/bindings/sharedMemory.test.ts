import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { instantiateOnSharedMemory, readWasm, SharedMemory } from "../../../bindings/index.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { SharedArena } from "../../../bindings/sharedMemory.ts";

const options = { threadCount: 2, scratchBytes: 100_000, initialBytes: 0, maximumBytes: 200_000 };
const twin = new ScalarKernels();
const shape = { windowCount: 3, vectorCount: 1, rowCount: 200, bits: 4 };
const codes = Uint16Array.from({ length: 600 }, (_, i) => i % 16);

describe("SharedMemory", () => {
  test("regions are apart from each other and from what is shared", () => {
    const shared = new SharedMemory(options);
    const [first, second] = [shared.region(0), shared.region(1)];
    expect(first.end - first.start).toBeGreaterThanOrEqual(options.scratchBytes);
    expect(second.start).toBeGreaterThanOrEqual(first.end);
    expect(shared.share(codes).byteOffset).toBeGreaterThanOrEqual(second.end);
  });

  test("shared arrays are copies, aligned, readable past their end, and given back", () => {
    const shared = new SharedMemory(options);
    const mark = shared.mark();
    const first = shared.share(Uint16Array.of(1, 2, 3));
    const second = shared.share(Int32Array.of(-4));
    expect([...first]).toEqual([1, 2, 3]);
    expect([...second]).toEqual([-4]);
    expect(second.byteOffset % 16).toBe(0);
    expect(second.byteOffset - first.byteOffset).toBeGreaterThanOrEqual(6 + 16);
    shared.reset(mark);
    expect(shared.share(Uint16Array.of(9)).byteOffset).toBe(first.byteOffset);
  });

  test("memory grows up to its maximum; then the error names the bytes", () => {
    const shared = new SharedMemory(options);
    const first = shared.share(codes);
    shared.share(new Uint8Array(150_000));
    expect([...first]).toEqual([...codes]);
    expect(() => shared.share(new Uint8Array(60_000))).toThrow(
      /^shared memory: expected at most 200000 bytes, got 2\d{5}$/,
    );
  });

  test("a kernel reads a shared array in place and copies any other", () => {
    const shared = new SharedMemory(options);
    const { start, end } = shared.region(0);
    const arena = new SharedArena(shared.memory, start, end);
    const view = shared.share(codes);
    expect(arena.copyIn(view)).toBe(view.byteOffset);
    expect(arena.copyIn(view.subarray(1))).toBeLessThan(end);
    expect(arena.copyIn(codes)).toBeLessThan(end);
    const other = new SharedMemory(options).share(codes);
    expect(arena.copyIn(other)).toBeLessThan(end);
  });

  test("a view posted through another thread still counts as lying here", async () => {
    const shared = new SharedMemory(options);
    const view = shared.share(codes);
    const echo =
      "require('node:worker_threads').parentPort.once('message', (m) => { process.exitCode = 0;" +
      " require('node:worker_threads').parentPort.postMessage(m); })";
    const worker = new Worker(echo, { eval: true });
    const posted = await new Promise<Uint16Array>((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
      worker.postMessage(view);
    });
    await worker.terminate();
    const { start, end } = shared.region(1);
    expect(new SharedArena(shared.memory, start, end).copyIn(posted)).toBe(view.byteOffset);
  });
});

test("kernels on one shared memory give the twin's results from shared arrays", async () => {
  const shared = new SharedMemory(options);
  const module = await WebAssembly.compile(await readWasm("worker"));
  const view = shared.share(codes);
  for (const thread of [0, 1]) {
    const { start, end } = shared.region(thread);
    const kernels = await instantiateOnSharedMemory(module, shared.memory, start, end);
    expect(kernels.packBitPlanes(view, shape)).toEqual(twin.packBitPlanes(codes, shape));
  }
  expect([...view]).toEqual([...codes]);
});
