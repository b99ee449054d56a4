import type * as z from "zod/mini";
import type { Faults } from "../base/errors.ts";
import { show } from "../base/show.ts";
import { nearest } from "./nearest.ts";
import type { SchemaKeys } from "./schemaKeys.ts";
import type { Schema } from "./schemaParts.ts";
import type { Places, Written } from "./tree.ts";
import { emptyTree, isTree } from "./yamlText.ts";
import type { Tree } from "./yamlText.ts";

/** What a schema makes of a text. */
export interface Checked<T> {
  /** Without the faulty keys, so that one look shows every fault of what is left, too. */
  readonly value: T;
  /** True for keys that are not faulty, nor in a faulty section. */
  readonly isSound: (dotted: string) => boolean;
}

/**
 * Checks what was written against a schema that requires no key. Faults are at `file:line:col key.path`; `prefix` (with
 * its dot) goes before the path.
 */
export function check<S extends Schema>(
  schema: S,
  keys: SchemaKeys,
  written: Written,
  faults: Faults,
  prefix = "",
): Checked<z.output<S>> {
  const first = schema.safeParse(written.tree);
  if (first.success) return { value: first.data, isSound: () => true };
  const faulty: string[][] = [];
  for (const issue of first.error.issues) {
    const path = issue.path.map(String);
    const unknown =
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => [...path, key])
        : issue.code === "invalid_key"
          ? [path]
          : undefined;
    for (const key of unknown ?? []) addUnknownKey(key, keys, written.places, faults, prefix);
    if (!unknown)
      faults.add(placeOf(path, written.places, prefix), keys.expectedAt(path), show(valueAt(written.tree, path)));
    for (const each of unknown ?? [path]) faulty.push(each);
  }
  return {
    value: schema.parse(without(written.tree, faulty)),
    isSound: (dotted) => !faulty.some((bad) => `${dotted}.`.startsWith(`${bad.join(".")}.`)),
  };
}

function addUnknownKey(
  path: readonly string[],
  keys: SchemaKeys,
  places: Places,
  faults: Faults,
  prefix: string,
): void {
  const dotted = path.join(".");
  const place = withKey(places.keys.get(dotted) ?? "", prefix + dotted);
  faults.add(place, expectedKey(path, keys), "unknown key");
}

/** What should stand in place of an unknown key. */
export function expectedKey(path: readonly string[], keys: SchemaKeys): string {
  const spelled = path.flatMap((name) => name.split("."));
  if (spelled.length > path.length && keys.isKnown(spelled)) {
    return `nested keys, ${spelled
      .slice(0, -1)
      .map((name) => `${name}: { `)
      .join("")}${spelled.at(-1)}: …${" }".repeat(spelled.length - 1)}`;
  }
  const best = bestKey(path, keys);
  return best === undefined ? keys.expectedAt(path.slice(0, -1)) : `a known key (did you mean "${best}"?)`;
}

/** The key that was probably meant: a neighbour spelled alike, else the same or a like name in another section. */
function bestKey(path: readonly string[], tree: SchemaKeys): string | undefined {
  const section = path.slice(0, -1).join(".");
  const leaf = path.at(-1) ?? "";
  const keys = tree.paths().map((dotted) => {
    const names = dotted.split(".");
    return { dotted, section: names.slice(0, -1).join("."), leaf: names.at(-1) ?? "" };
  });
  for (const group of [keys.filter((key) => key.section === section), keys]) {
    const [best] = nearest(
      leaf,
      group.map((key) => key.leaf),
      1,
    );
    const found = group.find((key) => key.leaf === best);
    if (found) return found.dotted;
  }
  return undefined;
}

/** A place in a file is followed by the key; an option names it already. */
export function withKey(place: string, dotted: string): string {
  return place.startsWith("--") ? place : `${place} ${dotted}`.trim();
}

/** Where the value of a key stands. */
export function placeOf(path: readonly string[], places: Places, prefix = ""): string {
  const dotted = path.join(".");
  const place = places.values.get(dotted);
  return place === undefined ? `${prefix}${dotted} (default)` : withKey(place, prefix + dotted);
}

/** The value at a path of nested mappings and lists; undefined where there is none. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let value = tree;
  for (const name of path) value = typeof value === "object" && value !== null ? (value as Tree)[name] : undefined;
  return value;
}

/** A list loses all its items with one of them. */
function without(tree: Tree, paths: readonly (readonly string[])[]): Tree {
  const copy = emptyTree();
  for (const [key, value] of Object.entries(tree)) {
    const inside = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (inside.length === 0) copy[key] = value;
    else if (isTree(value) && inside.every((path) => path.length > 0)) copy[key] = without(value, inside);
  }
  return copy;
}
