import type { FaultGatherer } from "../faults.ts";
import { groupsOf } from "./makePlan.ts";
import type { SweepPlan } from "./plan.ts";

/** Part `index` (from 1) of `count` of a sweep. */
export interface Shard {
  readonly text: string;
  readonly index: number;
  readonly count: number;
}

/** null without `--shard`; a fault, and null, for anything but `i/n`. */
export function parseShard(text: string | undefined, faults: FaultGatherer): Shard | null {
  if (text === undefined) return null;
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { text, index, count };
  faults.add("--shard", "i/n with i in 1..n", JSON.stringify(text));
  return null;
}

/** Points of a shard. Those that share their counts stay together; groups are dealt out in turn. */
export function shardIds(plan: SweepPlan, shard: Shard | null): readonly string[] {
  if (shard === null) return plan.ids;
  const groups = groupsOf(plan, () => true).filter((_, place) => place % shard.count === shard.index - 1);
  return groups.flatMap(({ points }) => points.map(({ id }) => id));
}
