import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { inputError } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import { estimate } from "../sweep/estimate.ts";
import { openSweepJournal } from "../sweep/journal.ts";
import type { SweepJournal } from "../sweep/journal.ts";
import { loadSweep } from "../sweep/load.ts";
import { createLocalRunner } from "../sweep/localRunner.ts";
import type { SharedWork } from "../sweep/localRunner.ts";
import { groupsOf, makePlan } from "../sweep/makePlan.ts";
import type { SweepPlan } from "../sweep/plan.ts";
import type { QueueState } from "../sweep/coordinator.ts";
import { writeSweepResults } from "../sweep/results.ts";
import { runLocally } from "../sweep/runLocally.ts";
import { parseShard, shardIds } from "../sweep/shard.ts";
import type { Shard } from "../sweep/shard.ts";
import { groupDescriber } from "../sweep/settings.ts";
import { SweepProgress } from "../sweep/sweepProgress.ts";
import { FaultGatherer } from "../faults.ts";
import { formatDuration } from "../format.ts";
import { renderPoints, renderSweep } from "./sweepTable.ts";
import { parseThreads } from "./threads.ts";

export interface SweepOptions {
  readonly set: readonly string[];
  readonly out?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly resume?: true | undefined;
  readonly threads: string;
  readonly shard?: string | undefined;
  readonly redis?: string | undefined;
  readonly shared?: string | undefined;
  readonly json?: true | undefined;
  readonly force?: true | undefined;
}

const EXIT_FAILED = 1;
const EXIT_SKIPPED = 3;
const EXIT_SIGINT = 130;

/**
 * Runs the points of a sweep that its folder does not hold yet, here or on the workers of a queue. Gives the exit code.
 * @throws InputError with every fault of the options, the file and the files that it names; nothing is written then.
 */
export async function sweepCommand(file: string, options: SweepOptions): Promise<number> {
  const startedAt = new Date();
  const { plan, threads, shard } = await prepare(file, options);
  const wanted = shardIds(plan, shard);
  if (wanted.length === 0)
    throw inputError(`--shard ${shard?.text}`, "a part with points", "none: fewer parts will do");
  if (options.dryRun) return dryRun(plan, wanted, threads);
  const dir = options.out ?? join("runs", plan.sweep.name);
  if (options.resume && !existsSync(dir))
    throw inputError(`--resume ${dir}`, "the folder of a sweep", "no such folder");
  const journal = await openSweepJournal(dir, plan, { force: options.force === true, shard: shard?.text ?? null });
  const leave = (code: number) => (): never => {
    process.stderr.write(
      `\nsre: interrupted; ${journal.outcomes.size} of ${wanted.length} points are in ${dir}, call again to go on\n`,
    );
    process.exit(code);
  };
  const interrupted = leave(EXIT_SIGINT);
  process.once("SIGINT", interrupted);
  // Of a run that nobody reads any more: what is done is kept.
  process.stdout.prependOnceListener("error", leave(EXIT_FAILED));
  try {
    const shared = await runMissing(plan, wanted, journal, threads, options);
    const manifest = {
      startedAt: startedAt.toISOString(),
      elapsed_ms: Date.now() - startedAt.getTime(),
      threads,
      shared,
    };
    const outcomes = [...journal.outcomes.values(), ...journal.failed.values()];
    // A sweep that was finished before keeps what is said of how it was run.
    const report = await writeSweepResults(dir, plan, outcomes, shared?.points === 0 ? null : manifest);
    process.stderr.write(`${renderSweep(report, wanted.length, shared, dir)}\n`);
    return report.failed.length > 0 ? EXIT_SKIPPED : 0;
  } finally {
    process.removeListener("SIGINT", interrupted);
    await journal.close();
  }
}

