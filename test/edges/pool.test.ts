import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError, SCHEMES, parseConfig, simulate } from "../../src/index.ts";
import type { SimulateRequest } from "../../src/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

const builtWorker = new URL("../../dist/worker.js", import.meta.url).href;

function request(): SimulateRequest {
  const random = new Random(1);
  return {
    workload: matrixWorkload({
      weights: Array.from({ length: 200 }, () =>
        Array.from({ length: 12 }, () => (random.chance(0.7) ? 0 : random.integer(-99, 99))),
      ),
      activations: Array.from({ length: 700 }, () => Array.from({ length: 200 }, () => random.integer(0, 999))),
    }),
    config: parseConfig([], []),
    source: { source: "test", sha256: "" },
    schemes: SCHEMES,
    seed: 0,
    verifyWindows: 300,
    outputsOf: "orc-dof",
  };
}

describe("pool", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "sre-pool-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const workerFile = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return pathToFileURL(path).href;
  };

  it.each([2, 3])("gives the report and the outputs of one thread on %i", async (threads) => {
    const alone = await simulate(request());
    const pool = await createExecutor(threads, builtWorker);
    try {
      // Twice: the second run reads what the first one gave back.
      for (let run = 0; run < 2; run++) {
        const together = await simulate(request(), { executor: pool.executor });
        expect(together.report).toEqual(alone.report);
        expect(together.outputs).toEqual(alone.outputs);
      }
    } finally {
      await pool.close();
    }
  });

  it("names the layer when a worker dies, and does not hang", async () => {
    const pool = await createExecutor(2, workerFile("dies.mjs", "export default () => process.exit(3);"));
    try {
      await expect(simulate(request(), { executor: pool.executor })).rejects.toThrow(/^layer test: a worker failed: /);
    } finally {
      await pool.close();
    }
  });

  it("names the layer when a task throws", async () => {
    const pool = await createExecutor(
      2,
      workerFile("throws.mjs", "export default () => { throw new Error('out of arena'); };"),
    );
    try {
      const failed = simulate(request(), { executor: pool.executor });
      await expect(failed).rejects.toThrow("layer test: a worker failed: out of arena");
      await expect(failed).rejects.not.toBeInstanceOf(InputError);
    } finally {
      await pool.close();
    }
  });
});
