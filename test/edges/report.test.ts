import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/index.ts";
import { emptyFolder, lenet5, namesIn, sre } from "./sre.ts";

const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => join("/usr/bin", name))
  .find((path) => existsSync(path));
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

const FIGURES = [
  ...["speedup", "time", "energy", "energy-share", "layers-speedup", "layers-latency", "layers-energy", "kept-rows"],
  ...["bit-planes", "open-rows", "open-rows-layers", "index-overhead", "pipeline", "cu-busy", "crossbar-use", "area"],
];

let folder: string;
const inFolder = (...path: string[]): string => join(folder, ...path);
const digits = ["lenet5-ssl.onnx", "--config", "lenet5.yaml", "--inputs", "digits.idx3", "--labels", "labels.idx1"].map(
  (word) => (word.startsWith("--") ? word : join(lenet5, word)),
);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sre-report-"));
  const run = await sre(folder, ["run", ...digits, "--samples", "3", "--out", "run", "--html"]);
  expect([run.code, run.stdout]).toEqual([0, ""]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("report", () => {
  test("makes the page that run --html made, and every figure as a file", async () => {
    const made = readFileSync(inFolder("run", "report.html"), "utf8");
    const { code, stdout, stderr } = await sre(folder, [
      "report",
      "run",
      "--html",
      "a/page.html",
      "--figures",
      "figures",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    // Not toBe: a difference would print both pages.
    expect(readFileSync(inFolder("a", "page.html"), "utf8") === made).toBe(true);
    const svgs = FIGURES.map((name) => `${name}.svg`);
    expect(namesIn(inFolder("figures")).filter((name) => name.endsWith(".svg"))).toEqual([...svgs].sort());
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["a/page.html", ...svgs.map((name) => join("figures", name))]),
    );
    for (const name of svgs) {
      const svg = readFileSync(inFolder("figures", name), "utf8");
      expect(svg).toMatch(/^<svg .*lenet5-ssl: .*<\/svg>$/s);
      expect(svg).not.toContain("NaN");
    }
  });

  test("holds what the report holds", () => {
    const html = readFileSync(inFolder("run", "report.html"), "utf8");
    const report = JSON.parse(readFileSync(inFolder("run", "report.json"), "utf8")) as Report;
    for (const id of report.assumptions) expect(html).toContain(`<dt>${id}</dt>`);
    expect(html).toContain(readFileSync(inFolder("run", "config.resolved.yaml"), "utf8").trim().split("\n").at(-1)!);
    expect(html).toContain(report.network.sha256);
    expect(html).toContain("Accuracy on 3 samples");
    // Every layer under every scheme, and the sums of the area.
    for (const { name, schemes } of report.layers) {
      expect(html).toContain(`<th scope="row" class="text">${name}</th>`);
      for (const { ouOps } of Object.values(schemes))
        expect(html).toContain(`<td class="number">${ouOps.toLocaleString("en-US")}</td>`);
    }
    expect(html).toContain(`${report.area.chip.area_mm2.toFixed(3)} mm²`);
    // Nothing from elsewhere: no reference but anchors in the page, data and the names of namespaces.
    const references = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, to]) => to!);
    expect(references.filter((to) => !/^(#|data:,)/.test(to))).toEqual([]);
  });

  test("of a run whose detail is gone does without", async () => {
    const own = emptyFolder();
    const report = JSON.parse(readFileSync(inFolder("run", "report.json"), "utf8")) as Report;
    delete report.keptRows;
    for (const layer of report.layers) delete layer.openRows;
    writeFileSync(join(own, "report.json"), JSON.stringify(report));
    expect((await sre(own, ["report", "."])).code).toBe(0);
    const html = readFileSync(join(own, "report.html"), "utf8");
    expect(html).toContain("This run collected no map");
    expect(html).not.toContain("<script");
    expect(html).toContain('id="figure-bit-planes"');
  });

  test.each([
    ["no such folder", [], "run: expected a run folder, got no such folder"],
    ["a folder without a report", [["run/x", ""]], "run/report.json: expected a readable file, got no such file"],
    ["broken JSON", [["run/report.json", "{"]], "run/report.json: expected JSON, got "],
    ["another file", [["run/report.json", '{"schemaVersion": 1}']], "run/report.json: expected the report of a run"],
    [
      "half of an accuracy report",
      [["run/report.json", '{"schemaVersion": 1, "network": {}, "points": []}']],
      "run/report.json: expected the report of a run",
    ],
  ] as [string, [string, string][], string][])("refuses %s", async (_, files, message) => {
    const own = emptyFolder();
    for (const [path, text] of files) {
      mkdirSync(join(own, "run"), { recursive: true });
      writeFileSync(join(own, path), text);
    }
    const { code, stdout, stderr } = await sre(own, ["report", "run"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.startsWith(`sre: ${message}`)).toBe(true);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("run --html wants a run folder", async () => {
    const { code, stderr } = await sre(folder, ["run", "zoo:lenet5", "--html"]);
    expect([code, stderr]).toEqual([2, "sre: --html: expected --out DIR beside it, got nothing\n"]);
  });
});

test("an accuracy run has a page, too", async () => {
  const options = [
    "--samples",
    "2",
    "--chips",
    "1",
    "--open-wordlines",
    "16",
    "--device",
    "base@3",
    "--schemes",
    "orc-dof",
  ];
  expect((await sre(folder, ["accuracy", ...digits, ...options, "--out", "accuracy"])).code).toBe(0);
  const { code, stdout } = await sre(folder, ["report", "accuracy", "--figures", "accuracy-figures"]);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toContain(join("accuracy", "report.html"));
  expect(namesIn(inFolder("accuracy-figures"))).toEqual(expect.arrayContaining(["accuracy.svg", "trade.svg"]));
  const html = readFileSync(inFolder("accuracy", "report.html"), "utf8");
  for (const id of ["figure-accuracy", "figure-trade", "points", "errors", "assumptions"])
    expect(html).toContain(`id="${id}"`);
});

const where = browserPath === undefined ? " (skipped: no Chromium in /usr/bin)" : "";
describe.skipIf(browserPath === undefined)(`the page in Chromium${where}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath!, args: flags.split(" ") });
  });
  afterAll(() => browser?.close());

  /** Opens a page and gathers what it should not do. */
  async function open(
    path: string,
    width: number,
    colorScheme: "light" | "dark",
  ): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const faults: string[] = [];
    page.on("console", (message) => faults.push(`console ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(inFolder(path, "report.html")).href);
    return { page, faults };
  }

  /** Marks with a size, of each figure. */
  const countMarks = (page: Page): Promise<Record<string, number>> =>
    page.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll("figure")].map((figure) => {
          const marks = [...figure.querySelectorAll(".role-mark > :not(.background)")];
          const drawn = marks.filter((mark) => {
            const { width, height } = mark.getBoundingClientRect();
            return width + height > 0;
          });
          return [figure.id.replace("figure-", ""), drawn.length];
        }),
      ),
    );

  test("asks no host, says nothing on the console, and every figure has marks", async () => {
    const { page, faults } = await open("run", 1280, "light");
    await page.waitForSelector("#kept-rows-map[data-layer=conv1]");
    const marks = await countMarks(page);
    expect(Object.keys(marks).sort()).toEqual([...FIGURES].sort());
    for (const [name, count] of Object.entries(marks)) expect([name, count > 3]).toEqual([name, true]);
    // Four layers under seven schemes; no bar is drawn at a place without a number.
    expect([marks["layers-speedup"], marks["bit-planes"]]).toEqual([28, 64]);
    expect(await page.locator("svg").evaluateAll((all) => all.some((svg) => svg.outerHTML.includes("NaN")))).toBe(
      false,
    );
    expect(faults).toEqual([]);
    await page.close();
  });

  test("its map zooms from the layer to the rows of a crossbar, by keyboard and by pointer", async () => {
    const { page, faults } = await open("run", 1280, "light");
    const map = page.locator("#kept-rows-map");
    const canvas = map.locator("canvas");
    const zoom = async (): Promise<number> => Number(await map.getAttribute("data-zoom"));
    const pixels = (): Promise<string> => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    await map.locator("select").selectOption("ip1");
    await page.waitForSelector("#kept-rows-map[data-layer=ip1]");
    expect(await zoom()).toBe(1);
    const whole = await pixels();

    await canvas.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    expect(await map.locator("output").textContent()).toMatch(
      /^row block 2 of 7, column block 2 of 32: [\d,]+ of 1,024 OU rows kept/,
    );
    await page.keyboard.press("Enter");
    expect(await zoom()).toBeGreaterThan(4);
    expect(await pixels()).not.toBe(whole);
    await page.keyboard.press("0");
    expect(await zoom()).toBe(1);
    for (const _ of [1, 2, 3]) await page.keyboard.press("+");
    expect(await zoom()).toBeCloseTo(1.5 ** 3, 2);
    await map.getByRole("button", { name: "Whole layer" }).click();
    expect(await zoom()).toBe(1);

    const { width, height } = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: width / 2, y: height / 2 } });
    expect(await map.locator("output").textContent()).toMatch(/^row block 4 of 7, column block 1[67] of 32/);
    await canvas.dblclick({ position: { x: width / 2, y: height / 2 } });
    expect(await zoom()).toBeGreaterThan(2);
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each(["light", "dark"] as const)(
    "fits a phone in the %s, and its text can be told from its ground",
    async (scheme) => {
      for (const path of ["run", "accuracy"]) {
        const { page, faults } = await open(path, 390, scheme);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        const lightness = (property: string, selector: string): Promise<number> =>
          page
            .locator(selector)
            .first()
            .evaluate((element, name) => {
              const [red, green, blue] = getComputedStyle(element).getPropertyValue(name).match(/\d+/g)!.map(Number);
              return (red! + green! + blue!) / 3;
            }, property);
        const [ground, text, label] = [
          await lightness("background-color", "body"),
          await lightness("color", "body"),
          await lightness("fill", "figure svg .role-axis-label text"),
        ];
        expect(label).toBe(text);
        expect(scheme === "light" ? ground - text : text - ground).toBeGreaterThan(150);
        expect(faults).toEqual([]);
        await page.close();
      }
    },
  );
});