/** What was shared on this machine; null when others ran the points. */
async function runMissing(
  plan: SweepPlan,
  wanted: readonly string[],
  journal: SweepJournal,
  threads: number,
  options: SweepOptions,
): Promise<SharedWork | null> {
  const isWanted = new Set(wanted.filter((id) => !journal.outcomes.has(id)));
  const groups = groupsOf(plan, (id) => isWanted.has(id));
  const onLine = options.json ? (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`) : null;
  const progress = new SweepProgress(
    groups,
    wanted.length,
    wanted.length - isWanted.size,
    groupDescriber(plan.sweep.points, plan.ids),
    process.stderr,
    onLine,
  );
  const take = async (results: AsyncIterable<readonly PointOutcome[]>): Promise<void> => {
    for await (const outcomes of results) {
      await journal.append(outcomes);
      progress.finished(outcomes);
    }
  };
  try {
    if (options.redis !== undefined) {
      const { runOnQueue } = await import("../sweep/queue.ts");
      const { redis: url, shared } = options;
      await take(
        runOnQueue(groups, {
          url,
          shared,
          sweepHash: plan.hash,
          onState: sayState,
        }),
      );
      return null;
    }
    const runner = createLocalRunner({ threads });
    try {
      await take(runLocally(groups, runner, (group) => progress.started(group)));
      return runner.done;
    } finally {
      await runner.close();
    }
  } finally {
    progress.end();
  }
}

async function dryRun(plan: SweepPlan, wanted: readonly string[], threads: number): Promise<number> {
  process.stdout.write(`${renderPoints(plan, wanted)}\n`);
  const isWanted = new Set(wanted);
  const groups = groupsOf(plan, (id) => isWanted.has(id));
  const runner = createLocalRunner({ threads });
  try {
    const { seconds, failed } = await estimate(groups, runner);
    for (const line of failed) process.stderr.write(`sre: ${line}\n`);
    const time = seconds === null ? "unknown" : `about ${formatDuration(seconds)}`;
    process.stderr.write(
      `${wanted.length} points, ${groups.length} counts: ${time} on ${threads} threads (some of each network were tried)\n`,
    );
    return failed.length > 0 ? EXIT_SKIPPED : 0;
  } finally {
    await runner.close();
  }
}

async function prepare(
  file: string,
  options: SweepOptions,
): Promise<{ plan: SweepPlan; threads: number; shard: Shard | null }> {
  const faults = new FaultGatherer();
  const threads = parseThreads(options.threads, faults);
  const shard = parseShard(options.shard, faults);
  const beside = (name: string, wanted: string, other: unknown): void => {
    if (other === undefined) faults.add(name, `${wanted} beside it`, "nothing");
  };
  if (options.shared !== undefined) beside("--shared", "--redis URL", options.redis);
  if (options.dryRun && options.redis !== undefined) faults.add("--redis", "no --dry-run beside it", "both");
  if (options.resume && options.force) faults.add("--resume", "no --force beside it", "both");
  const sweep = await faults.attempt(() => loadSweep(file, options.set));
  const plan = sweep && (await faults.attempt(() => makePlan(sweep, dirname(file))));
  const { redis: url, shared } = options;
  if (url !== undefined && !options.dryRun) {
    const { checkQueue } = await import("../sweep/queue.ts");
    await faults.attempt(() => checkQueue({ url, shared }, plan?.files.some((files) => files.length > 0) ?? false));
  }
  faults.throwIfAny();
  return { plan: plan!, threads: threads!, shard };
}

function sayState(state: QueueState): void {
  process.stderr.write(`sre: ${describeState(state)}\n`);
}

function describeState(state: QueueState): string {
  switch (state.kind) {
    case "connected":
      return `${state.place}: connected`;
    case "lost":
      return `${state.place}: connection lost, trying again until it is back`;
    case "workers":
      return `${state.count} ${state.count === 1 ? "worker" : "workers"}`;
    case "again":
      return `${state.groups} groups that the server has forgotten are given to it again`;
  }
}
