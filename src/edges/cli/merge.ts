import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { inputError } from "../../index.ts";
import { foreignNames, readSweepFolder, refuseForeign, writeInto } from "../sweep/folder.ts";
import type { SweepFolder } from "../sweep/folder.ts";
import { JOURNAL, headOf } from "../sweep/journalFile.ts";
import { OutcomeBook } from "../sweep/outcomes.ts";
import { PLAN } from "../sweep/outline.ts";
import type { SweepOutline } from "../sweep/outline.ts";
import { writeSweepResults } from "../sweep/results.ts";
import { describePoint } from "../sweep/settings.ts";
import { FaultGatherer } from "../faults.ts";
import { refuseUnwritable, replaceWhole } from "../files/writeWhole.ts";

const EXIT_FINE = 0;
const EXIT_PARTS_MISSING = 3;
/** So many points are named one by one. */
const MOST_NAMED = 20;

export interface MergeOptions {
  readonly force?: true | undefined;
}

interface Shard extends SweepFolder {
  readonly dir: string;
}

/**
 * Joins folders of parts of one sweep into a folder of the whole. Gives the exit code: 3 when points are missing or failed.
 * @throws InputError with every fault of the folders.
 */
export async function mergeCommand(out: string, dirs: readonly string[], options: MergeOptions): Promise<number> {
  const startedAt = new Date();
  const faults = new FaultGatherer();
  await faults.attempt(() => refuseOut(out, dirs, options.force === true));
  const shards: Shard[] = [];
  for (const dir of dirs) {
    const folder = await faults.attempt(() => readSweepFolder(dir));
    if (folder !== undefined) shards.push({ dir, ...folder });
  }
  const book = join(shards, faults);
  faults.throwIfAny();

  const { outline } = shards[0]!;
  const { sweep } = outline;
  const points = namedPoints(outline);
  const missing = points.filter(({ id }) => !book.finished.has(id) && !book.failed.has(id));
  const failed = points.flatMap(({ id, name }) => {
    const found = book.failed.get(id);
    return found === undefined ? [] : [`${name}: ${found.error.replace(/\s*\n\s*/g, " ")}`];
  });
  const manifest = {
    startedAt: startedAt.toISOString(),
    merged: shards.map(({ dir, head, outcomes }) => ({
      ...{ dir, shard: head.shard, finished: outcomes.finished.size, failed: outcomes.failed.size },
    })),
    missing: missing.map(({ id }) => id),
  };
  const lines = [headOf(outline, null), ...book.all()].map((line) => `${JSON.stringify(line)}\n`);
  await replaceWhole(out, async (temporary) => {
    await mkdir(temporary);
    await writeInto(temporary, JOURNAL, lines.join(""));
    await writeInto(temporary, PLAN, `${JSON.stringify(outline)}\n`);
    await writeSweepResults(temporary, outline, book.all(), manifest);
  });
  const finishedCount = points.length - missing.length - failed.length;
  const notices = [
    `${sweep.name}: ${finishedCount} of ${points.length} points in ${out}`,
    ...listed(
      "missing",
      missing.map(({ name }) => name),
    ),
    ...listed("failed", failed),
  ];
  process.stderr.write(notices.map((line) => `${line}\n`).join(""));
  return missing.length + failed.length === 0 ? EXIT_FINE : EXIT_PARTS_MISSING;
}

/** Outcomes of all shards. */
function join(shards: readonly Shard[], faults: FaultGatherer): OutcomeBook {
  const [first, ...others] = shards;
  const book = new OutcomeBook(first?.outline.sweep.schemes ?? []);
  if (first === undefined) return book;
  const origins = new Map<string, string>();
  for (const { dir, outline, head, outcomes } of [first, ...others]) {
    if (outline.hash !== first.outline.hash) {
      const place = `${dir} (${outline.sweep.name})`;
      faults.add(place, `a part of the sweep in ${first.dir} (${first.outline.sweep.name})`, "one of another sweep");
      continue;
    }
    if (head.tool !== first.head.tool) {
      faults.add(dir, `results of version ${first.head.tool}, as in ${first.dir}`, `those of version ${head.tool}`);
      continue;
    }
    const names = new Map(namedPoints(outline).map(({ id, name }) => [id, name]));
    const contradictions: string[] = [];
    for (const outcome of outcomes.all()) {
      const { id } = outcome;
      if (!book.add(outcome)) contradictions.push(`${id} (${names.get(id)!}) in ${origins.get(id)!}`);
      else if ("result" in outcome && !origins.has(id)) origins.set(id, dir);
    }
    for (const point of contradictions.slice(0, MOST_NAMED))
      faults.add(dir, `the result of point ${point}`, "a different one");
    const rest = contradictions.length - MOST_NAMED;
    if (rest > 0) faults.add(dir, "the results of other parts", `different ones of ${rest} more points`);
  }
  return book;
}

async function refuseOut(out: string, dirs: readonly string[], force: boolean): Promise<void> {
  if (dirs.some((dir) => resolve(dir) === resolve(out)))
    throw inputError(out, "a folder of its own for the whole", "one of its parts");
  refuseUnwritable("OUT", out);
  const names = await refuseForeign(out);
  if (names === null) return;
  if (names.length > 0 && !force) throw inputError(out, "a new folder, or --force", "an existing one");
  // The folder is replaced as a whole.
  const others = foreignNames(names);
  if (others.length > 0) throw inputError(out, "a folder with nothing but a sweep", others.join(", "));
}

/** Points with what people call them. */
function namedPoints({ sweep, ids }: SweepOutline): { readonly id: string; readonly name: string }[] {
  return sweep.points.map(({ network, settings }, index) => {
    return { id: ids[index]!, name: describePoint({ network, settings }) };
  });
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length - MOST_NAMED;
  return [
    `${names.length} ${what}:`,
    ...names.slice(0, MOST_NAMED).map((name) => `  ${name}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
