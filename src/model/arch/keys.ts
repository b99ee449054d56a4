import * as z from "zod/mini";
import { configSchema } from "./config.ts";
import { SchemaKeys } from "./schemaKeys.ts";
import type { SchemaNode } from "./schemaKeys.ts";

/** One key of the configuration, as the schema describes it. */
export interface ConfigKey {
  /** Dotted, e.g. `ou.rows`. */
  readonly path: string;
  readonly text: string;
  readonly default: unknown;
  /** What the key accepts, in words, e.g. `integer in 1..16 or "auto"`. */
  readonly expected: string;
}

/** JSON Schema (draft 2020-12) of what a user may write. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: "input" });
  return { $schema, title: "Configuration of the Sparse ReRAM Engine simulator", ...schema };
}

let tree: SchemaKeys | undefined;

/** The keys of a configuration. */
export function configTree(): SchemaKeys {
  tree ??= new SchemaKeys(configJsonSchema() as SchemaNode);
  return tree;
}

/** Every key and section, sections before their keys, in the order of the schema. */
export function configPaths(): string[] {
  return configTree().paths();
}

/** Every key that takes a value, with its description, default and range from the schema. */
export function configKeys(): ConfigKey[] {
  return configPaths().flatMap((dotted) => {
    const path = dotted.split(".");
    const node = configTree().at(path);
    if (!node || node.properties || node.description === undefined) return [];
    return [{ path: dotted, text: node.description, default: node.default, expected: configTree().expectedAt(path) }];
  });
}

/** Names that `preset:` and `--preset` take. */
export function presetNames(): readonly string[] {
  return configTree().at(["preset"])?.enum ?? [];
}
