import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { PointOutcome, SchemeResult, SweepReport } from "../../src/index.ts";
import { outlineOf, readOutline } from "../../src/edges/sweep/outline.ts";
import { openSweepJournal } from "../../src/edges/sweep/journal.ts";
import { resultFiles, sweepReport, writeSweepResults } from "../../src/edges/sweep/results.ts";
import { pointRows } from "../../src/edges/sweep/rows.ts";
import { canMount, fill, mountDisk, skipped } from "./disks.ts";
import { madeOutcomes, madePlan, sha } from "./madeSweep.ts";
import { emptyFolder, namesIn } from "./sre.ts";

const plan = madePlan();
const outcomes = madeOutcomes(plan);
type Finished = Extract<PointOutcome, { result: object }>;

/** By a generator of its own: the same order in every run. */
function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const keyed = items.map((item) => ({ item, key: (state = (state * 48271) % 2147483647) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Keys of all objects the other way round: as another machine may send them. */
function reverseKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, below]) => [key, reverseKeys(below)]),
  );
}

describe("the files of a sweep", () => {
  test("are the same bytes however the points were run", () => {
    const text = (some: Iterable<PointOutcome>): string[] =>
      Object.entries(resultFiles(plan, sweepReport(plan, some))).map(
        ([name, data]) => `${name} ${Buffer.from(data).toString("base64")}`,
      );
    const first = text(outcomes);
    expect(first.map((file) => file.split(" ")[0])).toEqual([
      ...["report.json", "results.csv", "results.parquet", "sweep.resolved.yaml"],
    ]);
    for (const seed of [1, 2, 3]) {
      const other = shuffle(madeOutcomes(plan, 1000 * seed), seed).map(
        (outcome) => reverseKeys(outcome) as PointOutcome,
      );
      const retried = [{ id: other[0]!.id, error: "first try", attempts: 1 }, ...other, other[3]!];
      expect(text(retried)).toEqual(first);
    }
    const [head, ...rest] = outcomes as Finished[];
    const changed = { ...head!, result: { ...head!.result, samples: 11 } };
    expect(
      text([changed, ...rest])
        .slice(0, 3)
        .every((file, index) => file !== first[index]),
    ).toBe(true);
  });

  test("come out of the outline on disk as out of the plan", async () => {
    const dir = emptyFolder();
    await (await openSweepJournal(dir, plan, { force: false, shard: null })).close();
    const outline = await readOutline(dir);
    expect(outline).toEqual(outlineOf(plan));
    expect(resultFiles(outline, sweepReport(outline, outcomes))).toEqual(
      resultFiles(plan, sweepReport(plan, outcomes)),
    );
  });

  test("hold each point under each scheme, with settings and units", async () => {
    const files = resultFiles(plan, sweepReport(plan, outcomes));
    const [head, ...lines] = String(files["results.csv"]).trimEnd().split("\n");
    expect(head!.split(",")).toEqual([
      ...["id", "network", "ou.rows", "sparsity.indexBits", "adc.bits", "scheme"],
      ...["samples", "adcBits", "indexBits", "float_top1", "integer_top1"],
      ...["ouOps", "latencyCycles", "busyTime_ns", "latency_ns", "pipelined_ns", "energy_pJ"],
      ...["speedup", "latencySpeedup", "energySavingRatio", "crossbars", "area_mm2", "top1_mean", "top1_std"],
      "isPareto",
    ]);
    expect(lines).toHaveLength(16 * 5);
    const parquet = files["results.parquet"] as Uint8Array;
    const rows = await parquetReadObjects({ file: parquet.buffer.slice(0) as ArrayBuffer });
    expect(rows).toHaveLength(16 * 5);
    plan.sweep.points.forEach(({ network, settings }, index) => {
      const { result } = outcomes[index] as Finished;
      Object.entries(result.schemes).forEach(([scheme, sums], place) => {
        const row = rows[index * 5 + place]!;
        // "unlimited" beside 4 makes a column of words.
        const words = {
          "sparsity.indexBits": String(settings["sparsity.indexBits"]),
          "adc.bits": String(settings["adc.bits"]),
        };
        expect(row).toMatchObject({ id: plan.ids[index], network, ...settings, ...words, scheme, ...sums });
        const cells = lines[index * 5 + place]!.split(",");
        expect(cells.slice(0, 6)).toEqual([plan.ids[index], network, ...Object.values(settings).map(String), scheme]);
        expect(Number(cells[16])).toBe((sums as SchemeResult).energy_pJ);
      });
    });
    expect(parse(String(files["sweep.resolved.yaml"]))).toMatchObject({
      name: plan.sweep.name,
      hash: plan.hash,
      pointCount: 16,
      axes: plan.sweep.axes,
      base: { ou: { rows: 16, cols: 8 } },
    });
  });

  test("of no point have heads and no rows", () => {
    const files = resultFiles(plan, sweepReport(plan, []));
    expect(String(files["results.csv"])).toMatch(/^id,network,ou\.rows,[^\n]+,isPareto\n$/);
    expect((JSON.parse(String(files["report.json"])) as SweepReport).pointCount).toBe(16);
  });
});

