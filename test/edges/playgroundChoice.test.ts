import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { SCHEMES } from "../../src/index.ts";
import { hosts, outcome, servePlayground, tabTo } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";

describe.skipIf(browserPath === undefined).each(hosts)("choices of the playground as $name", ({ options }) => {
  const { open, url } = servePlayground(options);

  it("checks settings while they are written, and keeps them in its address", async () => {
    const page = await open();
    await page.fill("#key-ou-rows", "300");
    expect(await page.textContent("#key-ou-rows-text")).toBe(
      "ou.rows: expected integer in 1..128 (crossbar.rows), got 300",
    );
    expect(await page.isDisabled("#run")).toBe(true);
    await page.fill("#key-ou-rows", "4");
    await page.selectOption("#example", "lenet5-dense");
    expect(await page.isDisabled("#run")).toBe(false);
    await page.waitForURL(/lenet5-dense/);
    const again = await open(new URL(page.url()).hash);
    expect(await again.inputValue("#key-ou-rows")).toBe("4");
    expect(await again.inputValue("#example")).toBe("lenet5-dense");
  });

  it("keeps what is looked at in its address, and finds it there again", async () => {
    const page = await open();
    await page.click("#run");
    await page.waitForSelector("#step-count");
    await page.selectOption("#crossbar-layer", "1");
    await page.selectOption("#crossbar-packing", "false");
    await page.waitForFunction(() => document.querySelector("#crossbar-text")?.textContent?.startsWith("Rows 0"));
    await page.fill("#crossbar-row", "2");
    await page.selectOption("#step-layer", "2");
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await page.fill("#step-window", "7");
    await page.click("text=next");
    await page.click("text=next");
    await page.waitForURL(/crossbar=1%2C0%2C2%2C0%2C0&step=2%2C0%2C0%2C\d+%2C7%2C2$/);
    const seen = (of: Page): Promise<(string | null)[]> =>
      Promise.all(["#crossbar-text", "#round-text", "#rows", "#accumulators"].map((id) => of.textContent(id)));
    const again = await open(new URL(page.url()).hash);
    await again.click("#run");
    await again.waitForFunction(() => document.querySelector("#step-count")?.textContent?.startsWith("round 2 of"));
    await again.waitForFunction(() => document.querySelector("#crossbar-text")?.textContent?.startsWith("Rows 256"));
    expect(await seen(again)).toEqual(await seen(page));
    expect(await again.inputValue("#crossbar-packing")).toBe("false");
    await again.click("#crossbar-follow");
    await again.waitForURL((to) => !to.hash.includes("crossbar="));
    expect(await again.inputValue("#crossbar-layer")).toBe("2");
  });

  it("shows in the crossbar what the stepper opens", async () => {
    const page = await open("#samples=1");
    await page.click("#run");
    await page.selectOption("#step-layer", "1");
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await page.waitForFunction(() =>
      document.querySelector("#crossbar-text")?.textContent?.startsWith("Crossbar 0 of"),
    );
    await expect.poll(() => page.inputValue("#crossbar-layer")).toBe("1");
    const orange = (): Promise<number> =>
      page.$eval("canvas", (canvas: HTMLCanvasElement) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true })!;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let dot = 0; dot < data.length; dot += 4) if (data[dot]! > 200 && data[dot + 2]! < 120) count++;
        return count;
      });
    const framed = await orange();
    expect(framed).toBeGreaterThan(0);
    await page.click("text=next");
    await page.waitForFunction(() => document.querySelector("#step-count")?.textContent?.startsWith("round 1 of"));
    await expect.poll(orange).toBeGreaterThan(framed);
    const text = await page.textContent("#crossbar-text");
    // All kept rows of the layer: conv2's 500 rows and 128 bitlines, packed over the layer into one crossbar.
    expect(text).toMatch(
      /^Crossbar 0 of the 1 that the kept rows fill, 128 bitlines in 8 OU column groups; \d+ OU rows/,
    );
  });

  it("looks at any matrix of a depthwise layer", async () => {
    const page = await open("#source=zoo%3Amobilenetv2&samples=1&schemes=orc-dof&step=1,3,0,0,40,0");
    await page.click("#run");
    await page.waitForFunction(() => document.querySelector("#rows") !== null, undefined, { timeout: 60_000 });
    expect(await page.inputValue("#step-matrix")).toBe("3");
    const seen = (): Promise<string | null> => page.textContent("#rows");
    const before = await seen();
    await page.fill("#step-matrix", "4");
    await expect.poll(seen).not.toBe(before);
    await expect.poll(() => page.inputValue("#crossbar-matrix")).toBe("4");
  });

  it("shows a part of a product as a part", async () => {
    const page = await open("#ou.cols=5&samples=1&step=0,0,0,6,300,0");
    await page.click("#run");
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await page.click("text=last");
    await page.waitForFunction(() => document.querySelector("#accumulators")?.textContent?.includes("equal"));
    const cells = await page.$$eval("#accumulators tbody tr", (rows) =>
      rows.map((row) => Array.from(row.children, (cell) => cell.textContent)),
    );
    // The rest of filter 4's slices lies in group 7.
    expect(cells.find(([filter]) => filter === "4")).toEqual(["4", "3,364,096", "3,364,096", "-273,410,816", "equal"]);
  });

  it("looks elsewhere where a link asks for what is not there", async () => {
    const page = await open("#crossbar=99,0,0,0,0&step=0,0,0,999,0,0");
    await page.click("#run");
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    expect(await page.inputValue("#crossbar-layer")).toBe("0");
    expect(await page.$$(".fault")).toEqual([]);
  });

  it("shows what a link sets without a field, and forgets it", async () => {
    const page = await open("#ou.rowz=3&energy.prices_pJ.adcConversion8=9");
    expect(await page.textContent("#unseen")).toContain("ou.rowz=3, energy.prices_pJ.adcConversion8=9");
    expect(await page.textContent(".fault")).toMatch(/did you mean "ou\.rows"/);
    expect(await page.isDisabled("#run")).toBe(true);
    await page.click("#defaults");
    expect(await page.isDisabled("#run")).toBe(false);
    expect(await page.$$("#unseen, .fault")).toEqual([]);
  });

  it("says that a link is copied only where it is", async () => {
    const page = await open();
    await page.evaluate(() =>
      Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } }),
    );
    await page.fill("#key-ou-rows", "4");
    await page.click("#share");
    expect(await page.inputValue("#link")).toBe(`${url()}#ou.rows=4&source=lenet5`);
    expect(await page.textContent("#share")).toBe("Copy link");
    await page.evaluate(() =>
      Object.assign(navigator.clipboard, { writeText: async (text: string) => void (document.title = text) }),
    );
    await page.click("#share");
    await page.waitForSelector("text=Link copied");
    expect(await page.title()).toBe(`${url()}#ou.rows=4&source=lenet5`);
    await page.fill("#key-ou-rows", "8");
    expect(await page.textContent("#share")).toBe("Copy link");
  });

  it("simulates the schemes that are chosen, by keyboard, and keeps them in its address", async () => {
    const page = await open("#source=zoo%3Alenet5%40ssl", 390);
    expect(await page.isVisible("#defaults")).toBe(false);
    for (const scheme of SCHEMES) {
      if (["naive", "orc-dof"].includes(scheme)) continue;
      await tabTo(page, `scheme-${scheme}`);
      await page.keyboard.press("Space");
    }
    await page.fill("#samples", "2");
    await page.waitForURL(/#schemes=naive%2Corc-dof&samples=2&source=zoo%3Alenet5%40ssl$/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.click("#run");
    const totals = await outcome(page);
    expect(totals.map((line) => line.split(" ")[0])).toEqual(["naive", "orc-dof"]);
    expect(await page.textContent("#result-title + p")).toContain("2 samples");

    const again = await open(new URL(page.url()).hash);
    expect(await again.inputValue("#samples")).toBe("2");
    expect(await again.isChecked("#scheme-dof")).toBe(false);
    await again.click("#run");
    expect(await outcome(again)).toEqual(totals);
    await again.click("#defaults");
    await again.click("#run");
    await again.waitForSelector("#totals tr[data-scheme=dof]");
    expect(await outcome(again)).toHaveLength(SCHEMES.length);
    await again.waitForURL(/#source=zoo%3Alenet5%40ssl(&step=.*)?$/);
  });

  it("shows a scheme without naive to compare it with", async () => {
    const page = await open("#source=zoo%3Alenet5%40ssl&schemes=orc");
    await page.click("#run");
    expect(await outcome(page)).toEqual([expect.stringMatching(/^orc \d+$/)]);
    expect(await page.textContent("#totals tr[data-scheme=orc]")).toMatch(/x.*µJ/);
  });

  it.each([
    ["#schemes=", "#schemes-text", "schemes: expected at least one of them, got none"],
    ["#schemes=fastest", "#schemes-text", "schemes: expected at least one of them, got none"],
    ["#samples=0", "#samples-text", "samples: expected integer ≥ 1, got 0"],
    ["#samples=all", "#samples-text", "samples: expected integer ≥ 1, got all"],
  ])("runs nothing of %s", async (fragment, id, line) => {
    const page = await open(fragment);
    expect(await page.textContent(id)).toBe(line);
    expect(await page.isDisabled("#run")).toBe(true);
    await page.click("#defaults");
    expect(await page.isDisabled("#run")).toBe(false);
  });
});
