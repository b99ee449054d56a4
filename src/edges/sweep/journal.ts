import { constants, existsSync } from "node:fs";
import { access, mkdir, open, readFile, rm, rmdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { faultLine, inputError } from "../../index.ts";
import type { PointOutcome, Scheme } from "../../index.ts";
import { dropSweep, noRoom, refuseForeign, writeInto } from "./folder.ts";
import { JOURNAL, headOf, readHead, readOutcomes, refuseOther, wholeByteCount } from "./journalFile.ts";
import { OutcomeBook } from "./outcomes.ts";
import type { FailedPoint, FinishedPoint } from "./outcomes.ts";
import { PLAN, outlineOf } from "./outline.ts";
import type { SweepOutline } from "./outline.ts";
import type { SweepPlan } from "./plan.ts";

export interface SweepJournal {
  /** Finished points: those of earlier runs and those appended. */
  readonly outcomes: ReadonlyMap<string, FinishedPoint>;
  /** Last failures of points that have no result; a resumed sweep runs them again. */
  readonly failed: ReadonlyMap<string, FailedPoint>;
  /**
   * When it resolves, the outcomes are on disk.
   * @throws Error, and the file is as it was, when they cannot be written or a point has another result already.
   */
  append(outcomes: readonly PointOutcome[]): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Begins anew: drops what a sweep left in the folder. */
  readonly force: boolean;
  /** "2/4"; null: all points. */
  readonly shard: string | null;
}

/**
 * Opens the folder of a sweep, a new one or one to go on with, and puts the plan into it.
 * @throws InputError, and nothing is changed, when the folder is no sweep's, holds another one, or its journal is damaged.
 */
export async function openSweepJournal(
  dir: string,
  plan: SweepPlan | SweepOutline,
  { force, shard }: JournalOptions,
): Promise<SweepJournal> {
  const outline = outlineOf(plan);
  const { schemes } = outline.sweep;
  const path = join(dir, JOURNAL);
  const names = await refuseForeign(dir);
  const isGoingOn = !force && names?.includes(JOURNAL) === true;
  const found = isGoingOn ? await readFile(path) : Buffer.alloc(0);
  const head = headOf(outline, shard);
  const foundHead = readHead(found, path, head);
  if (foundHead !== null) refuseOther(dir, foundHead, head);
  const book = readOutcomes(found, path, new Set(outline.ids), schemes);

  const handle = await openFile(dir, path, force);
  const writer = new JournalWriter(path, handle, book, schemes, wholeByteCount(found));
  try {
    await writer.cut();
    if (foundHead === null) await writer.write(Buffer.from(`${JSON.stringify(head)}\n`));
    await writeInto(dir, PLAN, `${JSON.stringify(outline)}\n`);
    return writer;
  } catch (error) {
    await handle.close();
    if (!isGoingOn) await rm(path, { force: true });
    // As it was, where nothing else could be written into it.
    if (names === null) await rmdir(dir).catch(() => undefined);
    throw error;
  }
}

async function openFile(dir: string, path: string, force: boolean): Promise<FileHandle> {
  try {
    // Making it where nothing may be written would only say that it is not there.
    let existing = resolve(dir);
    while (!existsSync(existing)) existing = dirname(existing);
    await access(existing, constants.W_OK);
    await mkdir(dir, { recursive: true });
    if (force) await dropSweep(dir);
    return await open(path, "a");
  } catch (error) {
    throw inputError(dir, "a folder that may be written", (error as Error).message, error);
  }
}

class JournalWriter implements SweepJournal {
  readonly outcomes: ReadonlyMap<string, FinishedPoint>;
  readonly failed: ReadonlyMap<string, FailedPoint>;
  private last: Promise<void> = Promise.resolve();
  private isTorn = false;

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly book: OutcomeBook,
    private readonly schemes: readonly Scheme[],
    /** Of whole lines. */
    private byteCount: number,
  ) {
    this.outcomes = book.finished;
    this.failed = book.failed;
  }

  append(outcomes: readonly PointOutcome[]): Promise<void> {
    const done = this.last.then(() => this.appendNow(outcomes));
    // One that failed does not stop the next one.
    this.last = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.last;
    await this.handle.close();
  }

  /** Back to the last whole line. */
  async cut(): Promise<void> {
    await this.handle.truncate(this.byteCount);
    this.isTorn = false;
  }

  /** Whole lines, all of them or none. */
  async write(lines: Buffer): Promise<void> {
    const { size } = await this.handle.stat();
    if (size !== this.byteCount && !this.isTorn) {
      const expected = "a journal that no other process writes";
      throw new Error(faultLine({ place: this.path, expected, got: `${size} bytes in place of ${this.byteCount}` }));
    }
    try {
      if (this.isTorn) await this.cut();
      this.isTorn = true;
      for (let at = 0; at < lines.length;) at += (await this.handle.write(lines, at)).bytesWritten;
      await this.handle.datasync();
      this.isTorn = false;
      this.byteCount += lines.length;
    } catch (error) {
      // Where this fails, too, the next write tries again before it adds to a torn line.
      await this.cut().catch(() => undefined);
      throw noRoom(this.path, lines.length, error);
    }
  }

  private async appendNow(outcomes: readonly PointOutcome[]): Promise<void> {
    const batch = new OutcomeBook(this.schemes);
    for (const outcome of outcomes) {
      if (this.book.agrees(outcome) && batch.add(outcome)) continue;
      const expected = `the known result of point ${outcome.id}`;
      throw new Error(faultLine({ place: this.path, expected, got: "a different one" }));
    }
    const added = batch.all().filter(({ id }) => !this.book.finished.has(id));
    if (added.length === 0) return;
    await this.write(Buffer.from(added.map((outcome) => `${JSON.stringify(outcome)}\n`).join("")));
    for (const outcome of added) this.book.add(outcome);
  }
}
