import { Faults, inputError } from "../base/errors.ts";
import { check, placeOf } from "./check.ts";
import { show } from "../base/show.ts";
import { configSchema } from "./config.ts";
import type { Config } from "./config.ts";
import { configTree } from "./keys.ts";
import { mergeSection, mergeSet, mergeYaml, nothingWritten } from "./tree.ts";
import type { Written } from "./tree.ts";
import { crossFaults } from "./validate.ts";
import { emptyTree, isTree } from "./yamlText.ts";
import type { Entry, Part } from "./yamlText.ts";

/** Sections in sections: a configuration has two. */
const MAX_DEPTH = 8;

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
  const written = nothingWritten();
  if (preset !== undefined) {
    written.tree["preset"] = preset;
    written.places.values.set("preset", "--preset");
  }
  for (const { text, place } of sources) mergeYaml(written, text, place, faults);
  for (const set of sets) mergeSet(written, set, faults);

  return resolved(written, faults);
}

/**
 * Holds a configuration from a message to what `parseConfig` gives: the same, made anew.
 * @throws InputError with every fault at once, each at `place key.path`.
 */
export function checkConfig(config: unknown, place: string): Config {
  const faults = new Faults();
  const written = nothingWritten();
  const part = partOf(config, place, 0);
  if (part === undefined || config === null) throw inputError(place, "a configuration", show(config));
  mergeSection(written, part, faults);
  return resolved(written, faults);
}

/** Plain values as a text has them, all at one place; undefined where they nest deeper than any configuration. */
function partOf(value: unknown, place: string, depth: number): Part | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => partOf(item, place, depth + 1));
    return items.every((item) => item !== undefined) ? { value, place, entries: [], items } : undefined;
  }
  if (!isTree(value)) return { value, place, entries: [], items: [] };
  const tree = emptyTree();
  const entries: Entry[] = [];
  for (const [key, below] of Object.entries(value)) {
    const part = partOf(below, place, depth + 1);
    if (part === undefined) return undefined;
    tree[key] = part.value;
    entries.push({ key, keyPlace: place, part });
  }
  return { value: tree, place, entries, items: [] };
}

function resolved(written: Written, faults: Faults): Config {
  const { value: config, isSound } = check(configSchema, configTree(), written, faults);
  for (const { path, bounds, expected, got } of crossFaults(config)) {
    if ([path, ...bounds].every(isSound)) faults.add(placeOf(path.split("."), written.places), expected, got);
  }
  faults.throwIfAny();
  return config;
}
