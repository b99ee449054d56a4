import { Faults } from "../base/errors.ts";
import { check, placeOf } from "./check.ts";
import { configSchema } from "./config.ts";
import type { Config } from "./config.ts";
import { configTree } from "./keys.ts";
import { mergeSet, mergeYaml, nothingWritten } from "./tree.ts";
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
  const written = nothingWritten();
  if (preset !== undefined) {
    written.tree["preset"] = preset;
    written.places.values.set("preset", "--preset");
  }
  for (const { text, place } of sources) mergeYaml(written, text, place, faults);
  for (const set of sets) mergeSet(written, set, faults);

  const { value: config, isSound } = check(configSchema, configTree(), written, faults);
  for (const { path, bounds, expected, got } of crossFaults(config)) {
    if ([path, ...bounds].every(isSound)) faults.add(placeOf(path.split("."), written.places), expected, got);
  }
  faults.throwIfAny();
  return config;
}
