import type { Faults } from "../../base/errors.ts";
import { valueAt } from "../check.ts";
import type { Candidate } from "./points.ts";
import type { ConditionValue, ExcludeRule } from "./rules.ts";

/** The points that no rule matches. A rule or a value that matches none is a fault: likely a slip. */
export function withoutExcluded(
  points: Iterable<Candidate>,
  rules: readonly ExcludeRule[],
  faults: Faults,
): Candidate[] {
  const matching = new Set<ExcludeRule>();
  const met = new Set<ConditionValue>();
  const left: Candidate[] = [];
  for (const point of points) {
    let excluded = false;
    for (const rule of rules) {
      let all = true;
      for (const { values } of rule.conditions) {
        let any = false;
        for (const value of values) {
          if (!holds(value, point)) continue;
          met.add(value);
          any = true;
        }
        all &&= any;
      }
      if (!all) continue;
      matching.add(rule);
      excluded = true;
    }
    if (!excluded) left.push(point);
  }
  for (const rule of rules) {
    const unmet = rule.conditions.flatMap(({ values }) => values.filter((value) => !met.has(value)));
    for (const { place, shown } of unmet) faults.add(place, "a value that points of the axes have", shown);
    if (unmet.length === 0 && !matching.has(rule)) faults.add(rule.place, "a rule that matches points", "none");
  }
  return left;
}

function holds({ network, patch }: ConditionValue, point: Candidate): boolean {
  if (network !== undefined && network !== point.networkIndex) return false;
  if (!patch) return true;
  for (const { path } of patch.leaves) {
    const wanted = valueAt(patch.tree, path);
    const value = valueAt(point.config, path);
    if (wanted !== value && (typeof wanted !== "object" || JSON.stringify(wanted) !== JSON.stringify(value)))
      return false;
  }
  return true;
}
