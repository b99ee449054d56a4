import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PointOutcome } from "../../src/index.ts";
import { openSweepJournal } from "../../src/edges/sweep/journal.ts";
import { writeSweepResults } from "../../src/edges/sweep/results.ts";
import { madeOutcomes, madePlan } from "./madeSweep.ts";
import { emptyFolder, namesIn, sre } from "./sre.ts";

const plan = madePlan();
const outcomes = madeOutcomes(plan);

async function shard(dir: string, some: readonly PointOutcome[], name: string | null, own = plan): Promise<void> {
  const journal = await openSweepJournal(dir, own, { force: false, shard: name });
  await journal.append(some);
  await journal.close();
}

/** Two halves, the second one run later. */
async function halves(): Promise<string> {
  const folder = emptyFolder();
  await shard(join(folder, "a"), outcomes.slice(0, 9).reverse(), "1/2");
  await shard(join(folder, "b"), madeOutcomes(plan, 500).slice(8), "2/2");
  return folder;
}

const RESULTS = ["report.json", "results.csv", "results.parquet", "sweep.resolved.yaml"];

describe("merge", () => {
  test("makes of parts the bytes of the whole", async () => {
    const folder = await halves();
    expect(await sre(folder, ["merge", "whole", "a", "b"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "made <up> & more: 16 of 16 points in whole\n",
    });
    await writeSweepResults(join(folder, "one"), plan, outcomes, {});
    for (const name of RESULTS)
      expect(readFileSync(join(folder, "whole", name)).equals(readFileSync(join(folder, "one", name)))).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, "whole", "manifest.json"), "utf8"))).toMatchObject({
      missing: [],
      merged: [
        { dir: "a", shard: "1/2", finished: 9, failed: 0 },
        { dir: "b", shard: "2/2", finished: 8, failed: 0 },
      ],
    });
    // The whole is a sweep's folder like any other: it can be gone on with, and be a part.
    const journal = await openSweepJournal(join(folder, "whole"), plan, { force: false, shard: null });
    expect(journal.outcomes.size).toBe(16);
    await journal.close();
    expect((await sre(folder, ["merge", "again", "whole"])).code).toBe(0);
    expect(namesIn(folder)).toEqual(["a", "again", "b", "one", "whole"]);
  });

  test("counts and names what is missing, and what failed", async () => {
    const folder = emptyFolder();
    await shard(
      join(folder, "a"),
      [...outcomes.slice(0, 5), { id: plan.ids[6]!, error: "no\nroom", attempts: 3 }],
      "1/2",
    );
    await shard(join(folder, "b"), outcomes.slice(7), "2/2");
    const { code, stderr } = await sre(folder, ["merge", "whole", "a", "b"]);
    expect(stderr.split("\n")).toEqual([
      "made <up> & more: 14 of 16 points in whole",
      "1 missing:",
      "  lenet5 ou.rows=16 sparsity.indexBits=4 adc.bits=3",
      "1 failed:",
      "  lenet5 ou.rows=16 sparsity.indexBits=unlimited adc.bits=auto: no room",
      "",
    ]);
    expect(code).toBe(3);
    // A result that another part has makes up for the failure.
    await shard(join(folder, "c"), outcomes.slice(5, 7), null);
    expect((await sre(folder, ["merge", "whole", "a", "b", "c"])).stderr).toBe(
      "sre: whole: expected a new folder, or --force, got an existing one\n",
    );
    expect((await sre(folder, ["merge", "whole", "a", "b", "c", "--force"])).code).toBe(0);
  });

  test("shows all faults at once, and writes nothing", async () => {
    const folder = await halves();
    mkdirSync(join(folder, "photos"));
    writeFileSync(join(folder, "photos", "cat.jpg"), "");
    await shard(join(folder, "other"), [], null, madePlan({ axes: { "ou.rows": [4] } }));
    const [first] = outcomes as [Extract<PointOutcome, { result: object }>];
    await shard(join(folder, "c"), [{ ...first, result: { ...first.result, samples: 11 } }], null);
    const { code, stdout, stderr } = await sre(folder, ["merge", "a", "a", "b", "absent", "photos", "other", "c"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      "sre: a: expected a folder of its own for the whole, got one of its parts",
      "sre: absent: expected the folder of a sweep (with journal.jsonl), got no such folder",
      "sre: photos: expected the folder of a sweep (with journal.jsonl), got another folder",
      "sre: other (made <up> & more): expected a part of the sweep in a (made <up> & more), got one of another sweep",
      `sre: c: expected the result of point ${first.id} (lenet5 ou.rows=8 sparsity.indexBits=4 adc.bits=auto) in a, got a different one`,
    ]);
    expect(namesIn(folder)).toEqual(["a", "b", "c", "other", "photos"]);
  });

  test("names a damaged line, and a folder without a plan", async () => {
    const folder = await halves();
    writeFileSync(join(folder, "a", "journal.jsonl"), "{}\n", { flag: "a" });
    writeFileSync(join(folder, "b", "plan.json"), "{}");
    const { code, stderr } = await sre(folder, ["merge", "whole", "a", "b"]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "sre: a/journal.jsonl:11: expected the outcome of a point, got a damaged line\n" +
        "sre: b/plan.json: expected the plan of a sweep of this version, got something else\n",
    );
  });
});
