import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { faultLine, inputError } from "../../index.ts";
import { writeWhole } from "../files/writeWhole.ts";
import { JOURNAL, readHead, readOutcomes } from "./journalFile.ts";
import type { JournalHead } from "./journalFile.ts";
import type { OutcomeBook } from "./outcomes.ts";
import { PLAN, readOutline } from "./outline.ts";
import type { SweepOutline } from "./outline.ts";

/** Names of what results.ts writes, and of the page that is made of it. */
export const RESULT_FILES = {
  report: "report.json",
  csv: "results.csv",
  parquet: "results.parquet",
  resolved: "sweep.resolved.yaml",
  manifest: "manifest.json",
} as const;
const PAGE = "report.html";

export interface SweepFolder {
  readonly outline: SweepOutline;
  readonly head: JournalHead;
  readonly outcomes: OutcomeBook;
}

/** Names in a folder; null where there is none. @throws InputError when it is neither empty nor a sweep's. */
export async function refuseForeign(dir: string): Promise<readonly string[] | null> {
  const wanted = `a new folder, or that of a sweep (with ${JOURNAL})`;
  const names = await namesIn(dir, wanted);
  if (names !== null && names.length > 0 && !isSweepFolder(names)) throw inputError(dir, wanted, "another folder");
  return names;
}

async function namesIn(dir: string, wanted: string): Promise<readonly string[] | null> {
  try {
    return await readdir(dir);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw inputError(dir, wanted, code === "ENOTDIR" ? "a file" : message, error);
  }
}

export function isSweepFolder(names: readonly string[]): boolean {
  return names.includes(JOURNAL) || names.includes(PLAN);
}

const OWN_FILES: readonly string[] = [...Object.values(RESULT_FILES), PAGE, PLAN, JOURNAL];

/** Names that no sweep gives. */
export function foreignNames(names: readonly string[]): string[] {
  return names.filter((name) => !OWN_FILES.includes(name));
}

/** Removes what a sweep left in its folder, the journal last: it tells whose folder this is. */
export async function dropSweep(dir: string): Promise<void> {
  for (const name of OWN_FILES) await rm(join(dir, name), { force: true });
}

/** What the sweep of a folder came to so far. @throws InputError when it is no sweep's, or damaged. */
export async function readSweepFolder(dir: string): Promise<SweepFolder> {
  const wanted = `the folder of a sweep (with ${JOURNAL})`;
  const names = await namesIn(dir, wanted);
  if (names === null || !isSweepFolder(names))
    throw inputError(dir, wanted, names === null ? "no such folder" : "another folder");
  const outline = await readOutline(dir);
  const path = join(dir, JOURNAL);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw inputError(path, "the journal of a sweep", (error as Error).message, error);
  }
  const head = readHead(bytes, path);
  if (head === null) throw inputError(path, "the journal of a sweep", "no whole line");
  if (head.sweep !== outline.hash)
    throw inputError(path, `the journal of the sweep in ${PLAN}`, "that of another sweep");
  const outcomes = readOutcomes(bytes, path, new Set(outline.ids), outline.sweep.schemes);
  return { outline, head, outcomes };
}

/** Writes a file of a folder whole or not at all. @throws Error that names it. */
export async function writeInto(dir: string, name: string, data: string | Uint8Array): Promise<void> {
  const path = join(dir, name);
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  try {
    await writeWhole(path, bytes);
  } catch (error) {
    throw noRoom(path, bytes.byteLength, error);
  }
}

/** One line with what the system says, for a write that failed. */
export function noRoom(path: string, byteCount: number, error: unknown): Error {
  const got = error instanceof Error ? error.message : String(error);
  const expected = `room for ${byteCount.toLocaleString("en-US")} bytes`;
  return new Error(faultLine({ place: path, expected, got }), { cause: error });
}
