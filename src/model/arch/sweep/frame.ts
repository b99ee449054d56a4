import * as z from "zod/mini";
import { ENGINES } from "../../ir/accuracy.ts";
import { SCHEMES } from "../../ir/report.ts";
import type { Faults } from "../../base/errors.ts";
import { check } from "../check.ts";
import { configTree } from "../keys.ts";
import { SchemaKeys } from "../schemaKeys.ts";
import type { SchemaNode } from "../schemaKeys.ts";
import { integer, key, nonEmptyList, optionalKey, text } from "../schemaParts.ts";
import { nothingWritten, recordPlaces } from "../tree.ts";
import { isTree } from "../yamlText.ts";
import type { Entry, Part } from "../yamlText.ts";

const positiveInteger = integer(1);
const open = z.unknown();

/** The keys of a sweep file around its configurations, which are read for themselves. Strict. */
export const frameSchema = z.strictObject({
  schema: key(z.literal(1), 1, "version of this file format"),
  name: optionalKey(
    z.string().check(z.regex(/^(?!\.+$)[^/\\]+$/)),
    "what the sweep and its folder are called, no path (default: the file's name without extension)",
  ),
  extends: optionalKey(
    z.union([text, nonEmptyList(text)]),
    "preset or configuration file, or a list of them; later wins",
  ),
  base: optionalKey(open, "configuration of every point, over what is extended"),
  schemes: key(nonEmptyList(z.enum(SCHEMES)), [...SCHEMES], "schemes to simulate (default: all)"),
  seed: key(integer(0), 0, "seed of everything random"),
  samples: optionalKey(positiveInteger, "samples of every network that does not say its own (default: all)"),
  accuracy: optionalKey(
    z.strictObject({
      chips: key(positiveInteger, 3, "chips, drawn from the seed"),
      engine: key(z.enum(ENGINES), "cells", "how cells are disturbed (sre explain accuracy)"),
      samples: optionalKey(positiveInteger, "of the network's samples (default: all)"),
    }),
    "accuracy on disturbed crossbars, of points whose network has labels",
  ),
  axes: optionalKey(open, "what the points go through: network, and keys or sections of the configuration"),
  exclude: optionalKey(open, "points to leave out: those that match all keys of a rule"),
  include: optionalKey(open, "points to add"),
});

export type Frame = z.output<typeof frameSchema>;

/** Keys whose values are not checked with the frame. */
const OPEN_KEYS = ["base", "axes", "exclude", "include"] as const;
type OpenKey = (typeof OPEN_KEYS)[number];

export interface ReadFrame {
  readonly frame: Frame;
  readonly open: Readonly<Partial<Record<OpenKey, Entry>>>;
  /** Where `extends` stands: of each item, in order. */
  readonly extended: readonly Part[];
}

let tree: SchemaKeys | undefined;

function frameTree(): SchemaKeys {
  tree ??= new SchemaKeys(z.toJSONSchema(frameSchema, { io: "input" }) as SchemaNode);
  return tree;
}

/** Checks the keys around the configurations; undefined when the text is no mapping. */
export function readFrame(root: Part, faults: Faults): ReadFrame | undefined {
  if (!isTree(root.value)) {
    faults.add(root.place, "mapping of sweep keys", Array.isArray(root.value) ? "a list" : JSON.stringify(root.value));
    return undefined;
  }
  const written = nothingWritten();
  const open: Partial<Record<OpenKey, Entry>> = {};
  for (const entry of root.entries) {
    const { key, keyPlace, part } = entry;
    const openKey = OPEN_KEYS.find((name) => name === key);
    if (openKey) open[openKey] = entry;
    else if (!frameTree().isKnown([key]) && configTree().isKnown([key])) {
      faults.add(`${keyPlace} ${key}`, `configuration keys under base, base: { ${key}: … }`, "unknown key");
    } else {
      written.tree[key] = part.value;
      recordPlaces(written.places, [key], keyPlace, part);
    }
  }
  const { value: frame } = check(frameSchema, frameTree(), written, faults);
  frame.schemes.forEach((scheme, index) => {
    const place = `${written.places.values.get(`schemes.${index}`)} schemes.${index}`;
    if (frame.schemes.indexOf(scheme) < index) faults.add(place, "schemes that differ", `${scheme} twice`);
  });
  return { frame, open, extended: extendedParts(root) };
}

/** The texts under `extends`, one or a list. */
export function extendedParts(root: Part): Part[] {
  const part = root.entries.find(({ key }) => key === "extends")?.part;
  const all = part ? (Array.isArray(part.value) ? part.items : [part]) : [];
  return all.filter(({ value }) => typeof value === "string" && value !== "");
}
