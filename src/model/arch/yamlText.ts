import { isAlias, isCollection, isMap, isScalar, LineCounter, parseDocument, Parser } from "yaml";
import type { CST, Document, YAMLError, YAMLMap, YAMLSeq } from "yaml";
import type { Faults } from "../base/errors.ts";

/** A mapping without a prototype, so that a key named `__proto__` is an ordinary unknown key. */
export type Tree = { [key: string]: unknown };

/** A value of a YAML text, `file:line:col` where it stands, and its parts. */
export interface Part {
  readonly value: unknown;
  readonly place: string;
  /** Of a mapping, else empty. */
  readonly entries: readonly Entry[];
  /** Of a list, else empty. */
  readonly items: readonly Part[];
}

/** A key of a mapping, where it stands, and its value. */
export interface Entry {
  readonly key: string;
  readonly keyPlace: string;
  readonly part: Part;
}

/** Aliases that a text may unfold to; few texts need any, a "billion laughs" needs millions. */
const MAX_ALIAS_COUNT = 100;
/** Collections in collections, aliases unfolded; a sweep file has six. */
const MAX_DEPTH = 200;

export const DEPTH_FORM = `at most ${MAX_DEPTH} levels of mappings and lists`;

/**
 * One schema whatever a text's %YAML says: with dates, sets and merged keys a value could look like a mapping that is none.
 * Keys that occur twice are found by `PartReader`: the library compares each with each.
 */
const YAML_OPTIONS = { prettyErrors: false, schema: "core", merge: false, uniqueKeys: false } as const;

export function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one YAML text; an empty one is null at its start. Undefined after a fault, which carries `place:line:col`. */
export function readYaml(text: string, place: string, faults: Faults): Part | undefined {
  const lineCounter = new LineCounter();
  const document = parseYaml(text, { lineCounter });
  if (document === undefined) {
    faults.add(place, DEPTH_FORM, "more");
    return undefined;
  }
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${place}:${line}:${col}`;
  };
  for (const error of document.errors) faults.add(at(error.pos[0]), "valid YAML", describeError(error));
  if (document.errors.length > 0) return undefined;
  try {
    return new PartReader(document, at).read(document.contents, `${place}:1:1`);
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    faults.add(error.place ?? place, error.expected, error.got);
    return undefined;
  }
}

/**
 * A text as YAML's own document, with its errors; undefined where its collections are too deep. That is looked at first:
 * the library would call itself for each of them until the stack ends, and the whole process with it where a regular
 * expression is to be compiled there.
 */
export function parseYaml(
  text: string,
  options: Parameters<typeof parseDocument>[1] = {},
): Document.Parsed | undefined {
  let tokens: (CST.Token | null | undefined)[] = [...new Parser().parse(text)];
  for (let depth = 0; tokens.length > 0; depth++) {
    if (depth > MAX_DEPTH) return undefined;
    const below = tokens.flatMap((token) => {
      if (token == null) return [];
      if ("items" in token) return token.items.flatMap(({ key, value }) => [key, value]);
      return token.type === "document" ? [token.value] : [];
    });
    tokens = below;
  }
  return parseDocument(text, { ...YAML_OPTIONS, ...options });
}

export function describeError({ message, code }: YAMLError): string {
  return `${message} (${code})`;
}

/** The value under a key of a mapping. */
export function entryOf(part: Part, key: string): Entry | undefined {
  return part.entries.find((entry) => entry.key === key);
}

const ALIAS_FORM = `at most ${MAX_ALIAS_COUNT} alias expansions`;

class YamlFault extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
    readonly place?: string,
  ) {
    super(`expected ${expected}, got ${got}`);
  }
}

class PartReader {
  private aliasCount = 0;
  private depth = 0;

  constructor(
    private readonly document: Document,
    private readonly at: (offset: number) => string,
  ) {}

  /** `fallback`: the place of a node that stands nowhere, such as the missing value of a key. */
  read(node: unknown, fallback: string): Part {
    const place = this.placeOf(node, fallback);
    if (isAlias(node)) {
      if (++this.aliasCount > MAX_ALIAS_COUNT) throw new YamlFault(ALIAS_FORM, "more");
      return { ...this.read(node.resolve(this.document), place), place };
    }
    if (!isCollection(node)) return { value: isScalar(node) ? node.value : null, place, entries: [], items: [] };
    if (++this.depth > MAX_DEPTH) throw new YamlFault(DEPTH_FORM, "more", place);
    const part = isMap(node) ? this.readMapping(node, place) : this.readList(node as YAMLSeq, place);
    this.depth--;
    return part;
  }

  private readMapping(node: YAMLMap, place: string): Part {
    const value = emptyTree();
    const entries = node.items.map((pair): Entry => {
      const key = keyText(pair.key);
      const keyPlace = this.placeOf(pair.key, place);
      if (key in value) throw new YamlFault("valid YAML", `${key} twice, keys must be unique`, keyPlace);
      const part = this.read(pair.value, keyPlace);
      value[key] = part.value;
      return { key, keyPlace, part };
    });
    return { value, place, entries, items: [] };
  }

  private readList(node: YAMLSeq, place: string): Part {
    const items = node.items.map((item) => this.read(item, place));
    return { value: items.map((item) => item.value), place, entries: [], items };
  }

  private placeOf(node: unknown, fallback: string): string {
    const offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
    return offset === undefined ? fallback : this.at(offset);
  }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
