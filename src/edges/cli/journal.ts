import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { TOOL, inputError } from "../../index.ts";
import type { AccuracyRequest, Trial, TrialJournal, TrialResult } from "../../index.ts";
import type { InputFile } from "../files/readFiles.ts";

/** Trials of an accuracy run as they end, one JSON line each, beside the run folder until that is written. */
export interface RunJournal extends TrialJournal {
  remove(): Promise<void>;
}

/**
 * Opens the journal of a run folder: an interrupted run goes on where it ended.
 * @throws InputError when it belongs to another request and `force` does not allow to drop it.
 */
export async function openJournal(
  dir: string,
  request: AccuracyRequest,
  inputs: readonly InputFile[],
  force: boolean,
): Promise<RunJournal> {
  const path = `${dir.replace(/[/\\]+$/, "")}.journal.jsonl`;
  const head = JSON.stringify({ journal: 1, request: requestHash(request, inputs) });
  const lines = (await readText(path)).split("\n");
  const isSame = lines[0] === head;
  if (lines[0] !== "" && !isSame && !force)
    throw inputError(path, "the journal of this request, no journal, or --force", "that of another request");
  const known = new Map<string, TrialResult>();
  if (isSame) {
    for (const line of lines.slice(1)) {
      const entry = parse(line);
      if (entry !== undefined) known.set(JSON.stringify(entry.trial), entry.result);
    }
  }
  await mkdir(dirname(path), { recursive: true });
  // Written anew: a line that was torn when the last run ended is dropped.
  const kept = [...known].map(([trial, result]) => JSON.stringify({ trial: JSON.parse(trial) as Trial, result }));
  await writeFile(path, [head, ...kept].map((line) => `${line}\n`).join(""));
  return {
    get: (trial) => known.get(JSON.stringify(trial)),
    add: (trial, result) => appendFile(path, `${JSON.stringify({ trial, result })}\n`),
    remove: () => rm(path, { force: true }),
  };
}

/** Everything that a trial depends on, beside what names it. */
function requestHash(request: AccuracyRequest, inputs: readonly InputFile[]): string {
  const { config, samples, seed, engine } = request;
  const facts = [TOOL.version, config, samples ?? null, seed, engine, inputs.map(({ role, sha256 }) => [role, sha256])];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parse(line: string): { trial: Trial; result: TrialResult } | undefined {
  try {
    return JSON.parse(line) as { trial: Trial; result: TrialResult };
  } catch {
    return undefined;
  }
}
