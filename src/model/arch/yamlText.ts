import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, YAMLError } from "yaml";
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

export function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one YAML text; an empty one is null at its start. Undefined after a fault, which carries `place:line:col`. */
export function readYaml(text: string, place: string, faults: Faults): Part | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${place}:${line}:${col}`;
  };
  for (const error of document.errors) faults.add(at(error.pos[0]), "valid YAML", describeError(error));
  if (document.errors.length > 0) return undefined;
  try {
    return new PartReader(document, at).read(document.contents, `${place}:1:1`);
  } catch (error) {
    if (!(error instanceof AliasError)) throw error;
    faults.add(place, `at most ${MAX_ALIAS_COUNT} alias expansions`, "more");
    return undefined;
  }
}

export function describeError(error: YAMLError | undefined): string {
  return error ? `${error.message} (${error.code})` : "";
}

/** The value under a key of a mapping. */
export function entryOf(part: Part, key: string): Entry | undefined {
  return part.entries.find((entry) => entry.key === key);
}

class AliasError extends Error {}

class PartReader {
  private aliasCount = 0;

  constructor(
    private readonly document: Document,
    private readonly at: (offset: number) => string,
  ) {}

  /** `fallback`: the place of a node that stands nowhere, such as the missing value of a key. */
  read(node: unknown, fallback: string): Part {
    const place = this.placeOf(node, fallback);
    if (isAlias(node)) {
      if (++this.aliasCount > MAX_ALIAS_COUNT) throw new AliasError();
      return { ...this.read(node.resolve(this.document), place), place };
    }
    if (isMap(node)) {
      const value = emptyTree();
      const entries = node.items.map((pair): Entry => {
        const key = keyText(pair.key);
        const keyPlace = this.placeOf(pair.key, place);
        const part = this.read(pair.value, keyPlace);
        value[key] = part.value;
        return { key, keyPlace, part };
      });
      return { value, place, entries, items: [] };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item, place));
      return { value: items.map((item) => item.value), place, entries: [], items };
    }
    return { value: isScalar(node) ? node.value : null, place, entries: [], items: [] };
  }

  private placeOf(node: unknown, fallback: string): string {
    const offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
    return offset === undefined ? fallback : this.at(offset);
  }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
