import { TOOL, inputError } from "../../index.ts";
import type { Scheme } from "../../index.ts";
import { OutcomeBook, asOutcome } from "./outcomes.ts";
import type { SweepOutline } from "./outline.ts";

export const JOURNAL = "journal.jsonl";
const NEWLINE = 10;

/** First line of a journal: whose points it holds. */
export interface JournalHead {
  readonly journal: 1;
  /** Version of the tool. */
  readonly tool: string;
  /** Hash of the plan. */
  readonly sweep: string;
  /** "2/4"; null: all points. */
  readonly shard: string | null;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

export function headOf({ hash, files }: Pick<SweepOutline, "hash" | "files">, shard: string | null): JournalHead {
  const seen = new Map(files.flat().map(({ path, sha256 }) => [path, { path, sha256 }]));
  return { journal: 1, tool: TOOL.version, sweep: hash, shard, files: [...seen.values()] };
}

/**
 * null where no line is whole: its process ended while it wrote the head.
 * @throws InputError when it is no head, or of no whole line and not the beginning of `expected`.
 */
export function readHead(bytes: Buffer, path: string, expected?: JournalHead): JournalHead | null {
  const end = bytes.indexOf(NEWLINE);
  const place = `${path}:1`;
  if (end < 0) {
    const isOwn =
      expected === undefined || Buffer.from(JSON.stringify(expected)).subarray(0, bytes.length).equals(bytes);
    if (!isOwn) throw inputError(place, "the head of this sweep's journal, or --force", "a torn line of another one");
    return null;
  }
  const head = parseLine(bytes.subarray(0, end)) as Partial<JournalHead> | null | undefined;
  if (head?.journal !== 1 || typeof head.sweep !== "string" || !Array.isArray(head.files))
    throw inputError(place, "the head of a sweep's journal", "a damaged line");
  return head as JournalHead;
}

/** @throws InputError, one line that says what the sweep in `dir` differs in. */
export function refuseOther(dir: string, found: JournalHead, own: JournalHead): void {
  if (found.sweep !== own.sweep) {
    const then = new Map(found.files.map(({ path, sha256 }) => [path, sha256]));
    const isSamePaths = then.size === own.files.length && own.files.every(({ path }) => then.has(path));
    const changed = own.files.find(({ path, sha256 }) => then.get(path) !== sha256);
    if (isSamePaths && changed !== undefined) {
      const expected = `the content that ${dir} began with (sha256 ${abbreviate(then.get(changed.path)!)})`;
      throw inputError(changed.path, expected, `${abbreviate(changed.sha256)}; --force begins anew`);
    }
    throw inputError(dir, "the journal of this sweep, a new folder or --force", "that of another sweep");
  }
  if (found.tool !== own.tool)
    throw inputError(
      dir,
      `the journal of version ${own.tool}, a new folder or --force`,
      `that of version ${found.tool}`,
    );
  if (found.shard !== own.shard) {
    const expected = `the journal of ${shardText(own.shard)}, a new folder or --force`;
    throw inputError(dir, expected, `that of ${shardText(found.shard)}`);
  }
}

function abbreviate(sha256: string): string {
  return `${sha256.slice(0, 6)}…`;
}

function shardText(shard: string | null): string {
  return shard === null ? "all points" : `shard ${shard}`;
}

/** Bytes up to the last whole line: what follows was torn when its process ended. */
export function wholeByteCount(bytes: Buffer): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}

/** Outcomes of all whole lines. @throws InputError with the number of a line that is damaged or contradicts another. */
export function readOutcomes(
  bytes: Buffer,
  path: string,
  ids: ReadonlySet<string>,
  schemes: readonly Scheme[],
): OutcomeBook {
  const book = new OutcomeBook(schemes);
  const end = wholeByteCount(bytes);
  let start = bytes.indexOf(NEWLINE) + 1;
  for (let line = 2; start < end; line++) {
    const next = bytes.indexOf(NEWLINE, start);
    const outcome = asOutcome(parseLine(bytes.subarray(start, next)));
    const place = `${path}:${line}`;
    if (outcome === undefined) throw inputError(place, "the outcome of a point", "a damaged line");
    if (!ids.has(outcome.id)) throw inputError(place, "a point of this sweep", `point ${outcome.id}`);
    if (!book.add(outcome))
      throw inputError(place, `the result of point ${outcome.id} that stands above`, "a different one");
    start = next + 1;
  }
  return book;
}

/** undefined of what is not JSON in UTF-8. */
function parseLine(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
