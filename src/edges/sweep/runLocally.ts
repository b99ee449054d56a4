import type { PointOutcome } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";
import type { GroupRunner } from "./runner.ts";

/** Attempts of a point before it is reported as failed. */
const ATTEMPTS = 3;

/** Outcomes of groups that run on this machine, group by group as they end. */
export async function* runLocally(
  groups: readonly WorkGroup[],
  runner: GroupRunner,
  onStart: (group: WorkGroup) => void,
): AsyncGenerator<readonly PointOutcome[]> {
  const running = new Map<string, Promise<{ key: string; outcomes: readonly PointOutcome[] }>>();
  const waiting = groups.values();
  for (;;) {
    while (running.size < runner.concurrency) {
      const { value: group } = waiting.next();
      if (group === undefined) break;
      onStart(group);
      const { key } = group;
      running.set(
        key,
        attempt(group, runner).then((outcomes) => ({ key, outcomes })),
      );
    }
    if (running.size === 0) return;
    const { key, outcomes } = await Promise.race(running.values());
    running.delete(key);
    yield outcomes;
  }
}

/** Points that fail are tried again: a thread may have died of another's memory. */
async function attempt(group: WorkGroup, runner: GroupRunner): Promise<PointOutcome[]> {
  const done: PointOutcome[] = [];
  let failed: PointOutcome[] = [];
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    const left = attempts === 1 ? null : new Set(failed.map(({ id }) => id));
    const points = left === null ? group.points : group.points.filter(({ id }) => left.has(id));
    const outcomes = await runner.run({ ...group, points });
    done.push(...outcomes.filter((outcome) => "result" in outcome));
    failed = outcomes.flatMap((outcome) => ("result" in outcome ? [] : [{ ...outcome, attempts }]));
    if (failed.length === 0) break;
  }
  return [...done, ...failed];
}
