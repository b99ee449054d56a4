import { Faults } from "../../base/errors.ts";
import { presetNames } from "../keys.ts";
import type { ConfigSource } from "../parse.ts";
import { readYaml } from "../yamlText.ts";
import { extendedParts } from "./frame.ts";

const SWEEP_KEYS = ["axes", "base", "extends", "include", "exclude", "schemes"];

/** True for the text of a sweep file, false for that of a configuration: told by its keys. */
export function isSweep(text: string): boolean {
  const root = readYaml(text, "", new Faults());
  // Text that cannot be read is told by its lines, so that its faults come as those of the right kind of file.
  const keys = root?.entries.map(({ key }) => key) ?? text.split("\n").map((line) => line.split(":")[0] ?? "");
  return keys.some((key) => SWEEP_KEYS.includes(key));
}

/**
 * The configuration files that a sweep file extends, in order: paths relative to its folder, and where they are named.
 * Presets are no files. Empty for a text that cannot be read, whose faults `parseSweep` tells.
 */
export function extendsOf(source: ConfigSource): readonly { readonly path: string; readonly place: string }[] {
  const root = readYaml(source.text, source.place, new Faults());
  if (!root) return [];
  return extendedParts(root)
    .filter(({ value }) => !presetNames().includes(value as string))
    .map(({ value, place }) => ({ path: value as string, place: `${place} extends` }));
}
