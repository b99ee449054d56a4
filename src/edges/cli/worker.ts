import { createLocalRunner } from "../sweep/localRunner.ts";
import type { CreateRunner } from "../sweep/runner.ts";
import { startQueueWorker } from "../sweep/worker.ts";
import type { QueueWorker, QueueWorkerOptions } from "../sweep/worker.ts";
import { FaultGatherer } from "../faults.ts";
import { parseThreads } from "./threads.ts";

export interface WorkerCommandOptions {
  readonly redis: string;
  readonly shared?: string | undefined;
  readonly threads: string;
}

/** Of a process that SIGINT ends, by the shells' convention. */
const EXIT_SIGINT = 130;

/** Serves sweeps until SIGINT or SIGTERM. A second signal gives back what is at work. @throws InputError */
export async function workerCommand(
  options: WorkerCommandOptions,
  createRunner: CreateRunner = createLocalRunner,
  timing: QueueWorkerOptions["timing"] = {},
): Promise<number> {
  const faults = new FaultGatherer();
  const threads = parseThreads(options.threads, faults);
  faults.throwIfAny();
  const { redis: url, shared } = options;
  const worker = await startQueueWorker({ url, shared, threads: threads ?? 1, createRunner, log, timing });
  return untilTold(worker);
}

/** Exit code, once the worker has ended. */
function untilTold(worker: QueueWorker): Promise<number> {
  return new Promise((resolve, reject) => {
    let signals = 0;
    const told = (signal: NodeJS.Signals): void => {
      signals++;
      const code = signal === "SIGINT" ? EXIT_SIGINT : 0;
      if (signals > 1) {
        worker.giveBack().then(() => resolve(EXIT_SIGINT), reject);
        return;
      }
      log(`${signal}: taking no more groups; once more to give back those at work`);
      worker.finish().then(() => resolve(code), reject);
    };
    process.on("SIGINT", told);
    process.on("SIGTERM", told);
  });
}

function log(line: string): void {
  process.stderr.write(`sre: ${line}\n`);
}
