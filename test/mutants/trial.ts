import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { WASM_TARGETS, type WasmTarget, type Workshop } from "./workshop.ts";

/** In a copy: how long each file of tests took on the unmutated tree, in ms. */
export const DURATIONS = "durations.json";
const REPORT = "report.json";

/** Some tests, and what has to be built for them. */
export interface Step {
  readonly name: string;
  /** Built anew where the fault lies in assembly/. */
  readonly wasm: readonly WasmTarget[];
  /** May its tests fail on a busy machine? Then a failure counts that comes again. */
  readonly looksTwice: boolean;
  /** Do its tests drive a browser? The program itself is built for every step. */
  readonly needsBrowser: boolean;
  /** Files or folders. */
  readonly tests: readonly string[];
  /** Names of tests, as a regular expression. */
  readonly pattern?: string;
}

/** The tests that look at a room most closely, the most particular room first. */
const NEAREST: readonly (readonly [room: string, tests: readonly string[], pattern?: string])[] = [
  [
    "assembly/",
    ["test/conformance/kernels.test.ts", "test/conformance/lossless.test.ts", "test/unit/bindings"],
    "debug",
  ],
  ["bindings/scalar/", ["test/conformance/kernels.test.ts"], "^debug equals"],
  ["bindings/", ["test/unit/bindings", "test/laws/sensingTable.test.ts", "test/conformance/kernels.test.ts"]],
  ["src/model/arch/sweep/", ["test/unit/arch"]],
  ["src/model/arch/", ["test/unit/arch", "test/laws/cost.test.ts", "test/laws/device.test.ts"]],
  [
    "src/stages/compress/",
    ["test/unit/compress", "test/golden", "test/laws/detail.test.ts", "test/laws/oracle.test.ts", "test/conformance"],
  ],
  ["src/stages/cost/", ["test/laws/cost.test.ts", "test/laws/placement.test.ts", "test/laws/detail.test.ts"]],
  ["src/stages/map/", ["test/laws/placement.test.ts", "test/laws/detail.test.ts", "test/laws/oracle.test.ts"]],
  ["src/stages/network/", ["test/unit/network"]],
  ["src/stages/prune/", ["test/laws/prune.test.ts", "test/laws/permutation.test.ts"]],
  ["src/stages/quantize/", ["test/laws/quantize.test.ts", "test/laws/quantizedNetwork.test.ts", "test/unit/network"]],
  ["src/stages/report/", ["test/golden", "test/laws/cost.test.ts", "test/laws/detail.test.ts"]],
  ["src/stages/simulate/", ["test/golden", "test/unit/simulate", "test/laws"]],
  ["src/stages/zoo/", ["test/unit/zoo", "test/laws/zoo.test.ts"]],
];

const QUICK: Step = {
  name: "quick",
  wasm: WASM_TARGETS,
  looksTwice: true,
  needsBrowser: false,
  tests: ["test/golden", "test/unit", "test/laws", "test/conformance"],
};
/** Of the tests of the program those that reach kernels, stages or settings. */
const PROGRAM: Step = {
  name: "program",
  wasm: WASM_TARGETS,
  looksTwice: true,
  needsBrowser: true,
  tests: [
    ...["test/smoke", "test/contract"],
    ...["accuracy", "badInput", "commands", "pool", "prune", "reproduce", "run", "sweep", "weightsFrom", "zoo"].map(
      (name) => `test/edges/${name}.test.ts`,
    ),
    "test/edges/browser.test.ts",
  ],
};

/** What is tried on a fault, one after the other until a test fails. */
export function stepsOf({ file }: Mutant): Step[] {
  const nearest = NEAREST.find(([room]) => file.startsWith(room));
  if (nearest === undefined) return [QUICK, PROGRAM];
  const [name, tests, pattern] = nearest;
  const first = {
    name,
    wasm: ["debug"] as const,
    looksTwice: false,
    needsBrowser: false,
    tests,
    ...(pattern && { pattern }),
  };
  return [first, QUICK, PROGRAM];
}

/** A test that failed, or why the run came to no end. */
export interface Kill {
  readonly by: string;
  readonly test: string;
}

export interface TestRun {
  readonly kill: Kill | null;
  readonly seconds: number;
  /** ms */
  readonly durations: Readonly<Record<string, number>>;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs the tests of a step in a copy until one fails, where they look twice in the same file again. */
export async function runStep(workshop: Workshop, step: Step, limit_s: number): Promise<TestRun> {
  for (;;) {
    const run = await runTests(workshop, step, limit_s);
    if (run.kill === null || !step.looksTwice) return run;
    const isFile = run.kill.by.endsWith(".ts");
    const again = await runTests(workshop, isFile ? { ...step, tests: [run.kill.by] } : step, limit_s);
    if (again.kill !== null) return { ...again, seconds: run.seconds + again.seconds };
  }
}

async function runTests(workshop: Workshop, step: Step, limit_s: number): Promise<TestRun> {
  const { root } = workshop;
  rmSync(join(root, REPORT), { force: true });
  const pattern = step.pattern === undefined ? [] : ["--testNamePattern", step.pattern];
  const options = ["--root", ".", "--config", "test/mutants/vitest.config.ts", "--bail", "1", "--maxWorkers", "1"];
  const report = ["--reporter", "json", "--outputFile", REPORT];
  const args = ["run", ...options, ...report, ...pattern, ...step.tests];
  const { code, output, seconds, isTimedOut } = await workshop.run("node_modules/vitest/vitest.mjs", args, {}, limit_s);
  if (isTimedOut) return { kill: { by: step.name, test: "(does not end)" }, seconds, durations: {} };
  const path = join(root, REPORT);
  const { testResults } = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : { testResults: [] };
  const placeOf = (name: string): string => name.slice(root.length + 1).replaceAll("\\", "/");
  const durations = Object.fromEntries(
    testResults.map(({ name, startTime, endTime }) => [placeOf(name), endTime - startTime]),
  );
  if (code === 0) return { kill: null, seconds, durations };
  const failed = testResults.find(({ status }) => status === "failed");
  if (failed === undefined)
    return { kill: { by: step.name, test: `(breaks down) ${lastLine(output)}` }, seconds, durations };
  const test = failed.assertionResults.find(({ status }) => status === "failed")?.fullName ?? lastLine(failed.message);
  return { kill: { by: placeOf(failed.name), test }, seconds, durations };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
