import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PointOutcome } from "../../src/index.ts";
import { openSweepJournal } from "../../src/edges/sweep/journal.ts";
import type { JournalOptions } from "../../src/edges/sweep/journal.ts";
import { JOURNAL } from "../../src/edges/sweep/journalFile.ts";
import { PLAN } from "../../src/edges/sweep/outline.ts";
import { canMount, fill, makeReadOnly, mountDisk, skipped } from "./disks.ts";
import { madeOutcomes, madePlan } from "./madeSweep.ts";
import { emptyFolder, namesIn } from "./sre.ts";

const plan = madePlan();
const outcomes = madeOutcomes(plan);
const anew = { force: false, shard: null };

/** Opens, appends, closes. */
async function write(dir: string, batches: readonly (readonly PointOutcome[])[]): Promise<void> {
  const journal = await openSweepJournal(dir, plan, anew);
  for (const batch of batches) await journal.append(batch);
  await journal.close();
}

async function knownIds(dir: string): Promise<string[]> {
  const journal = await openSweepJournal(dir, plan, anew);
  await journal.close();
  return [...journal.outcomes.keys()];
}

const idsOf = (some: readonly PointOutcome[]): string[] => some.map(({ id }) => id);

/** What it is refused with; nothing in the folder may change. */
async function refusal(dir: string, options: Partial<JournalOptions> & { plan?: typeof plan } = {}): Promise<string> {
  const contents = (): string[] => namesIn(dir).map((name) => `${name} ${readFileSync(join(dir, name), "base64")}`);
  const before = contents();
  const { plan: own = plan, ...other } = options;
  const error = await openSweepJournal(dir, own, { ...anew, ...other }).then(
    () => new Error("opened"),
    (thrown: Error) => thrown,
  );
  expect(error.name).toBe("InputError");
  expect(contents()).toEqual(before);
  return error.message.replaceAll(dir, "DIR");
}

