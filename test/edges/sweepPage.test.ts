import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { PointOutcome } from "../../src/index.ts";
import { sweepFigures } from "../../src/edges/figures/sweep.ts";
import { renderSvg } from "../../src/edges/figures/render.ts";
import { renderSweepPage } from "../../src/edges/html/sweepPage.ts";
import { openSweepJournal } from "../../src/edges/sweep/journal.ts";
import { sweepReport, writeSweepResults } from "../../src/edges/sweep/results.ts";
import { pointRows } from "../../src/edges/sweep/rows.ts";
import { madeOutcomes, madePlan } from "./madeSweep.ts";
import { emptyFolder, namesIn, sre } from "./sre.ts";

const plan = madePlan();
const outcomes = madeOutcomes(plan);
/** One failed, one not run. */
const some: PointOutcome[] = [
  ...outcomes.slice(0, 14),
  { id: plan.ids[14]!, error: "adc.bits: expected <16>, got 17", attempts: 3 },
];

async function folderOf(own: readonly PointOutcome[]): Promise<string> {
  const folder = emptyFolder();
  const journal = await openSweepJournal(join(folder, "sweep"), plan, { force: false, shard: null });
  await journal.append(own);
  await journal.close();
  return folder;
}

const FIGURES = [
  ...["energy-time-1", "accuracy-energy-1", "front-1", "energy-time-2", "front-2"],
  ...["axis-ou-rows", "axis-sparsity-indexBits", "axis-adc-bits"],
];

