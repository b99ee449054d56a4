import * as z from "zod";
import { configSchema } from "./config.ts";

/** The part of JSON Schema that the configuration uses. */
interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: SchemaNode | false;
}

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

let root: SchemaNode | undefined;

function rootNode(): SchemaNode {
  root ??= configJsonSchema() as SchemaNode;
  return root;
}

function childNames(node: SchemaNode): string[] {
  return [...Object.keys(node.properties ?? {}), ...(node.propertyNames?.enum ?? [])];
}

function child(node: SchemaNode, name: string): SchemaNode | undefined {
  if (node.properties && Object.hasOwn(node.properties, name)) return node.properties[name];
  if (node.propertyNames?.enum?.includes(name)) return node.additionalProperties || undefined;
  return undefined;
}

function nodeAt(path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = rootNode();
  for (const name of path) node = node && child(node, name);
  return node;
}

/** True where the configuration nests further keys. */
export function isSection(path: readonly string[]): boolean {
  return nodeAt(path)?.type === "object";
}

/** True when the path names a section or a key. */
export function isKnown(path: readonly string[]): boolean {
  return nodeAt(path) !== undefined;
}

/** What the schema accepts at a path, in words. */
export function expectedAt(path: readonly string[]): string {
  const node = nodeAt(path);
  return node ? describeNode(node) : "no such key";
}

/** Every key and section, sections before their keys, in the order of the schema. */
export function configPaths(): string[] {
  const paths: string[] = [];
  const visit = (node: SchemaNode, path: string): void => {
    for (const name of childNames(node)) {
      const below = path === "" ? name : `${path}.${name}`;
      paths.push(below);
      const next = child(node, name);
      if (next) visit(next, below);
    }
  };
  visit(rootNode(), "");
  return paths;
}

/** Every key that takes a value, with its description, default and range from the schema. */
export function configKeys(): ConfigKey[] {
  return configPaths().flatMap((path) => {
    const node = nodeAt(path.split("."));
    if (!node || node.properties || node.description === undefined) return [];
    return [{ path, text: node.description, default: node.default, expected: describeNode(node) }];
  });
}

function describeNode(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(describeNode).join(" or ");
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return (node.enum.length > 1 ? "one of " : "") + node.enum.map((name) => `"${name}"`).join(", ");
  if (node.type === "array") return `list of ${node.items ? describeNode(node.items) : "values"}`;
  if (node.type === "object") return `mapping with keys ${childNames(node).join(", ")}`;
  return `${node.type}${describeRange(node)}`;
}

function describeRange(node: SchemaNode): string {
  if (node.exclusiveMinimum !== undefined) return ` > ${node.exclusiveMinimum}`;
  if (node.minimum === undefined || node.minimum <= Number.MIN_SAFE_INTEGER) return "";
  const bounded = node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER;
  return bounded ? ` in ${node.minimum}..${node.maximum}` : ` ≥ ${node.minimum}`;
}
