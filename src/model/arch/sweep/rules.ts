import type { Faults } from "../../base/errors.ts";
import { show } from "../../base/show.ts";
import { nearest } from "../nearest.ts";
import { entryOf, isTree } from "../yamlText.ts";
import type { Entry, Part } from "../yamlText.ts";
import { isPointKey, overlap, readPatch } from "./patch.ts";
import type { Patch } from "./patch.ts";

/** A point to add: an index of the networks, and what it sets. */
export interface IncludeRule {
  readonly network: number;
  readonly patch: Patch;
}

/** Points to leave out: those that match every condition. */
export interface ExcludeRule {
  /** Where it stands, with its path in the file. */
  readonly place: string;
  readonly conditions: readonly Condition[];
}

/** A key with the values that it may have. */
export interface Condition {
  readonly values: readonly ConditionValue[];
}

/** Either a network or values of configuration keys. */
export interface ConditionValue {
  readonly network?: number;
  readonly patch?: Patch;
  readonly place: string;
  readonly shown: string;
}

export function readInclude(entry: Entry | undefined, networks: readonly string[], faults: Faults): IncludeRule[] {
  return readRules(entry, faults).flatMap(({ part, path }) => {
    const given = entryOf(part, "network")?.part;
    if (!given && networks.length > 1) {
      faults.add(`${part.place} ${path}`, `network, one of ${networks.join(", ")}`, "none");
    }
    const network = given ? networkIndex(given, `${path}.network`, networks, faults) : 0;
    const entries = keysOf(part, path, faults);
    entries.forEach(({ key, keyPlace }, index) => {
      const other = entries.slice(0, index).find((earlier) => overlap(earlier.key, key));
      if (other) faults.add(`${keyPlace} ${path}.${key}`, "a key that is set once", `${other.key} beside it`);
    });
    const patch = readPatch(entries, faults);
    return patch && network !== undefined && network < networks.length ? [{ network, patch }] : [];
  });
}

/** Rules with faults are left out. */
export function readExclude(entry: Entry | undefined, networks: readonly string[], faults: Faults): ExcludeRule[] {
  return readRules(entry, faults).flatMap(({ part, path }) => {
    const conditions: Condition[] = [];
    const addCondition = (
      key: string,
      values: Part,
      read: (value: Part) => Partial<ConditionValue> | undefined,
    ): void => {
      const parts = Array.isArray(values.value) ? values.items : [values];
      if (parts.length === 0) faults.add(`${values.place} ${path}.${key}`, "a value or a list of values", "[]");
      const found = parts.flatMap((value) => {
        const one = read(value);
        return one ? [{ place: `${value.place} ${path}.${key}`, shown: show(value.value), ...one }] : [];
      });
      if (found.length === parts.length && found.length > 0) conditions.push({ values: found });
    };
    const given = entryOf(part, "network")?.part;
    if (given) {
      addCondition("network", given, (value) => {
        const network = networkIndex(value, `${path}.network`, networks, faults);
        return network === undefined ? undefined : { network };
      });
    }
    for (const { key, keyPlace, part: value } of keysOf(part, path, faults)) {
      addCondition(key, value, (one) => {
        const patch = readPatch([{ key, keyPlace, part: one }], faults);
        return patch && { patch };
      });
    }
    return conditions.length === part.entries.length ? [{ place: `${part.place} ${path}`, conditions }] : [];
  });
}

/** The mappings of a list of rules; nothing under the key is no rule. */
function readRules(entry: Entry | undefined, faults: Faults): { part: Part; path: string }[] {
  if (!entry || entry.part.value === null) return [];
  const { key, part } = entry;
  if (!Array.isArray(part.value)) faults.add(`${part.place} ${key}`, "list of rules", show(part.value));
  return part.items.flatMap((item, index) => {
    const path = `${key}.${index}`;
    if (isTree(item.value) && item.entries.length > 0) return [{ part: item, path }];
    faults.add(`${item.place} ${path}`, "mapping of network and configuration keys", show(item.value));
    return [];
  });
}

/** The keys of a rule that belong to the configuration. */
function keysOf(part: Part, path: string, faults: Faults): Entry[] {
  return part.entries.filter(
    ({ key, keyPlace }) => key !== "network" && isPointKey(key, `${keyPlace} ${path}.${key}`, faults),
  );
}

function networkIndex(part: Part, path: string, names: readonly string[], faults: Faults): number | undefined {
  const index = names.indexOf(part.value as string);
  if (index >= 0) return index;
  const [near] = nearest(show(part.value), names, 1);
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  faults.add(`${part.place} ${path}`, `a name of axes.network: ${names.join(", ")}${hint}`, show(part.value));
  return undefined;
}
