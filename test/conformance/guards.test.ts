import { describe, expect, test } from "vitest";
import { BumpArena } from "../../bindings/arena.ts";
import { loadKernels } from "../../bindings/index.ts";
import type { BulkKernels, Kernels } from "../../bindings/kernels.ts";
import { WasmBulkKernels } from "../../bindings/bulk.ts";
import { Random } from "../helpers/random.ts";
import { bulkCases, type CaseGenerator } from "./cases.ts";
import type { Withheld } from "./guardedArena.ts";
import { guarded, watchedWasm, watchedWorker, type Implementation } from "./implementations.ts";

// A block that is one byte shorter than a kernel was told, at either end: the guards must see the kernel write there.

const MOST_CASES = 200;

/** Does any case of a kernel trip a guard byte that stands where it writes? */
function isCaught(
  generate: CaseGenerator<Kernels>,
  { kernels, arena }: Implementation<BulkKernels>,
  side: Withheld["side"],
): boolean {
  for (let seed = 0; seed < MOST_CASES; seed++) {
    const run = generate(new Random(seed));
    const first = arena.blockCount;
    run(kernels as Kernels);
    const blockCount = arena.blockCount - first;
    for (let block = 0; block < blockCount; block++) {
      arena.withheld = { block: arena.blockCount + block, side };
      const message = messageOf(() => run(kernels as Kernels));
      arena.withheld = null;
      if (message === `guard: a kernel wrote ${side} its block, a withheld byte`) return true;
    }
  }
  return false;
}

function messageOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const implementations: [string, () => Promise<Implementation<BulkKernels>>][] = [
  ["debug", () => watchedWasm("debug")],
  ["release", () => watchedWasm("release")],
  ["scalar", () => watchedWasm("scalar")],
  ["worker on shared memory", watchedWorker],
];

describe.each(implementations)("%s: one byte too far is found out", async (_name, instantiate) => {
  const implementation = await instantiate();
  const names = Object.keys(bulkCases);

  test.each(names)("%s, after its block", (name) => {
    expect(isCaught(bulkCases[name]!, implementation, "after")).toBe(true);
  });

  test.each(names)("%s, before its block", (name) => {
    expect(isCaught(bulkCases[name]!, implementation, "before")).toBe(true);
  });
});

test("kernels have guards however a test comes by them", async () => {
  const kernels = await loadKernels();
  expect(kernels).toBeInstanceOf(WasmBulkKernels);
  expect(() => guarded((kernels as unknown as WasmBulkKernels).arena)).not.toThrow();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(() => guarded(new BumpArena(memory, 0, 65536))).not.toThrow();
});
