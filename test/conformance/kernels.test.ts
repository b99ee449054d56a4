import { ABI_VERSION } from "../../assembly/shared/abi.ts";
import { describe, expect, test } from "vitest";
import type { BulkKernels, Kernels } from "../../bindings/kernels.ts";
import { readWasm } from "../../bindings/load.node.ts";
import { ScalarKernels } from "../../bindings/scalar.ts";
import { instantiateAlone } from "../../bindings/workerKernels.ts";
import { Random } from "../helpers/random.ts";
import { bulkCases, controlCases, type CaseGenerator } from "./cases.ts";
import { difference } from "./difference.ts";
import { watchedWasm, watchedWorker, type Implementation } from "./implementations.ts";
import { mutants } from "./mutants.ts";

const CASES_PER_KERNEL = 1500;
const twin = new ScalarKernels();
const expectedResults = new Map<string, unknown[]>();

/** The first seed whose result differs from the twin's, with what differs; or null. */
function firstDifference(name: string, generate: CaseGenerator<Kernels>, kernels: BulkKernels): string | null {
  const expected = expectedResults.get(name) ?? [];
  expectedResults.set(name, expected);
  for (let seed = 0; seed < CASES_PER_KERNEL; seed++) {
    const run = generate(new Random(seed));
    const found = difference((expected[seed] ??= run(twin)), run(kernels as Kernels));
    if (found !== null) return `seed ${seed}: ${found}`;
  }
  return null;
}

test("the seeded cases are at least 10,000", () => {
  const kernelCount = Object.keys({ ...bulkCases, ...controlCases }).length;
  expect(kernelCount * CASES_PER_KERNEL).toBeGreaterThanOrEqual(10_000);
});

test.each(Object.entries({ ...bulkCases, ...controlCases }))("the cases of %s are not trivial", (_name, generate) => {
  const results = new Set<string>();
  for (let seed = 0; seed < CASES_PER_KERNEL; seed++) results.add(JSON.stringify(generate(new Random(seed))(twin)));
  expect(results.size).toBeGreaterThan(CASES_PER_KERNEL / 3);
});

const implementations: [string, () => Promise<Implementation<BulkKernels>>, Record<string, CaseGenerator<Kernels>>][] =
  [
    ["debug", () => watchedWasm("debug"), { ...bulkCases, ...controlCases }],
    ["release", () => watchedWasm("release"), { ...bulkCases, ...controlCases }],
    ["scalar", () => watchedWasm("scalar"), { ...bulkCases, ...controlCases }],
    ["worker on shared memory", watchedWorker, bulkCases],
  ];

describe.each(implementations)("%s equals the TypeScript twin", async (_name, instantiate, cases) => {
  const { kernels, uncalledExports } = await instantiate();

  test.each(Object.keys(cases))("%s", (name) => {
    expect(firstDifference(name, cases[name]!, kernels)).toBeNull();
  });

  test("every export was called", () => {
    if ("configure" in kernels) {
      const geometry = { crossbarRows: 128, ouRows: 16, cellBits: 2, weightBits: 16, activationBits: 16 };
      expect((kernels as Kernels).configure(geometry)).toMatch(/^mvm=/);
      expect((kernels as Kernels).describe()).toContain(`ABI ${ABI_VERSION}`);
    }
    const { backend } = kernels as Kernels;
    const lanesAlone = ["areClassesSound", "areListsSound", "countScratchBytes", "countWindows"];
    const needLanes = backend === "wasm-scalar" ? lanesAlone : [];
    expect(uncalledExports().sort()).toEqual(needLanes);
  });
});

describe("worker on a memory of its own equals the TypeScript twin", async () => {
  const kernels = await instantiateAlone(await WebAssembly.compile(await readWasm("worker")));
  const cases = { ...bulkCases, ...controlCases };

  test.each(Object.keys(cases))("%s", (name) => {
    expect(firstDifference(name, cases[name]!, kernels)).toBeNull();
  });
});

describe("a kernel with one comparison flipped is found out", () => {
  test.each(Object.keys(mutants))("%s", (name) => {
    const generate = { ...bulkCases, ...controlCases }[mutants[name]!.kernel]!;
    expect(firstDifference(mutants[name]!.kernel, generate, mutants[name]!.kernels)).toMatch(/^seed \d+: result/);
  });
});
