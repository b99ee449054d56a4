import type { LocalRunner } from "./localRunner.ts";
import type { WorkGroup } from "./plan.ts";

export interface Estimate {
  /** null when nothing that was tried ran. */
  readonly seconds: number | null;
  /** A line for each network that failed. */
  readonly failed: readonly string[];
}

/** Groups of a network that are tried; the first one's time counts only where there is no other. */
const TRIED = 4;
const ENOUGH_MS = 3000;

/** Runs some groups of each network and takes the others to last alike. */
export async function estimate(groups: readonly WorkGroup[], runner: LocalRunner): Promise<Estimate> {
  const failed: string[] = [];
  let work_ms: number | null = null;
  for (const name of new Set(groups.map(({ network }) => network.name))) {
    const own = groups.filter(({ network }) => network.name === name);
    const preparing_ms = runner.done.preparing_ms;
    const times = await tryGroups(own, runner);
    if (typeof times === "string") failed.push(`${name}: ${times}`);
    else work_ms = (work_ms ?? 0) + runner.done.preparing_ms - preparing_ms + own.length * times.mean_ms;
  }
  return { seconds: work_ms === null ? null : work_ms / runner.threads / 1000, failed };
}

/** Or the error of the first one. */
async function tryGroups(own: readonly WorkGroup[], runner: LocalRunner): Promise<{ mean_ms: number } | string> {
  const count = Math.min(TRIED, own.length);
  let times: number[] = [];
  const start = performance.now();
  for (let turn = 0; turn < count && (turn === 0 || performance.now() - start < ENOUGH_MS); turn++) {
    const group = own[spreadIndex(turn, count, own.length)]!;
    const [outcome] = await runner.run({ ...group, points: group.points.slice(0, 1) });
    if ("error" in outcome!) return outcome.error;
    // The first one also pays for what is compiled and loaded.
    times = turn === 1 ? [outcome!.elapsed_ms] : [...times, outcome!.elapsed_ms];
  }
  return { mean_ms: times.reduce((sum, time) => sum + time, 0) / times.length };
}

/** Place `index` of `count`, spread over `length`. */
function spreadIndex(index: number, count: number, length: number): number {
  return count === 1 ? 0 : Math.round((index * (length - 1)) / (count - 1));
}
