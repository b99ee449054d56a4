import { inspect } from "../../index.ts";
import { loadConfig } from "./config.ts";
import type { ConfigOptions } from "./config.ts";
import { FaultGatherer } from "../faults.ts";
import { InputFiles } from "../files/readFiles.ts";
import { renderInspection } from "./table.ts";
import { loadWorkload } from "../files/workload.ts";
import type { WorkloadOptions } from "../files/workload.ts";

export interface InspectOptions extends ConfigOptions, WorkloadOptions {
  readonly json?: true | undefined;
}

const EXIT_SKIPPED = 3;
/** Of a network of the zoo, whose weights are drawn; that of `run`. */
const DEFAULT_SEED = 0;

/** Shows the layers of a workload. Gives the exit code. @throws InputError with every fault of the input. */
export async function inspectCommand(input: string | undefined, options: InspectOptions): Promise<number> {
  const faults = new FaultGatherer();
  const config = await faults.attempt(() => loadConfig(options));
  const loaded = await loadWorkload(input, options, DEFAULT_SEED, new InputFiles(), faults);
  faults.throwIfAny();
  if (!config || !loaded) throw new Error("an input without its fault");
  const report = await inspect({ ...loaded, config });
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : renderInspection(report)}\n`);
  return report.skipped.length > 0 ? EXIT_SKIPPED : 0;
}
