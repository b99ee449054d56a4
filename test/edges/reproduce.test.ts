import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FIGURES, SCHEMES } from "../../src/index.ts";
import type { FigureResult } from "../../src/index.ts";
import { emptyFolder, namesIn, sre } from "./sre.ts";

type Row = Readonly<Record<string, string | number | null>>;

function rowsOf({ columns, rows }: FigureResult["tables"][number]): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]!])));
}

it("two figures of the same runs: published beside reached, numbers that fit each other, a whole folder", async () => {
  const folder = emptyFolder();
  const figures = ["breakdown", "overhead", "--samples", "1", "--json", "--out", "out"];
  const { code, stdout, stderr } = await sre(folder, ["reproduce", ...figures]);
  expect(code).toBe(0);
  const results = JSON.parse(stdout) as FigureResult[];
  const [breakdown, overhead] = results as [FigureResult, FigureResult];
  expect(results.map(({ figure }) => figure)).toEqual(["breakdown", "overhead"]);
  const networks = overhead.subjects.map(({ name }) => name);
  expect(networks).toEqual(expect.arrayContaining(["LeNet-5 (SSL)", "ConvNet CIFAR-10 (SSL)", "CaffeNet (GSL)"]));
  // Both figures are of one simulation a network.
  for (const name of networks) expect(stderr.split("\n").filter((line) => line.endsWith(` s ${name}`))).toHaveLength(1);

  expect(overhead.claims).toEqual([
    {
      what: "index overhead",
      published: '"small": 5/32 of the kept weight bits',
      reached: "15.6 % on average",
      deviation: "see the table",
    },
  ]);
  const shares = rowsOf(overhead.tables[0]!);
  expect(shares.map(({ network }) => network)).toEqual(networks);
  const lenet = shares[0]!;
  // One bit a row and OU column group: 25 · 10 + 500 · 25 + 800 · 250 + 500 · 5.
  expect(Number(lenet["index (bits)"]) * Number(lenet["bitmap / index"])).toBeCloseTo(215_250, 6);
  breakdown.tables.forEach((table, i) => {
    expect(table.title).toBe(`${networks[i]}: share of naive's energy`);
    const rows = rowsOf(table);
    expect(rows.map(({ scheme }) => scheme)).toEqual(SCHEMES);
    for (const { scheme, all, ...components } of rows) {
      const parts = Object.values(components).map(Number);
      expect(parts.reduce((a, b) => a + b)).toBeCloseTo(Number(all), 9);
      if (scheme === "naive") expect(all).toBe(1);
    }
    // What the other figure calls estimated: three components of orc-dof.
    const { all, indexRead, runningSum, wordlineGenerator } = rows.find(({ scheme }) => scheme === "orc-dof")!;
    const share = shares[i]!;
    const [read, sums, generator] = [indexRead, runningSum, wordlineGenerator].map(
      (part) => Number(part) / Number(all),
    );
    expect(share["of which index read"]).toBeCloseTo(read!, 9);
    expect(share["running sums"]).toBeCloseTo(sums!, 9);
    expect(share["wordline generator"]).toBeCloseTo(generator!, 9);
    expect(share["energy at estimated prices"]).toBeCloseTo(read! + sums! + generator!, 9);
  });

  const out = join(folder, "out");
  expect(namesIn(folder)).toEqual(["out"]);
  const csvs = networks.map((_, i) => `breakdown-${i + 1}.csv`);
  const expected = [...csvs, "breakdown.png", "breakdown.svg", "manifest.json", "overhead-1.csv", "results.json"];
  expect(namesIn(out)).toEqual(expected.filter((name) => !name.endsWith(".png") || existsSync(join(out, name))));
  expect(JSON.parse(readFileSync(join(out, "results.json"), "utf8"))).toEqual(results);
  expect(readFileSync(join(out, "breakdown.svg"), "utf8")).toMatch(/^<svg [^]*<\/svg>\s*$/);
  const [head, first] = readFileSync(join(out, "overhead-1.csv"), "utf8").split("\n");
  expect(head).toBe(overhead.tables[0]!.columns.join(","));
  expect(first).toBe(overhead.tables[0]!.rows[0]!.join(","));

  const before = readFileSync(join(out, "manifest.json"), "utf8");
  const again = await sre(folder, ["reproduce", ...figures]);
  expect(again).toEqual({
    ...{ code: 2, stdout: "" },
    stderr: "sre: --out out: expected a new folder, or --force, got an existing one\n",
  });
  expect(readFileSync(join(out, "manifest.json"), "utf8")).toBe(before);
});

it.each([
  [["speedups"], `FIGURE: expected some of ${FIGURES.join(", ")}, got "speedups"`],
  [["overhead", "--samples", "0"], '--samples: expected integer ≥ 1, got "0"'],
  [
    ["overhead", "--data", "nowhere"],
    "--data nowhere: expected a folder with ssl-caffenet, ssl-lenet, or models and datasets, got no such folder",
  ],
  [
    ["overhead", "--data", "empty"],
    "--data empty: expected a folder with ssl-caffenet, ssl-lenet, or models and datasets, got none of them in it",
  ],
])("reproduce %j: one line, exit code 2", async (args, line) => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "empty"));
  expect(await sre(folder, ["reproduce", ...args])).toEqual({ code: 2, stdout: "", stderr: `sre: ${line}\n` });
  expect(namesIn(folder)).toEqual(["empty"]);
});
