import { describe, expect, test } from "vitest";
import { loadKernels, simulate } from "../../src/index.ts";
import type { SimulateOptions, SimulateRequest } from "../../src/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { mixedCase } from "../load/mix.ts";

const builtWorker = new URL("../../dist/worker.js", import.meta.url).href;

/** The first eight of the mix that give a result. */
function requests(): SimulateRequest[] {
  const found: SimulateRequest[] = [];
  for (let index = 0; found.length < 8; index++) {
    const { request, ending } = mixedCase(index);
    if (ending === "result") found.push(request);
  }
  return found;
}

async function textOf(request: SimulateRequest, options: SimulateOptions): Promise<string> {
  const { phases_ms: _times, ...result } = await simulate(request, options);
  return JSON.stringify(result, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

describe("eight simulations at once give what they give one after the other, byte for byte", async () => {
  const serial: string[] = [];
  for (const request of requests()) serial.push(await textOf(request, {}));
  const together = (options: SimulateOptions) => Promise.all(requests().map((request) => textOf(request, options)));

  test("the eight differ", () => {
    expect(new Set(serial).size).toBe(8);
  });

  test("each on kernels of its own", async () => {
    expect(await together({})).toEqual(serial);
  });

  test("on the same kernels", async () => {
    expect(await together({ kernels: await loadKernels() })).toEqual(serial);
  });

  test("on the same threads", async () => {
    const pool = await createExecutor(2, builtWorker);
    try {
      expect(await together({ executor: pool.executor })).toEqual(serial);
    } finally {
      await pool.close();
    }
  });
});
