import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { drop, exampleFile, hosts, outcome, servePlayground, tabTo } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";
import { emptyFolder, lenet5, sre } from "./sre.ts";

const totalsOf = ({ totals }: Report): string[] =>
  Object.entries(totals).map(([scheme, { ouOps }]) => `${scheme} ${ouOps}`);
const inNode = async (...args: string[]): Promise<Report> => {
  const inputs = ["--inputs", join(lenet5, "digits.idx3"), "--labels", join(lenet5, "labels.idx1"), "--samples", "20"];
  const scale = ["--set", "input.scale=0.00390625"];
  const run = await sre(emptyFolder(), [
    "run",
    join(lenet5, "lenet5-ssl.onnx"),
    ...inputs,
    ...scale,
    ...args,
    "--json",
  ]);
  return JSON.parse(run.stdout) as Report;
};

describe.skipIf(browserPath === undefined).each(hosts)("the playground as $name", ({ options, isIsolated }) => {
  const { open } = servePlayground(options);

  it("runs the example to the totals that Node has, and gives the report as a file", async () => {
    const page = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
    expect(await page.isVisible("#one-thread")).toBe(!isIsolated);
    await page.click("#run");
    const report = await inNode();
    expect(await outcome(page)).toEqual(totalsOf(report));
    // What is read off the page is what the report says, to the digits shown.
    const shown = await page.$$eval("#totals tr[data-scheme]", (rows) =>
      rows.map((row) => Array.from(row.children, (cell) => Number(cell.textContent!.replace(/[^\d.]/g, "")))),
    );
    for (const [place, total] of Object.values(report.totals).entries()) {
      const [, ouOps, speedup, energy_uJ, saving] = shown[place]!;
      expect(ouOps).toBe(total.ouOps);
      expect(speedup! / total.speedup!).toBeCloseTo(1, 2);
      expect(energy_uJ! / (total.energy_pJ / 1e6)).toBeCloseTo(1, 3);
      expect(saving! / 100).toBeCloseTo(total.energySavingRatio!, 3);
    }
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
    const saved = JSON.parse(readFileSync(await download.path(), "utf8")) as Report;
    // The page collects what figures show; the run here does not.
    expect(saved).toMatchObject({ totals: report.totals, accuracy: report.accuracy, area: report.area });
    const [html] = await Promise.all([page.waitForEvent("download"), page.click("#download-html")]);
    expect(readFileSync(await html.path(), "utf8")).toMatch(/^<!doctype html>.*<svg .*<\/html>\s*$/s);
  });

  it("shows bars of every layer, of speed-up or energy", async () => {
    const page = await open();
    await page.click("#run");
    await outcome(page);
    await page.click("text=Layers");
    const energies = (): Promise<string[]> =>
      page.$$eval("#layers tbody tr", (rows) => rows.map((row) => row.textContent!));
    expect(await energies()).toHaveLength(4);
    expect((await energies())[0]).toMatch(/1\.00x/);
    await page.selectOption("#layer-measure", "energy");
    expect((await energies())[0]).toMatch(/µJ/);
  });

  it("takes images of one size, and refuses others", async () => {
    const page = await open();
    const pictures = await page.evaluate(() =>
      [32, 32, 16].map((size) => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = size;
        canvas.getContext("2d")!.fillRect(4, 4, 8, 8);
        return canvas.toDataURL("image/png").split(",")[1]!;
      }),
    );
    const files = pictures.map((text, index) => ({
      name: `${index}.png`,
      mimeType: "image/png",
      buffer: Buffer.from(text, "base64"),
    }));
    const network = exampleFile("convnet-cifar10/convnet-cifar10-ssl.onnx");
    await page.setInputFiles("#files", [network, ...files.slice(0, 2)]);
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
    expect(await page.textContent("#result-title + p")).toContain("2 samples");
    await page.setInputFiles("#files", [network, ...files]);
    await page.waitForSelector("#source-faults .fault");
    expect(await page.textContent("#source-faults")).toBe(
      "2.png: expected 32 x 32 pixels, as the first image, got 16 x 16",
    );
  });

  it("takes files that are dropped, and settings", async () => {
    const page = await open();
    const names = ["lenet5-ssl.onnx", "digits.idx3", "labels.idx1"];
    await drop(
      page,
      "section.drop",
      names.map((name) => exampleFile(`lenet5/${name}`)),
    );
    await page.click("summary");
    await page.fill("#key-input-scale", "0.00390625");
    await page.fill("#key-ou-rows", "8");
    await page.selectOption("#key-mapping-packing", "crossbar");
    await page.click("#run");
    expect(await outcome(page)).toEqual(
      totalsOf(await inNode("--set", "ou.rows=8", "--set", "mapping.packing=crossbar")),
    );
  });

  it("steps by keyboard to the exact integer product", async () => {
    const page = await open();
    await tabTo(page, "run");
    await page.keyboard.press("Enter");
    await outcome(page);
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await tabTo(page, "stepper");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector("#step-count")?.textContent?.startsWith("round 1 of"));
    expect(await page.$$eval("#rows tr.open", (rows) => rows.length)).toBeGreaterThan(0);
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.querySelector("#accumulators")?.textContent?.includes("equal"));
    const sums = await page.$$eval("#accumulators tr[data-product]", (rows) =>
      rows.map((row) => [row.getAttribute("data-accumulator"), row.getAttribute("data-product")]),
    );
    expect(sums.map(([sum]) => sum)).toEqual(sums.map(([, product]) => product));
    expect(sums.some(([sum]) => sum !== "0")).toBe(true);
  });

  it("can be cancelled, and used again", async () => {
    const page = await open("#source=zoo%3Aresnet50%40gsl");
    await page.click("#run");
    await page.waitForSelector("#status progress");
    await page.click("#cancel");
    expect(await outcome(page)).toEqual(["cancelled"]);
    await page.selectOption("#example", "zoo:lenet5@ssl");
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
  });

  it("says of a broken network what the command line says", async () => {
    const page = await open();
    const folder = emptyFolder();
    const path = join(folder, "broken.onnx");
    writeFileSync(path, readFileSync(join(lenet5, "lenet5-ssl.onnx")).subarray(0, 5000));
    await page.setInputFiles("#files", [path]);
    await page.click("#run");
    const { stderr } = await sre(folder, ["run", "broken.onnx", "--synthetic-inputs", "0"]);
    expect(stderr).toMatch(/^sre: .*expected .*\n$/);
    expect(await outcome(page)).toEqual(
      stderr
        .trim()
        .split("\n")
        .map((line) => line.replace(/^sre: /, "")),
    );
  });

  it("fits a phone, in the light and in the dark", async () => {
    const page = await open("", 390);
    await page.click("#run");
    await outcome(page);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
    // The numbers that the page is for need no scrolling either.
    expect(
      await page.$eval("#totals", ({ scrollWidth, parentElement }) => scrollWidth - parentElement!.clientWidth),
    ).toBeLessThanOrEqual(0);
  });
});
