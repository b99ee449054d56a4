import type { Setting, SweepPoint } from "../../ir/sweep.ts";
import { valueAt } from "../check.ts";
import type { Config } from "../config.ts";
import { settingOf, toSetting } from "./axes.ts";
import type { Axis } from "./axes.ts";
import { fingerprint, overlay } from "./patch.ts";
import type { Leaf, Patch } from "./patch.ts";
import type { IncludeRule } from "./rules.ts";

/** A network as its points start from it. */
export interface NetworkBase {
  readonly name: string;
  /** Below the axes. */
  readonly config: Config;
}

/** A point, and what made it: the value of each axis, or the rule that added it. */
export interface Candidate extends SweepPoint {
  readonly networkIndex: number;
  readonly patches: readonly Patch[];
}

/** The cartesian product, last axis fastest; the network takes the turn `networkTurn` among the axes. */
export function* product(
  networks: readonly NetworkBase[],
  axes: readonly Axis[],
  networkTurn: number,
): Generator<Candidate> {
  const counts = axes.map((axis) => axis.patches.length);
  counts.splice(networkTurn, 0, networks.length);
  const total = counts.reduce((all, each) => all * each, 1);
  const turn = counts.map(() => 0);
  for (let index = 0; index < total; index++) {
    const networkIndex = turn[networkTurn]!;
    const { name, config } = networks[networkIndex]!;
    const patches: Patch[] = [];
    const settings: Record<string, Setting> = {};
    axes.forEach((axis, position) => {
      const value = turn[position < networkTurn ? position : position + 1]!;
      patches.push(axis.patches[value]!);
      settings[axis.path] = axis.values[value]!;
    });
    yield { network: name, settings, config: overlay(config, patches), networkIndex, patches };
    for (let digit = counts.length - 1; digit >= 0 && ++turn[digit]! === counts[digit]; digit--) turn[digit] = 0;
  }
}

/** A point that a rule adds: what it does not say is the network's own. */
export function includedPoint(
  { network, patch }: IncludeRule,
  networks: readonly NetworkBase[],
  axes: readonly Axis[],
): Candidate {
  const base = networks[network]!;
  const config = overlay(base.config, [patch]);
  const settings: Record<string, Setting> = {};
  for (const axis of axes) {
    // As the axis writes it, where it has this value.
    const print = fingerprint(config, axis.leaves);
    const known = axis.patches.findIndex((value) => fingerprint(overlay(base.config, [value]), axis.leaves) === print);
    settings[axis.path] = axis.values[known] ?? settingOf(axis.path, config, axis.leaves);
  }
  const moved = new Set(axes.flatMap((axis) => axis.leaves.map(({ dotted }) => dotted)));
  for (const { dotted, path } of patch.leaves) {
    if (!moved.has(dotted)) settings[dotted] = toSetting(valueAt(config, path));
  }
  return { network: base.name, settings, config, networkIndex: network, patches: [patch] };
}

/** Each once: of points with the same network and configuration, which differ at `leaves` at most, the first. */
export function withoutRepeats(points: readonly Candidate[], leaves: readonly Leaf[]): Candidate[] {
  const seen = new Set<string>();
  return points.filter(({ networkIndex, config }) => {
    const print = `${networkIndex} ${fingerprint(config, leaves)}`;
    return !seen.has(print) && seen.add(print);
  });
}
