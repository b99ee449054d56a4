import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { TypeCheck } from "./compiles.ts";
import { mutants } from "./data/index.ts";
import { type Mutant, occurrences } from "./mutant.ts";
import { killedBefore, killedRatio, outcome, type Result, summary, type Verdict, writeResults } from "./results.ts";
import { DURATIONS, runStep, type Step, stepsOf } from "./trial.ts";
import { stopAll, Workshop } from "./workshop.ts";

/** Share of the faults that tests have to see. */
const WANTED_RATIO = 0.95;

/** Is a step sound on the unmutated tree? How long it takes there, by which faults that never end are told. */
class Baseline {
  private readonly seconds = new Map<string, Promise<number>>();

  constructor(private readonly workshop: Workshop) {}

  /** Seconds of a step, run once; one step at a time. @throws Error when a test fails without any fault. */
  of(step: Step): Promise<number> {
    const known = this.seconds.get(step.name);
    if (known !== undefined) return known;
    const before = [...this.seconds.values()].at(-1) ?? Promise.resolve(0);
    const own = before.then(() => this.measure(step));
    this.seconds.set(step.name, own);
    return own;
  }

  private async measure(step: Step): Promise<number> {
    await this.workshop.buildProgram(step.needsBrowser);
    const { kill, seconds, durations } = await runStep(this.workshop, step, 3600);
    if (kill !== null) throw new Error(`${kill.by} fails without a fault: ${kill.test}`);
    Object.assign(this.durations, durations);
    return seconds;
  }

  /** ms of each file of tests. */
  readonly durations: Record<string, number> = {};
}

/** Puts a fault into a copy, tries its steps, and takes it out again. */
async function tryMutant(mutant: Mutant, workshop: Workshop, baseline: Baseline): Promise<Verdict> {
  const whole = workshop.read(mutant.file);
  const isKernel = mutant.file.startsWith("assembly/");
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  workshop.write(
    mutant.file,
    whole.replace(mutant.text, () => mutant.replacement),
  );
  try {
    for (const step of stepsOf(mutant)) {
      const limit_s = 60 + 4 * (await baseline.of(step));
      workshop.write(DURATIONS, JSON.stringify(baseline.durations));
      const complaint = isKernel ? await workshop.buildWasm(step.wasm) : null;
      if (complaint !== null) return { kind: "invalid", reason: complaint.replace(/\s+/g, " ").slice(0, 300) };
      await workshop.buildProgram(step.needsBrowser);
      const { kill } = await runStep(workshop, step, limit_s);
      if (kill !== null) return { kind: "killed", kill, seconds: elapsed() };
    }
    return { kind: "survived", seconds: elapsed() };
  } finally {
    workshop.write(mutant.file, whole);
    if (isKernel) workshop.restoreWasm();
  }
}

/** Faults whose text is not found exactly once, or that are no TypeScript; AssemblyScript is asked when they are tried. */
function invalid(chosen: readonly Mutant[], root: string, workshop: Workshop): Map<Mutant, string> {
  const found = new Map<Mutant, string>();
  const types = new TypeCheck(root);
  for (const mutant of chosen) {
    const whole = workshop.read(mutant.file);
    const count = occurrences(mutant.text, whole);
    if (count !== 1) throw new Error(`${mutant.id}: expected its text once in ${mutant.file}, got ${count} times`);
    if (mutant.file.startsWith("assembly/")) continue;
    const complaint = types.complaint(
      mutant.file,
      whole.replace(mutant.text, () => mutant.replacement),
    );
    if (complaint !== null) found.set(mutant, complaint);
  }
  return found;
}

/** Tries the faults that are not among the results already, and writes all results as they come. */
async function check(
  chosen: readonly Mutant[],
  known: readonly Result[],
  out: string,
  jobs: number,
): Promise<Result[]> {
  const root = process.cwd();
  const first = await Workshop.open(root);
  const modules = join(root, "node_modules");
  const unmutated = first.duplicate(modules);
  const workshops = [
    first,
    ...Array.from({ length: Math.min(jobs, chosen.length) - 1 }, () => first.duplicate(modules)),
  ];
  const all = [unmutated, ...workshops];
  const close = (): void => all.forEach((workshop) => workshop.close());
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopAll();
      // What is killed needs a moment to be gone from its folder.
      setTimeout(() => {
        close();
        process.exit(130);
      }, 500);
    });
  }
  const results = [...known];
  const start = performance.now();
  const tell = (result: Result): void => {
    results.push(result);
    const perFault = (performance.now() - start) / 60_000 / (results.length - known.length);
    const minutesLeft = perFault * (chosen.length - results.length);
    const [verdict, by] = outcome(result.verdict);
    console.error(
      `[${results.length}/${chosen.length}] ${verdict} ${result.mutant.id} ${by} (${minutesLeft.toFixed(0)} min left)`,
    );
    writeResults(out, results);
  };
  try {
    const untried = chosen.filter((mutant) => !known.some((result) => result.mutant === mutant));
    const broken = invalid(untried, root, first);
    for (const [mutant, reason] of broken) tell({ mutant, verdict: { kind: "invalid", reason } });
    const baseline = new Baseline(unmutated);
    const waiting = untried.filter((mutant) => !broken.has(mutant));
    await Promise.all(
      workshops.map(async (workshop) => {
        for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
          tell({ mutant, verdict: await tryMutant(mutant, workshop, baseline) });
      }),
    );
  } finally {
    stopAll();
    close();
  }
  const order = new Map(chosen.map((mutant, index) => [mutant, index]));
  results.sort((a, b) => order.get(a.mutant)! - order.get(b.mutant)!);
  writeResults(out, results);
  return results;
}

const { out, only, jobs, resume } = new Command()
  .name("mutants")
  .description("applies small faults one at a time and looks whether a test fails")
  .option("--out <folder>", "where results.md and results.json go", "runs/mutants")
  .option("--only <id...>", "these faults alone")
  .option("--resume", "keep the faults that results.json has as killed, try the others")
  .option("--jobs <n>", "faults tried at the same time", Number, availableParallelism())
  .parse()
  .opts();
const unknown = (only ?? []).filter((id) => !mutants.some((mutant) => mutant.id === id));
if (unknown.length > 0) throw new Error(`--only: expected ids of test/mutants/data, got ${unknown.join(", ")}`);
const chosen = only === undefined ? mutants : mutants.filter(({ id }) => only.includes(id));
const results = await check(chosen, resume ? killedBefore(out, chosen) : [], out, jobs);
console.log(summary(results));
const isSound = killedRatio(results) >= WANTED_RATIO && results.every(({ verdict }) => verdict.kind !== "invalid");
process.exitCode = isSound ? 0 : 1;
