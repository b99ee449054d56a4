import { Faults } from "../base/errors.ts";
import { show } from "../base/show.ts";
import { configTree } from "./keys.ts";
import { emptyTree, isTree, readYaml } from "./yamlText.ts";
import type { Part, Tree } from "./yamlText.ts";

/** Names of a dotted key; the configuration has three. */
const MAX_PATH_LENGTH = 20;

/** Where each dotted path of a file was last written: at its key, and at its value. */
export interface Places {
  readonly keys: Map<string, string>;
  readonly values: Map<string, string>;
}

/** A configuration as written, merged from all its sources, and where each part of it stands. */
export interface Written {
  readonly tree: Tree;
  readonly places: Places;
}

export function nothingWritten(): Written {
  return { tree: emptyTree(), places: { keys: new Map(), values: new Map() } };
}

/** A copy that can be written over; values that are not mappings are shared. */
export function copyWritten({ tree, places }: Written): Written {
  const copy = nothingWritten();
  mergeTree(copy.tree, tree, []);
  for (const [key, place] of places.keys) copy.places.keys.set(key, place);
  for (const [key, place] of places.values) copy.places.values.set(key, place);
  return copy;
}

/** Merges a YAML text into what was written so far; later wins. Faults carry `place:line:col`. */
export function mergeYaml(written: Written, text: string, place: string, faults: Faults): void {
  const part = readYaml(text, place, faults);
  if (part) mergeSection(written, part, faults);
}

/** Merges a mapping of configuration keys; null is an empty one. */
export function mergeSection(written: Written, part: Part, faults: Faults): void {
  if (part.value === null) return;
  if (isTree(part.value)) mergePart(written, [], part.place, part);
  else faults.add(part.place, "mapping of configuration keys", kindOf(part));
}

/** Merges what was written for the key at `path`. */
export function mergePart(written: Written, path: readonly string[], keyPlace: string, part: Part): void {
  mergeTree(written.tree, nest(path, part.value), []);
  recordPlaces(written.places, path, keyPlace, part);
}

/** Merges one `key.path=value`; the value is read as YAML. */
export function mergeSet(written: Written, set: string, faults: Faults): void {
  const split = set.indexOf("=");
  if (split <= 0) {
    faults.add(`--set ${set}`, "key.path=value", split < 0 ? "no =" : "no key");
    return;
  }
  const path = setPath(set);
  if (path.length > MAX_PATH_LENGTH) {
    faults.add(`--set ${path.slice(0, 2).join(".")}…`, `a key of at most ${MAX_PATH_LENGTH} names`, `${path.length}`);
    return;
  }
  const place = `--set ${path.join(".")}`;
  const inValue = new Faults();
  const part = readYaml(set.slice(split + 1), place, inValue);
  if (part === undefined) {
    for (const { expected, got } of inValue.all) faults.add(place, expected, got);
    return;
  }
  const { value } = part;
  mergeTree(written.tree, nest(path, value), []);
  const { keys, values } = written.places;
  for (let depth = 1; depth < path.length; depth++) {
    const above = path.slice(0, depth).join(".");
    if (keys.has(above)) continue;
    keys.set(above, place);
    values.set(above, place);
  }
  recordSet(written.places, path, value);
}

function recordSet(places: Places, path: readonly string[], value: unknown): void {
  const dotted = path.join(".");
  if (!isTree(value)) forget(places, path);
  places.keys.set(dotted, `--set ${dotted}`);
  places.values.set(dotted, `--set ${dotted}`);
  if (isTree(value)) for (const [name, below] of Object.entries(value)) recordSet(places, [...path, name], below);
}

/** The path that `key.path=value` sets. */
export function setPath(set: string): string[] {
  return (set.split("=")[0] ?? "").trim().split(".");
}

function kindOf({ value }: Part): string {
  return Array.isArray(value) ? "a list" : show(value);
}

function nest(path: readonly string[], value: unknown): Tree {
  return path.reduceRight<unknown>((below, name) => Object.assign(emptyTree(), { [name]: below }), value) as Tree;
}

function mergeTree(into: Tree, from: Tree, path: readonly string[]): void {
  for (const [key, value] of Object.entries(from)) {
    const below = [...path, key];
    // "ou:" with nothing under it leaves the section as it was.
    if (value === null && configTree().isSection(below)) continue;
    if (!isTree(value)) {
      into[key] = value;
      continue;
    }
    const existing = into[key];
    const target = isTree(existing) ? existing : emptyTree();
    into[key] = target;
    mergeTree(target, value, below);
  }
}

/** Notes where the value at a path stands, and all that is in it. */
export function recordPlaces(places: Places, path: readonly string[], keyPlace: string, part: Part): void {
  if (!isTree(part.value)) forget(places, path);
  if (path.length > 0) {
    places.keys.set(path.join("."), keyPlace);
    places.values.set(path.join("."), part.place);
  }
  for (const entry of part.entries) recordPlaces(places, [...path, entry.key], entry.keyPlace, entry.part);
  part.items.forEach((item, index) => recordPlaces(places, [...path, `${index}`], item.place, item));
}

/** Drops the places of everything below a path that is being overwritten. */
function forget(places: Places, path: readonly string[]): void {
  const dotted = path.join(".");
  if (!places.keys.has(dotted)) return;
  const prefix = `${dotted}.`;
  for (const map of [places.keys, places.values]) {
    for (const key of [...map.keys()]) if (key.startsWith(prefix)) map.delete(key);
  }
}
