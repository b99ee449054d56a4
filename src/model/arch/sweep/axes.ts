import type { Setting, SweepAxis } from "../../ir/sweep.ts";
import type { Faults } from "../../base/errors.ts";
import { valueAt } from "../check.ts";
import { show } from "../../base/show.ts";
import { configTree } from "../keys.ts";
import { isTree } from "../yamlText.ts";
import type { Entry, Part } from "../yamlText.ts";
import { isPointKey, overlap, readPatch } from "./patch.ts";
import type { Leaf, Patch } from "./patch.ts";
import { rangeValues } from "./range.ts";

/** An axis of configuration values. */
export interface Axis extends SweepAxis {
  readonly patches: readonly Patch[];
  /** Of all its values. */
  readonly leaves: readonly Leaf[];
}

/** Reads every axis but `network`; those with faults are left out, faulty values too. */
export function readAxes(entries: readonly Entry[], faults: Faults): Axis[] {
  const axes: Axis[] = [];
  const keys: string[] = [];
  for (const entry of entries.filter(({ key }) => key !== "network")) {
    const place = `${entry.keyPlace} axes.${entry.key}`;
    if (!isPointKey(entry.key, place, faults)) continue;
    const other = keys.find((key) => overlap(key, entry.key));
    if (other !== undefined) faults.add(place, "a key that no other axis moves", `axes.${other} beside it`);
    keys.push(entry.key);
    const patches = readValues(entry, faults);
    const leaves = new Map(patches.flatMap((patch) => patch.leaves).map((leaf) => [leaf.dotted, leaf]));
    const values = patches.map((patch) => settingOf(entry.key, patch.tree, patch.leaves));
    axes.push({ path: entry.key, values, patches, leaves: [...leaves.values()] });
  }
  return axes;
}

function readValues({ key, keyPlace, part }: Entry, faults: Faults): Patch[] {
  const seen = new Set<string>();
  const faulty = new Set<string>();
  return valueParts(key, part, faults).flatMap((value) => {
    // All values of a range stand at one place: the first faulty one speaks for the rest.
    if (faulty.has(value.place)) return [];
    const patch = readPatch([{ key, keyPlace, part: value }], faults);
    if (!patch) {
      faulty.add(value.place);
      return [];
    }
    const leaves = [...patch.leaves].sort((a, b) => (a.dotted < b.dotted ? -1 : 1));
    const print = JSON.stringify(leaves.map(({ dotted, path }) => [dotted, valueAt(patch.tree, path)]));
    if (!seen.has(print)) {
      seen.add(print);
      return [patch];
    }
    faults.add(`${value.place} ${key}`, "values that differ", `${show(value.value)} twice`);
    return [];
  });
}

/** The values of a list or range. */
function valueParts(key: string, part: Part, faults: Faults): readonly Part[] {
  const place = `${part.place} axes.${key}`;
  const section = configTree().isSection(key.split("."));
  if (Array.isArray(part.value)) {
    if (part.items.length === 0) faults.add(place, "at least one value", "[]");
    return part.items;
  }
  const nested = section ? part.entries.filter((entry) => configTree().isKnown([...key.split("."), entry.key])) : [];
  for (const entry of nested) {
    faults.add(`${entry.keyPlace} axes.${key}.${entry.key}`, `one dotted key, ${key}.${entry.key}: […]`, "nested keys");
  }
  if (nested.length > 0) return [];
  if (isTree(part.value) && !section) {
    const values = rangeValues(part, `axes.${key}`, faults);
    return values.map((value) => ({ value, place: part.place, entries: [], items: [] }));
  }
  const expected = section ? "list of mappings" : "list of values, or range { from, to }";
  faults.add(place, expected, show(part.value));
  return [];
}

/** What tables show of an axis: the value of a key as it is, that of a section as `rows=4 cols=4`. */
export function settingOf(axis: string, config: unknown, leaves: readonly Leaf[]): Setting {
  const path = axis.split(".");
  if (!configTree().isSection(path)) return toSetting(valueAt(config, path));
  return leaves
    .map((leaf) => `${leaf.dotted.slice(axis.length + 1)}=${toSetting(valueAt(config, leaf.path))}`)
    .join(" ");
}

export function toSetting(value: unknown): Setting {
  const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isScalar ? value : (JSON.stringify(value) ?? "");
}
