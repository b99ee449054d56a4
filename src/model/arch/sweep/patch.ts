import type { Faults } from "../../base/errors.ts";
import { check, expectedKey, valueAt } from "../check.ts";
import { configSchema } from "../config.ts";
import type { Config } from "../config.ts";
import { configTree } from "../keys.ts";
import { mergePart, nothingWritten } from "../tree.ts";
import type { Written } from "../tree.ts";
import { isTree } from "../yamlText.ts";
import type { Entry, Tree } from "../yamlText.ts";

/** A dotted key that takes a value, and its names. */
export interface Leaf {
  readonly dotted: string;
  readonly path: readonly string[];
}

/** What an axis value or an included point puts over a configuration: sound values, and where they stand. */
export interface Patch extends Written {
  readonly leaves: readonly Leaf[];
}

/** Entries of dotted keys (`ou.rows`, `ou`) as a patch; undefined after a fault. */
export function readPatch(entries: readonly Entry[], faults: Faults): Patch | undefined {
  const written = nothingWritten();
  for (const { key, keyPlace, part } of entries) {
    const path = key.split(".");
    if (configTree().isSection(path) && !(isTree(part.value) && part.entries.length > 0)) {
      const got = part.value === null ? "nothing" : JSON.stringify(part.value);
      faults.add(`${part.place} ${key}`, configTree().expectedAt(path), got);
      return undefined;
    }
    mergePart(written, path, keyPlace, part);
  }
  const { isSound } = check(configSchema, configTree(), written, faults);
  const leaves = leavesOf(written.tree);
  return leaves.every(({ dotted }) => isSound(dotted)) ? { ...written, leaves } : undefined;
}

/** True for a key or section that a point may set; else a fault at `place`. */
export function isPointKey(key: string, place: string, faults: Faults): boolean {
  const path = key.split(".");
  if (key !== "schema" && configTree().isKnown(path)) return true;
  const expected = key === "schema" ? "" : expectedKey(path, configTree());
  faults.add(place, expected.includes("did you mean") ? expected : "a configuration key", "unknown key");
  return false;
}

/** True when one key is the other, or its section. */
export function overlap(a: string, b: string): boolean {
  return `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);
}

export function leavesOf(tree: Tree): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (node: Tree, above: readonly string[]): void => {
    for (const [name, value] of Object.entries(node)) {
      const path = [...above, name];
      if (isTree(value)) visit(value, path);
      else leaves.push({ dotted: path.join("."), path });
    }
  };
  visit(tree, []);
  return leaves;
}

/** The configuration with patches over it, in order; sections that none touches are shared. */
export function overlay(config: Config, patches: readonly Patch[]): Config {
  let copy = config as unknown as Tree;
  for (const { tree } of patches) copy = overlayTree(copy, tree);
  return copy as unknown as Config;
}

function overlayTree(below: Tree, above: Tree): Tree {
  const copy = { ...below };
  for (const key in above) {
    const value = above[key];
    copy[key] = isTree(value) ? overlayTree((below[key] ?? {}) as Tree, value) : value;
  }
  return copy;
}

/** The same text for the same values at all leaves. */
export function fingerprint(config: unknown, leaves: readonly Leaf[]): string {
  return JSON.stringify(leaves.map(({ path }) => valueAt(config, path) ?? null));
}