describe("report of a sweep", () => {
  test("is made from its journal, without networks and results, and with them is the same", async () => {
    const folder = await folderOf(some);
    const { code, stdout, stderr } = await sre(folder, [
      "report",
      "sweep",
      "--html",
      "early.html",
      "--figures",
      "figures",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    const svgs = FIGURES.map((name) => `${name}.svg`);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["early.html", ...svgs.map((name) => join("figures", name))]),
    );
    expect(namesIn(join(folder, "figures")).filter((name) => name.endsWith(".svg"))).toEqual([...svgs].sort());
    for (const name of svgs) expect(readFileSync(join(folder, "figures", name), "utf8")).not.toMatch(/NaN|Infinity/);
    const shared = { points: 10, preparations: 2, preparing_ms: 6000, counts: 5, counting_ms: 10_000 };
    await writeSweepResults(join(folder, "sweep"), plan, some, { threads: 2, shared });
    expect((await sre(folder, ["report", "sweep"])).stdout).toBe(`${join("sweep", "report.html")}\n`);
    const page = readFileSync(join(folder, "sweep", "report.html"), "utf8");
    const origin = '<section id="origin">';
    expect(page.split(origin)[0]).toBe(readFileSync(join(folder, "early.html"), "utf8").split(origin)[0]);
    expect(page).toContain("&quot;threads&quot;: 2");
    expect(page).toContain("<p>10 points run from 2 quantised workloads and 5 counts: 34 s of work saved.</p>");
    // A report.json alone does, too.
    const lone = emptyFolder();
    writeFileSync(join(lone, "report.json"), readFileSync(join(folder, "sweep", "report.json")));
    expect((await sre(lone, ["report", "."])).code).toBe(0);
    expect(readFileSync(join(lone, "report.html"), "utf8").split(origin)[0]).toBe(page.split(origin)[0]);
  });

  test("names what the folder lacks", async () => {
    const folder = await folderOf(some);
    writeFileSync(join(folder, "sweep", "journal.jsonl"), "[]\n", { flag: "a" });
    expect(await sre(folder, ["report", "sweep"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "sre: sweep/journal.jsonl:17: expected the outcome of a point, got a damaged line\n",
    });
  });

  test("holds what the report holds", async () => {
    const report = sweepReport(plan, some);
    const html = await renderSweepPage(report, null);
    expect(html).toContain("<h1>made &lt;up&gt; &amp; more</h1>");
    expect(html).toContain("1 of 16 points have not been run yet");
    expect(html).toContain("adc.bits: expected &lt;16&gt;, got 17");
    for (const { sha256 } of report.networks) expect(html).toContain(sha256);
    for (const name of FIGURES) expect(html).toContain(`id="figure-${name}"`);
    const rows = pointRows(report);
    const fronts = /<section id="fronts">(.*?)<\/section>/s.exec(html)![1]!;
    const lines = fronts.match(/<tr><th scope="row"/g)!;
    expect(lines).toHaveLength(rows.filter(({ isPareto }) => isPareto).length);
    // The best of each network; the zoo's has no accuracy.
    const summary = /<section id="summary">(.*?)<\/section>/s.exec(html)![1]!;
    const best = [
      ...summary.matchAll(
        /<th scope="row" class="text">([^<]+)<\/th><td class="text">([^<]+)<\/td><td class="text">([^<]+)</g,
      ),
    ];
    const goals = best.map(([, network, goal]) => `${network} ${goal}`).slice(0, 9);
    const names = ["least time", "least energy", "least energy x time", "least area", "best accuracy"];
    expect(goals).toEqual([
      ...names.map((name) => `lenet5 ${name}`),
      ...names.slice(0, 4).map((name) => `zoo:vgg16 ${name}`),
    ]);
    const own = rows.filter(({ point }) => point.network === "lenet5");
    const least = (of: (row: (typeof rows)[number]) => number) => own.reduce((a, b) => (of(b) < of(a) ? b : a)).scheme;
    expect(best.slice(0, 3).map(([, , , scheme]) => scheme)).toEqual([
      least(({ time_ns }) => time_ns),
      least(({ energy_pJ }) => energy_pJ),
      least(({ time_ns, energy_pJ }) => time_ns * energy_pJ),
    ]);
    const references = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, to]) => to!);
    expect(references.filter((to) => !/^(#|data:,)/.test(to))).toEqual([]);
  });

  test.each([
    ["of no point", madePlan(), 0],
    ["of one point without axes", madePlan({ networks: ["lenet5"], axes: {} }), 1],
    ["of one scheme without accuracy", madePlan({ schemes: ["naive"], hasAccuracy: false }), 16],
  ])("is a page %s", async (_, own, count) => {
    const report = sweepReport(own, madeOutcomes(own).slice(0, count));
    expect(await renderSweepPage(report, null)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("of 500 points under every scheme stays below 3 MB", async () => {
    const large = madePlan({
      schemes: ["naive", "recom", "occ", "orc", "dof", "orc-dof", "isaac"],
      axes: {
        "ou.rows": [2, 4, 8, 16, 32],
        "ou.cols": [2, 4, 8, 16, 32],
        "sparsity.indexBits": [3, 4, 5, 6, "unlimited"],
        "adc.mode": ["clip", "scale"],
      },
    });
    expect(large.ids).toHaveLength(500);
    const html = await renderSweepPage(sweepReport(large, madeOutcomes(large)), null);
    expect(html.length).toBeLessThan(3e6);
    expect(html.length).toBeGreaterThan(3e5);
  });
});

test("figures of many rows leave marks out and say so", async () => {
  const many = madePlan({
    networks: ["lenet5", "b", "c"],
    schemes: ["naive", "orc", "dof", "orc-dof", "isaac"],
    axes: {
      "ou.rows": [2, 4, 8, 16, 32, 64, 128],
      "ou.cols": [2, 4, 8, 16, 32, 64, 128],
      "crossbar.cellBits": Array.from({ length: 10 }, (_, i) => i + 1),
    },
  });
  const { fronts } = sweepFigures(sweepReport(many, madeOutcomes(many)));
  const [figure] = fronts;
  const left = /(\d+) of 2450 marks are left out/.exec(figure!.caption);
  expect(Number(left?.[1])).toBeGreaterThan(200);
  const svg = await renderSvg(figure!.spec);
  expect(svg.match(/ d="M[^"]*A/g)!.length).toBeLessThan(2450 - Number(left![1]) + 20);
});

const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => join("/usr/bin", name))
  .find((path) => existsSync(path));
const where = browserPath === undefined ? " (skipped: no Chromium in /usr/bin)" : "";
test.skipIf(browserPath === undefined)(
  `the page fits a phone, asks no host and says nothing on the console${where}`,
  async () => {
    const path = join(emptyFolder(), "page.html");
    writeFileSync(path, await renderSweepPage(sweepReport(plan, some), { threads: 2 }));
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    try {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await browser.newPage({ viewport: { width: 390, height: 900 }, colorScheme });
        const faults: string[] = [];
        page.on("console", (message) => faults.push(message.text()));
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("request", (request) => {
          if (!/^(file|data):/.test(request.url())) faults.push(request.url());
        });
        await page.goto(pathToFileURL(path).href);
        await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        const marks = await page.locator("figure").evaluateAll((all) =>
          all.map((figure) => {
            const drawn = [...figure.querySelectorAll(".role-mark > *")].filter(
              (mark) => mark.getBoundingClientRect().width > 0,
            );
            return [figure.id.replace("figure-", ""), drawn.length > 3];
          }),
        );
        expect(marks).toEqual(FIGURES.map((name) => [name, true]));
        // The ground behind a label is that of the page.
        const halo = page.locator("#figure-front-1 .layer_1_marks text").first();
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(await halo.evaluate((text) => getComputedStyle(text).stroke)).toBe(ground);
        expect(faults).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  },
);