describe("sweepReport", () => {
  test("has the points in the order of the plan, and failed ones apart", () => {
    const some = [...outcomes.slice(4, 7).reverse(), { id: plan.ids[2]!, error: "no room", attempts: 3 }];
    const report = sweepReport(plan, some);
    expect(report.points.map(({ id }) => id)).toEqual(plan.ids.slice(4, 7));
    expect(report.points[0]).toEqual({
      id: plan.ids[4],
      network: "lenet5",
      settings: plan.sweep.points[4]!.settings,
      ...(outcomes[4] as Finished).result,
    });
    expect(report.failed).toEqual([
      { id: plan.ids[2], network: "lenet5", settings: plan.sweep.points[2]!.settings, error: "no room" },
    ]);
    expect(report.pointCount).toBe(16);
    expect(report.networks).toEqual([
      { name: "lenet5", source: "lenet5.onnx", sha256: sha("weights of lenet5") },
      { name: "zoo:vgg16", source: "zoo:vgg16", sha256: sha("zoo:vgg16") },
    ]);
  });

  test("has both of two points that come to one configuration", () => {
    const [first, , ...rest] = plan.ids;
    const twins = { ...plan, ids: [first!, first!, ...rest] };
    const { points, pointCount } = sweepReport(twins, outcomes.slice(0, 1));
    expect(pointCount).toBe(16);
    expect(points.map(({ id, settings }) => [id, settings])).toEqual(
      plan.sweep.points.slice(0, 2).map(({ settings }) => [first, settings]),
    );
  });

  test("never chooses between two results of a point", () => {
    const [first] = outcomes as [Finished];
    const other = { ...first, result: { ...first.result, adcBits: 9 } };
    expect(() => sweepReport(plan, [first, other])).toThrow(`point ${first.id}: two different results`);
  });

  test("what is no number does not get into the files as one", () => {
    const outcome = structuredClone(outcomes[0]) as { id: string; result: { schemes: { orc: { speedup: number } } } };
    outcome.result.schemes.orc.speedup = Infinity;
    const files = resultFiles(plan, sweepReport(plan, [outcome as unknown as PointOutcome]));
    for (const name of ["report.json", "results.csv"]) expect(String(files[name])).not.toContain("Infinity");
  });
});

describe("fronts", () => {
  test("are those of each network, by pairs", () => {
    const rows = pointRows(sweepReport(plan, outcomes));
    const goals = ({ time_ns, energy_pJ, area_mm2, accuracy }: (typeof rows)[number]): number[] => [
      ...[time_ns, energy_pJ, area_mm2],
      accuracy === null ? Infinity : -accuracy,
    ];
    for (const row of rows) {
      const own = goals(row);
      const isBeaten = rows.some((other) => {
        if (other.point.network !== row.point.network) return false;
        const others = goals(other);
        return others.every((goal, i) => goal <= own[i]!) && others.some((goal, i) => goal < own[i]!);
      });
      expect(row.isPareto).toBe(!isBeaten);
    }
    const kept = rows.filter(({ isPareto }) => isPareto).length;
    expect([kept > 5, kept < rows.length - 5]).toEqual([true, true]);
  });

  test("without disturbed crossbars know the accuracy of the quantised network", () => {
    const plain = madePlan({ hasAccuracy: false });
    const [first, ...rest] = madeOutcomes(plain) as Finished[];
    const labelled = { ...first!, result: { ...first!.result, integer: 0.5 } };
    const [row, other] = pointRows(sweepReport(plain, [labelled, ...rest])).filter((_, index) => index % 5 === 0);
    expect([row!.accuracy, other!.accuracy]).toEqual([0.5, null]);
  });
});

describe("writeSweepResults", () => {
  test("puts the files beside the journal", async () => {
    const dir = emptyFolder();
    const journal = await openSweepJournal(dir, plan, { force: false, shard: null });
    await journal.append(outcomes);
    await journal.close();
    await writeSweepResults(dir, plan, journal.outcomes.values(), { threads: 2, elapsed_ms: 12 });
    expect(namesIn(dir)).toEqual([
      ...["journal.jsonl", "manifest.json", "plan.json", "report.json"],
      ...["results.csv", "results.parquet", "sweep.resolved.yaml"],
    ]);
    expect(JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8"))).toMatchObject({
      schemaVersion: 1,
      threads: 2,
      inputs: plan.files.flat(),
    });
    expect(JSON.parse(readFileSync(join(dir, "report.json"), "utf8"))).toEqual(sweepReport(plan, outcomes));
  });

  test.skipIf(!canMount)(`on a full disk leaves the old files and names the new one${skipped}`, async () => {
    const disk = mountDisk("512k");
    writeFileSync(join(disk, "report.json"), "old");
    fill(join(disk, "ballast"));
    await expect(writeSweepResults(disk, plan, outcomes, {})).rejects.toThrow(
      /^\S+\/report\.json: expected room for [\d,]+ bytes, got ENOSPC: no space left on device, write$/,
    );
    expect(namesIn(disk)).toEqual(["ballast", "report.json"]);
    expect(readFileSync(join(disk, "report.json"), "utf8")).toBe("old");
  });
});
