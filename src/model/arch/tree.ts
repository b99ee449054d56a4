import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Node, YAMLError } from "yaml";
import type { Faults } from "../base/errors.ts";
import { isSection } from "./keys.ts";

/** A mapping without a prototype, so that a key named `__proto__` is an ordinary unknown key. */
export type Tree = { [key: string]: unknown };

/** Where each dotted path of a configuration was last written: at its key, and at its value. */
export interface Places {
  readonly keys: Map<string, string>;
  readonly values: Map<string, string>;
}

/** A configuration as written, merged from all its sources, and where each part of it stands. */
export interface Written {
  readonly tree: Tree;
  readonly places: Places;
}

/** Aliases that a document may unfold to; a configuration needs none, a "billion laughs" needs millions. */
const MAX_ALIAS_COUNT = 100;

export function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Merges a YAML text into what was written so far; later wins. Faults carry `place:line:col`. */
export function mergeYaml(written: Written, text: string, place: string, faults: Faults): void {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${place}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    for (const error of document.errors) faults.add(at(error.pos[0]), "valid YAML", describe(error));
    return;
  }
  if (document.contents === null) return;
  if (!isMap(document.contents)) {
    faults.add(at(document.contents.range?.[0] ?? 0), "mapping of configuration keys", kindOf(document.contents));
    return;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch {
    faults.add(place, `at most ${MAX_ALIAS_COUNT} alias expansions`, "more");
    return;
  }
  mergeTree(written.tree, value as Tree, []);
  recordPlaces(document.contents, [], at, written.places);
}

/** Merges one `key.path=value`; the value is read as YAML. */
export function mergeSet(written: Written, set: string, faults: Faults): void {
  const split = set.indexOf("=");
  if (split <= 0) {
    faults.add(`--set ${set}`, "key.path=value", split < 0 ? "no =" : "no key");
    return;
  }
  const path = set.slice(0, split).trim().split(".");
  const place = `--set ${path.join(".")}`;
  const document = parseDocument(set.slice(split + 1), { prettyErrors: false });
  if (document.errors.length > 0) {
    faults.add(place, "a YAML value", describe(document.errors[0]));
    return;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 }) ?? null;
  } catch {
    faults.add(place, "a YAML value without aliases", set.slice(split + 1));
    return;
  }
  const nested = path.reduceRight<unknown>((below, name) => Object.assign(emptyTree(), { [name]: below }), value);
  mergeTree(written.tree, nested as Tree, []);
  forget(written.places, path);
  for (let depth = 1; depth <= path.length; depth++) {
    const key = path.slice(0, depth).join(".");
    if (depth === path.length || !written.places.keys.has(key)) {
      written.places.keys.set(key, place);
      written.places.values.set(key, place);
    }
  }
}

function describe(error: YAMLError | undefined): string {
  return error ? `${error.message} (${error.code})` : "";
}

function kindOf(node: unknown): string {
  if (isSeq(node)) return "a list";
  return isScalar(node) ? JSON.stringify(node.value) : "an alias";
}

function mergeTree(into: Tree, from: Tree, path: readonly string[]): void {
  for (const [key, value] of Object.entries(from)) {
    const below = [...path, key];
    // "ou:" with nothing under it leaves the section as it was.
    if (value === null && isSection(below)) continue;
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

function recordPlaces(node: Node, path: readonly string[], at: (offset: number) => string, places: Places): void {
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    const below = [...path, name];
    const dotted = below.join(".");
    const keyPlace = at(offsetOf(key) ?? 0);
    if (!isMap(value)) forget(places, below);
    places.keys.set(dotted, keyPlace);
    const valueOffset = offsetOf(value);
    places.values.set(dotted, valueOffset === null || isAlias(value) ? keyPlace : at(valueOffset));
    if (isMap(value)) recordPlaces(value, below, at, places);
  }
}

function offsetOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}

/** Drops the places of everything below a path that is being overwritten. */
function forget(places: Places, path: readonly string[]): void {
  const prefix = `${path.join(".")}.`;
  for (const map of [places.keys, places.values]) {
    for (const key of [...map.keys()]) if (key.startsWith(prefix)) map.delete(key);
  }
}