describe("a sweep's journal", () => {
  test("makes its folder and goes on with what was appended", async () => {
    const dir = join(emptyFolder(), "a", "b");
    await write(dir, [outcomes.slice(0, 2), outcomes.slice(2, 3), []]);
    expect(namesIn(dir)).toEqual([JOURNAL, PLAN].sort());
    const journal = await openSweepJournal(dir, plan, anew);
    expect([...journal.outcomes.values()]).toEqual(outcomes.slice(0, 3));
    await journal.append(outcomes.slice(3, 4));
    expect(journal.outcomes.get(outcomes[3]!.id)).toEqual(outcomes[3]);
    await journal.close();
    expect(await knownIds(dir)).toEqual(idsOf(outcomes.slice(0, 4)));
    const lines = readFileSync(join(dir, JOURNAL), "utf8").split("\n");
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[0]!)).toEqual({
      journal: 1,
      tool: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      sweep: plan.hash,
      shard: null,
      files: plan.files.flat().map(({ path, sha256 }) => ({ path, sha256 })),
    });
  });

  test("is on disk when append resolves, each batch in one piece, also when they come at once", async () => {
    const dir = emptyFolder();
    const journal = await openSweepJournal(dir, plan, anew);
    const path = join(dir, JOURNAL);
    const sizes: number[] = [];
    await Promise.all(
      outcomes.map((outcome) => journal.append([outcome]).then(() => sizes.push(readFileSync(path).length))),
    );
    expect(new Set(sizes).size).toBeGreaterThan(1);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(1 + outcomes.length);
    await journal.close();
  });

  test("notices that another process writes it, and cuts nothing of that one's", async () => {
    const dir = emptyFolder();
    const [one, other] = [await openSweepJournal(dir, plan, anew), await openSweepJournal(dir, plan, anew)];
    await one.append(outcomes.slice(0, 1));
    await expect(other.append(outcomes.slice(1, 2))).rejects.toThrow(
      /journal.jsonl: expected a journal that no other process writes, got \d+ bytes in place of \d+$/,
    );
    await one.append(outcomes.slice(2, 3));
    await Promise.all([one.close(), other.close()]);
    expect(await knownIds(dir)).toEqual([outcomes[0]!.id, outcomes[2]!.id]);
  });

  test("does not keep a failed point as done", async () => {
    const dir = emptyFolder();
    const [first, second] = outcomes as [PointOutcome, PointOutcome];
    const failure = { id: first.id, error: "boom", attempts: 3 };
    await write(dir, [[failure, second]]);
    const journal = await openSweepJournal(dir, plan, anew);
    expect([...journal.outcomes.keys()]).toEqual([second.id]);
    expect([...journal.failed.values()]).toEqual([failure]);
    await journal.append([first]);
    expect([journal.outcomes.size, journal.failed.size]).toEqual([2, 0]);
    // A late failure of another worker changes nothing.
    await journal.append([failure]);
    await journal.close();
    expect((await knownIds(dir)).sort()).toEqual([first.id, second.id].sort());
  });

  test("torn at any byte of its last lines loses those lines alone", async () => {
    const small = madePlan({ schemes: ["orc"] });
    const outcomes = madeOutcomes(small);
    const whole = emptyFolder();
    const first = await openSweepJournal(whole, small, anew);
    await first.append(outcomes.slice(0, 4));
    await first.close();
    const bytes = readFileSync(join(whole, JOURNAL));
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
    expect(ends).toHaveLength(5);
    const dir = emptyFolder();
    const path = join(dir, JOURNAL);
    // From the end of the second of four lines on.
    for (let size = ends[2]! - 1; size <= bytes.length; size++) {
      writeFileSync(path, bytes.subarray(0, size));
      const journal = await openSweepJournal(dir, small, anew);
      const kept = ends.filter((end) => end <= size).length - 1;
      expect([size, ...journal.outcomes.keys()]).toEqual([size, ...idsOf(outcomes.slice(0, kept))]);
      await journal.append(outcomes.slice(kept, 4));
      await journal.close();
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  test("torn in its head begins again", async () => {
    const whole = emptyFolder();
    await write(whole, [outcomes.slice(0, 1)]);
    const bytes = readFileSync(join(whole, JOURNAL));
    const dir = emptyFolder();
    for (let size = 0; size <= bytes.indexOf(10); size += 7) {
      writeFileSync(join(dir, JOURNAL), bytes.subarray(0, size));
      expect(await knownIds(dir)).toEqual([]);
      await write(dir, [outcomes.slice(0, 1)]);
      expect(readFileSync(join(dir, JOURNAL)).equals(bytes)).toBe(true);
    }
    writeFileSync(join(dir, JOURNAL), '{"journal":1,"tool":"0.0.0');
    expect(await refusal(dir)).toMatch(/^DIR\/journal.jsonl:1: expected the head of this sweep's journal, or --force/);
  });

  test.each([
    ["cut", (line: string) => line.slice(0, -9)],
    ["zeroed", (line: string) => line.replace(/./g, "\0")],
    ["not UTF-8", (line: string) => line.replace("elapsed_ms", "el\u{fffd}psed_ms")],
    ["without a field", (line: string) => line.replace('"energy_pJ"', '"energy_J"')],
    ["an empty one", () => ""],
  ])("refuses a damaged line in the middle: %s", async (_, damage) => {
    const dir = emptyFolder();
    await write(dir, [outcomes.slice(0, 4)]);
    const path = join(dir, JOURNAL);
    const lines = readFileSync(path, "utf8").split("\n");
    lines[2] = damage(lines[2]!);
    const text = Buffer.from(lines.join("\n"));
    // A lone byte that no UTF-8 text has.
    const at = text.indexOf("\u{fffd}");
    writeFileSync(
      path,
      at < 0 ? text : Buffer.concat([text.subarray(0, at), Buffer.from([0xff]), text.subarray(at + 3)]),
    );
    expect(await refusal(dir)).toBe("DIR/journal.jsonl:3: expected the outcome of a point, got a damaged line");
  });

  test("refuses the points of another sweep among its own", async () => {
    const dir = emptyFolder();
    await write(dir, [outcomes.slice(0, 1)]);
    const other = madePlan({ content: "other" });
    writeFileSync(join(dir, JOURNAL), `${JSON.stringify(madeOutcomes(other)[0])}\n`, { flag: "a" });
    expect(await refusal(dir)).toBe(`DIR/journal.jsonl:3: expected a point of this sweep, got point ${other.ids[0]!}`);
  });
});

describe("two results of one point", () => {
  const [first] = outcomes as [Extract<PointOutcome, { result: object }>];
  const reordered = JSON.parse(JSON.stringify({ ...first, elapsed_ms: 99 })) as typeof first;
  Object.assign(reordered.result, { schemes: Object.fromEntries(Object.entries(first.result.schemes).reverse()) });
  const different = { ...first, result: { ...first.result, samples: 11 } };

  test("collapse when they are equal but for time and order", async () => {
    const dir = emptyFolder();
    await write(dir, [[first, reordered], [reordered]]);
    expect(readFileSync(join(dir, JOURNAL), "utf8").trimEnd().split("\n")).toHaveLength(2);
    writeFileSync(join(dir, JOURNAL), `${JSON.stringify(reordered)}\n`, { flag: "a" });
    expect(await knownIds(dir)).toEqual([first.id]);
  });

  test("are an error that names the point when they differ", async () => {
    const dir = emptyFolder();
    const journal = await openSweepJournal(dir, plan, anew);
    await journal.append([first]);
    const size = statSync(join(dir, JOURNAL)).size;
    const wrong = `expected the known result of point ${first.id}, got a different one`;
    await expect(journal.append([outcomes[1]!, different])).rejects.toThrow(wrong);
    await expect(
      journal.append([outcomes[1]!, { ...outcomes[1]!, result: different.result } as PointOutcome]),
    ).rejects.toThrow(`result of point ${outcomes[1]!.id}`);
    expect(statSync(join(dir, JOURNAL)).size).toBe(size);
    // It goes on with others.
    await journal.append([outcomes[1]!]);
    await journal.close();
    writeFileSync(join(dir, JOURNAL), `${JSON.stringify(different)}\n`, { flag: "a" });
    expect(await refusal(dir)).toBe(
      `DIR/journal.jsonl:4: expected the result of point ${first.id} that stands above, got a different one`,
    );
  });
});

describe("the folder", () => {
  test("of another sweep is refused, and dropped with --force", async () => {
    const dir = emptyFolder();
    await write(dir, [outcomes]);
    const other = madePlan({ axes: { "ou.rows": [8] } });
    expect(await refusal(dir, { plan: other })).toBe(
      "DIR: expected the journal of this sweep, a new folder or --force, got that of another sweep",
    );
    writeFileSync(join(dir, "report.json"), "old");
    writeFileSync(join(dir, "notes.txt"), "mine");
    const journal = await openSweepJournal(dir, other, { ...anew, force: true });
    expect(journal.outcomes.size).toBe(0);
    await journal.close();
    expect(namesIn(dir)).toEqual([JOURNAL, "notes.txt", PLAN].sort());
    expect((JSON.parse(readFileSync(join(dir, PLAN), "utf8")) as { hash: string }).hash).toBe(other.hash);
  });

  test("begun with other contents names the file that changed", async () => {
    const dir = emptyFolder();
    await write(dir, [outcomes.slice(0, 1)]);
    const changed = madePlan({ content: "changed" });
    const [then, now] = [plan, changed].map(({ files }) => files[0]![0]!.sha256.slice(0, 6));
    expect(await refusal(dir, { plan: changed })).toBe(
      `nets/lenet5.onnx: expected the content that DIR began with (sha256 ${then}…), got ${now}…; --force begins anew`,
    );
  });

  test("of another shard or version is refused", async () => {
    const dir = emptyFolder();
    await (await openSweepJournal(dir, plan, { force: false, shard: "2/4" })).close();
    expect(await refusal(dir, { shard: null })).toBe(
      "DIR: expected the journal of all points, a new folder or --force, got that of shard 2/4",
    );
    const path = join(dir, JOURNAL);
    writeFileSync(path, readFileSync(path, "utf8").replace(/"tool":"[^"]+"/, '"tool":"0.0.7"'));
    expect(await refusal(dir, { shard: "2/4" })).toMatch(
      /^DIR: expected the journal of version .* got that of version 0.0.7$/,
    );
  });

  test("that is no sweep's is refused, even with --force", async () => {
    const dir = emptyFolder();
    writeFileSync(join(dir, "photo.jpg"), "");
    for (const force of [false, true])
      expect(await refusal(dir, { force })).toBe(
        "DIR: expected a new folder, or that of a sweep (with journal.jsonl), got another folder",
      );
    const file = join(dir, "photo.jpg");
    await expect(openSweepJournal(file, plan, anew)).rejects.toThrow(
      "expected a new folder, or that of a sweep (with journal.jsonl), got a file",
    );
  });

  test("may be empty, and a lost plan is written again", async () => {
    const dir = emptyFolder();
    await write(dir, [outcomes.slice(0, 1)]);
    rmSync(join(dir, PLAN));
    expect(await knownIds(dir)).toEqual([outcomes[0]!.id]);
    expect(namesIn(dir)).toContain(PLAN);
  });
});

describe.skipIf(!canMount)(`disks${skipped}`, () => {
  test("a full one takes back what was written, and the next append goes on", async () => {
    const disk = mountDisk("256k");
    const dir = join(disk, "sweep");
    const path = join(dir, JOURNAL);
    const journal = await openSweepJournal(dir, plan, anew);
    await journal.append(outcomes.slice(0, 1));
    const before = readFileSync(path);
    fill(join(disk, "ballast"));
    // Smaller than a page would fit into the last one.
    const batch = outcomes.slice(1);
    const byteCount = batch.reduce((sum, outcome) => sum + JSON.stringify(outcome).length + 1, 0);
    expect(byteCount).toBeGreaterThan(4096);
    const error = await journal.append(batch).catch((thrown: Error) => thrown);
    expect((error as Error).message).toBe(
      `${path}: expected room for ${byteCount.toLocaleString("en-US")} bytes, got ENOSPC: no space left on device, write`,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    expect([...journal.outcomes.keys()]).toEqual([outcomes[0]!.id]);
    truncateSync(join(disk, "ballast"), 0);
    await journal.append(batch);
    await journal.close();
    expect(await knownIds(dir)).toEqual(plan.ids);
  });

  test("a full one gets no folder", async () => {
    const disk = mountDisk("64k");
    fill(join(disk, "ballast"));
    await expect(openSweepJournal(join(disk, "sweep"), plan, anew)).rejects.toThrow(
      /sweep\/journal.jsonl: expected room for \d+ bytes, got ENOSPC: no space left on device, write$/,
    );
    expect(namesIn(disk)).toEqual(["ballast"]);
  });

  test("a read-only one is refused in one line", async () => {
    const disk = mountDisk("1m");
    await write(join(disk, "sweep"), [outcomes.slice(0, 1)]);
    makeReadOnly(disk);
    expect(await refusal(join(disk, "sweep"))).toMatch(
      /^DIR: expected a folder that may be written, got EROFS: [^\n]+$/,
    );
    await expect(openSweepJournal(join(disk, "new"), plan, anew)).rejects.toThrow(
      /new: expected a folder that may be written, got EROFS/,
    );
  });
});
