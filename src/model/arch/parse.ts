import { stringify } from "yaml";
import { Faults } from "../base/errors.ts";
import { configSchema } from "./config.ts";
import type { Config } from "./config.ts";
import { configPaths, expectedAt, isKnown } from "./keys.ts";
import { nearest } from "./nearest.ts";
import { emptyTree, isTree, mergeSet, mergeYaml } from "./tree.ts";
import type { Places, Tree, Written } from "./tree.ts";
import { crossFaults } from "./validate.ts";

/** A configuration file: its YAML text, and its name for messages. */
export interface ConfigSource {
  readonly text: string;
  readonly place: string;
}

/**
 * Resolves a configuration: defaults < preset < sources in order < `sets` (`key.path=value`) in order.
 * @throws InputError with every fault at once, each at `file:line:col key.path` or `--set key.path`.
 */
export function parseConfig(sources: readonly ConfigSource[], sets: readonly string[], preset?: string): Config {
  const faults = new Faults();
  const written: Written = { tree: emptyTree(), places: { keys: new Map(), values: new Map() } };
  if (preset !== undefined) {
    written.tree["preset"] = preset;
    written.places.values.set("preset", "--preset");
  }
  for (const { text, place } of sources) mergeYaml(written, text, place, faults);
  for (const set of sets) mergeSet(written, set, faults);

  const config = resolve(written, faults);
  faults.throwIfAny();
  return config;
}

/** The resolved configuration as YAML that `parseConfig` reads back to the same. */
export function stringifyConfig(config: Config): string {
  return stringify(config);
}

function resolve(written: Written, faults: Faults): Config {
  const faulty: string[][] = [];
  const first = configSchema.safeParse(written.tree);
  if (!first.success) {
    for (const issue of first.error.issues) {
      const path = issue.path.map(String);
      if (issue.code === "unrecognized_keys") {
        for (const key of issue.keys) {
          addUnknownKey([...path, key], written.places, faults);
          faulty.push([...path, key]);
        }
      } else if (issue.code === "invalid_key") {
        addUnknownKey(path, written.places, faults);
        faulty.push(path);
      } else {
        const place = placeOf(path, written.places);
        faults.add(place, expectedAt(path), show(valueAt(written.tree, path)));
        faulty.push(path);
      }
    }
  }
  // What is left without the faulty keys is still checked, so that one look shows every fault.
  const config = first.success ? first.data : configSchema.parse(without(written.tree, faulty));
  const known = (path: string): boolean => !faulty.some((bad) => `${path}.`.startsWith(`${bad.join(".")}.`));
  for (const fault of crossFaults(config)) {
    if (![fault.path, ...fault.bounds].every(known)) continue;
    faults.add(placeOf(fault.path.split("."), written.places), fault.expected, fault.got);
  }
  return config;
}

function addUnknownKey(path: readonly string[], places: Places, faults: Faults): void {
  const dotted = path.join(".");
  faults.add(withKey(places.keys.get(dotted) ?? "", dotted), expectedKey(path), "unknown key");
}

function expectedKey(path: readonly string[]): string {
  const spelled = path.flatMap((name) => name.split("."));
  if (spelled.length > path.length && isKnown(spelled)) {
    return `nested keys, ${spelled
      .slice(0, -1)
      .map((name) => `${name}: { `)
      .join("")}${spelled.at(-1)}: …${" }".repeat(spelled.length - 1)}`;
  }
  const best = bestKey(path);
  return best === undefined ? expectedAt(path.slice(0, -1)) : `a known key (did you mean "${best}"?)`;
}

/** The key that was probably meant: a neighbour spelled alike, else the same or a like name in another section. */
function bestKey(path: readonly string[]): string | undefined {
  const section = path.slice(0, -1).join(".");
  const leaf = path.at(-1) ?? "";
  const keys = configPaths().map((dotted) => {
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
function withKey(place: string, dotted: string): string {
  return place.startsWith("--") ? place : `${place} ${dotted}`.trim();
}

function placeOf(path: readonly string[], places: Places): string {
  const dotted = path.join(".");
  const place = places.values.get(dotted);
  return place === undefined ? `${dotted} (default)` : withKey(place, dotted);
}

function valueAt(tree: Tree, path: readonly string[]): unknown {
  let value: unknown = tree;
  for (const name of path) value = isTree(value) ? value[name] : undefined;
  return value;
}

function without(tree: Tree, paths: readonly (readonly string[])[]): Tree {
  const copy = emptyTree();
  for (const [key, value] of Object.entries(tree)) {
    const inside = paths.filter((path) => path[0] === key);
    if (inside.some((path) => path.length === 1)) continue;
    copy[key] = isTree(value)
      ? without(
          value,
          inside.map((path) => path.slice(1)),
        )
      : value;
  }
  return copy;
}

function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === undefined) return "nothing";
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
