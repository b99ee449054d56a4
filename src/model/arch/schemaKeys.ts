/** The part of JSON Schema that the files of this project use. */
export interface SchemaNode {
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
  readonly minLength?: number;
  /** Only names have one: they are no paths. */
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: SchemaNode | false;
}

/** Which keys a kind of file has, read off its JSON Schema. A path is the names from the root; items of a list are numbered. */
export class SchemaKeys {
  constructor(private readonly root: SchemaNode) {}

  /** The schema at a path; undefined where there is no such key. */
  at(path: readonly string[]): SchemaNode | undefined {
    let node: SchemaNode | undefined = this.root;
    for (const name of path) node = node && child(node, name);
    return node;
  }

  /** True where further keys are nested. */
  isSection(path: readonly string[]): boolean {
    return this.at(path)?.type === "object";
  }

  /** True when the path names a section or a key. */
  isKnown(path: readonly string[]): boolean {
    return this.at(path) !== undefined;
  }

  /** What is accepted at a path, in words. */
  expectedAt(path: readonly string[]): string {
    const node = this.at(path);
    return node ? describeNode(node) : "no such key";
  }

  /** Every key and section, dotted, sections before their keys, in the order of the schema. */
  paths(): string[] {
    const paths: string[] = [];
    const visit = (node: SchemaNode, path: string): void => {
      for (const name of childNames(node)) {
        const below = path === "" ? name : `${path}.${name}`;
        paths.push(below);
        const next = child(node, name);
        if (next) visit(next, below);
      }
    };
    visit(this.root, "");
    return paths;
  }
}

function childNames(node: SchemaNode): string[] {
  return [...Object.keys(node.properties ?? {}), ...(node.propertyNames?.enum ?? [])];
}

function child(node: SchemaNode, name: string): SchemaNode | undefined {
  if (node.properties && Object.hasOwn(node.properties, name)) return node.properties[name];
  if (node.propertyNames?.enum?.includes(name)) return node.additionalProperties || undefined;
  if (node.type === "array" && /^\d+$/.test(name)) return node.items;
  return undefined;
}

function describeNode(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(describeNode).join(" or ");
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return (node.enum.length > 1 ? "one of " : "") + node.enum.map((name) => `"${name}"`).join(", ");
  if (node.type === "array") return `list of ${node.items ? describeNode(node.items) : "values"}`;
  if (node.type === "object") return `mapping with keys ${childNames(node).join(", ")}`;
  if (node.pattern !== undefined) return "name that is no path";
  return `${node.minLength ? "non-empty " : ""}${node.type}${describeRange(node)}`;
}

function describeRange(node: SchemaNode): string {
  if (node.exclusiveMinimum !== undefined) return ` > ${node.exclusiveMinimum}`;
  if (node.minimum === undefined || node.minimum <= Number.MIN_SAFE_INTEGER) return "";
  const bounded = node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER;
  return bounded ? ` in ${node.minimum}..${node.maximum}` : ` ≥ ${node.minimum}`;
}
