import { EVENT_ID, SCALAR_STYLE, YAMLException, constructFromEvents, parseEvents } from "js-yaml";
import type { Event } from "js-yaml";
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
  const at = placesOf(text, place);
  try {
    return new PartReader(text, parseEvents(text, {}), at).read();
  } catch (error) {
    if (error instanceof YAMLException) faults.add(at(error.mark?.position ?? 0), "valid YAML", error.reason);
    else if (error instanceof AliasError) faults.add(place, `at most ${MAX_ALIAS_COUNT} alias expansions`, "more");
    else throw error;
    return undefined;
  }
}

/** The value under a key of a mapping. */
export function entryOf(part: Part, key: string): Entry | undefined {
  return part.entries.find((entry) => entry.key === key);
}

/** `place:line:col` of an offset, both counted from 1. */
function placesOf(text: string, place: string): (offset: number) => string {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let line = 0;
    for (let step = 2 ** 30; step >= 1; step /= 2) if (lineStarts[line + step]! <= offset) line += step;
    return `${place}:${line + 1}:${offset - lineStarts[line]! + 1}`;
  };
}

class AliasError extends Error {}

/** What a scalar must stand in to be read alone. */
const DOCUMENT: Event = { type: EVENT_ID.DOCUMENT, explicitStart: false, explicitEnd: false, directives: [] };
const END: Event = { type: EVENT_ID.POP };

/** What an anchor stands for, and the aliases that are unfolded in it. */
interface Anchored {
  readonly part: Part;
  readonly aliasCount: number;
}

/** Makes parts of the events of a text; each method reads on where the one before stopped. */
class PartReader {
  /** undefined: an anchor whose node is not read to its end. */
  private readonly anchors = new Map<string, Anchored | undefined>();
  private aliasCount = 0;
  private next = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
    private readonly at: (offset: number) => string,
  ) {}

  /** The only document. @throws YAMLException or AliasError */
  read(): Part {
    const start = this.at(0);
    const document = this.events[this.next++];
    if (document === undefined) return { value: null, place: start, entries: [], items: [] };
    const part = this.readNode(start);
    if (this.events.length > this.next + 1) {
      const offset = offsetOf(this.events[this.next + 2]!);
      YAMLException.throwAt(this.text, offset ?? this.text.length, "a second document");
    }
    return part;
  }

  /** `fallback`: the place of a node that stands nowhere, such as the missing value of a key. */
  private readNode(fallback: string): Part {
    const event = this.events[this.next++]!;
    const offset = offsetOf(event);
    const place = offset === undefined ? fallback : this.at(offset);
    const name = "anchorStart" in event ? this.text.slice(event.anchorStart, event.anchorEnd) : "";
    if (event.type === EVENT_ID.ALIAS) return { ...this.unfold(name, offset!), place };
    const aliasesBefore = this.aliasCount;
    if (name !== "") this.anchors.set(name, undefined);
    const part = this.readContents(event, place);
    if (name !== "") this.anchors.set(name, { part, aliasCount: this.aliasCount - aliasesBefore });
    return part;
  }

  private readContents(event: Event, place: string): Part {
    if (event.type === EVENT_ID.MAPPING) return this.readMapping(place);
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Part[] = [];
      while (!this.isAtEnd()) items.push(this.readNode(place));
      return { value: items.map(({ value }) => value), place, entries: [], items };
    }
    const [value] = constructFromEvents([DOCUMENT, event, END], { source: this.text });
    return { value, place, entries: [], items: [] };
  }

  private readMapping(place: string): Part {
    const value = emptyTree();
    const entries: Entry[] = [];
    while (!this.isAtEnd()) {
      const keyEvent = this.events[this.next]!;
      const { value: name, place: keyPlace } = this.readNode(place);
      const key = typeof name === "string" ? name : JSON.stringify(name);
      if (key in value) YAMLException.throwAt(this.text, offsetOf(keyEvent) ?? 0, `${key} twice, keys must be unique`);
      const part = this.readNode(this.placeAfter(keyEvent) ?? keyPlace);
      value[key] = part.value;
      entries.push({ key, keyPlace, part });
    }
    return { value, place, entries, items: [] };
  }

  /** After the colon of a key, where it has one. */
  private placeAfter(key: Event): string | undefined {
    if (key.type !== EVENT_ID.SCALAR || key.valueStart < 0) return undefined;
    const [colon] = /^['"]?\s*:/.exec(this.text.slice(key.valueEnd)) ?? [];
    return colon && this.at(key.valueEnd + colon.length);
  }

  /** Passes the end of a collection, where it is next. */
  private isAtEnd(): boolean {
    if (this.events[this.next]!.type !== EVENT_ID.POP) return false;
    this.next++;
    return true;
  }

  private unfold(name: string, offset: number): Part {
    if (!this.anchors.has(name)) YAMLException.throwAt(this.text, offset, `*${name} without &${name} before it`);
    const anchored = this.anchors.get(name);
    // Inside what it stands for it would unfold for ever.
    if (anchored === undefined) throw new AliasError();
    this.aliasCount += 1 + anchored.aliasCount;
    if (this.aliasCount > MAX_ALIAS_COUNT) throw new AliasError();
    return anchored.part;
  }
}

/** Where a node starts, without its tag and anchor; undefined where nothing is written. */
function offsetOf(event: Event): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - "*".length;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) return undefined;
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return event.valueStart - (isQuoted ? 1 : 0);
}
