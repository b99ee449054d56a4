import { FaultGatherer } from "../faults.ts";
import { wholeNumber } from "../terminal/options.ts";

export interface BenchCommandOptions {
  readonly rounds: string;
  readonly seconds: string;
  readonly json?: true | undefined;
  readonly grid?: true | undefined;
}

/** What dist/bench.js, which the build makes from bench/, offers. */
interface BenchModule {
  bench(options: { json: boolean; rounds: number; seconds: number; grid: boolean }): Promise<void>;
}

/** Times kernel variants against each other and against C. */
export async function benchCommand(options: BenchCommandOptions): Promise<void> {
  const faults = new FaultGatherer();
  const rounds = wholeNumber("rounds", options.rounds, 1, faults);
  const seconds = Number(options.seconds);
  if (!(seconds > 0)) faults.add("--seconds", "number above 0", JSON.stringify(options.seconds));
  faults.throwIfAny();
  const { bench } = (await import(new URL("bench.js", import.meta.url).href)) as BenchModule;
  await bench({ json: options.json === true, rounds: rounds!, seconds, grid: options.grid === true });
}
