import type { LocalRunner } from "./localRunner.ts";
import type { WorkGroup } from "./plan.ts";

export interface Estimate {
  /** null when nothing that was tried ran. */
  readonly seconds: number | null;
  /** A line for each network that failed. */
  readonly failed: readonly string[];
}

/** Groups of a network that are tried, and points of each; what the first one takes counts only where there is no other. */
const TRIED = 4;
const TRIED_POINTS = 20;
const ENOUGH_MS = 3000;

/** Runs some groups of each network and takes the others to last alike. */
export async function estimate(groups: readonly WorkGroup[], runner: LocalRunner): Promise<Estimate> {
  const failed: string[] = [];
  let work_ms: number | null = null;
  for (const name of new Set(groups.map(({ network }) => network.name))) {
    const own = groups.filter(({ network }) => network.name === name);
    const pointCount = own.reduce((sum, { points }) => sum + points.length, 0);
    const { preparing_ms } = runner.done;
    const tried = await tryGroups(own, runner);
    if (typeof tried === "string") failed.push(`${name}: ${tried}`);
    else {
      const prepared_ms = runner.done.preparing_ms - preparing_ms;
      work_ms = (work_ms ?? 0) + prepared_ms + own.length * tried.group_ms + pointCount * tried.point_ms;
    }
  }
  return { seconds: work_ms === null ? null : work_ms / runner.threads / 1000, failed };
}

/** What a group takes before its points, and each point then; or the error of the first one. */
async function tryGroups(
  own: readonly WorkGroup[],
  runner: LocalRunner,
): Promise<{ group_ms: number; point_ms: number } | string> {
  const count = Math.min(TRIED, own.length);
  let seen: { group_ms: number; point_ms: number }[] = [];
  const start = performance.now();
  for (let turn = 0; turn < count && (turn === 0 || performance.now() - start < ENOUGH_MS); turn++) {
    const group = own[spreadIndex(turn, count, own.length)]!;
    const points = group.points.slice(0, TRIED_POINTS);
    const { counting_ms } = runner.done;
    const outcomes = await runner.run({ ...group, points });
    const failure = outcomes.find((outcome) => "error" in outcome);
    if (failure !== undefined && "error" in failure) return failure.error;
    const all_ms = outcomes.reduce((sum, outcome) => sum + ("result" in outcome ? outcome.elapsed_ms : 0), 0);
    // Accuracy, where it is asked for, is the group's as the counts are.
    const group_ms = group.accuracy === null ? runner.done.counting_ms - counting_ms : all_ms;
    const point_ms = Math.max(0, all_ms - group_ms) / points.length;
    // The first one also pays for what is compiled and loaded.
    seen = turn === 1 ? [{ group_ms, point_ms }] : [...seen, { group_ms, point_ms }];
  }
  const mean = (of: (one: (typeof seen)[number]) => number): number =>
    seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
  return { group_ms: mean((one) => one.group_ms), point_ms: mean((one) => one.point_ms) };
}

/** Place `index` of `count`, spread over `length`. */
function spreadIndex(index: number, count: number, length: number): number {
  return count === 1 ? 0 : Math.round((index * (length - 1)) / (count - 1));
}
