import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { outcome } from "./playgroundPage.ts";
import { browserPath, launchBrowser, openPage, serveFolders } from "./servedPage.ts";

const folder = fileURLToPath(new URL("../../dist/playground/", import.meta.url));

describe.skipIf(browserPath === undefined)("the folder of the playground", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser?.close());

  it("says what it needs where it is opened as a file", async () => {
    const page = await browser.newPage();
    await page.goto(`file://${folder}index.html`);
    await page.waitForSelector("#waiting");
    expect(await page.textContent("main")).toMatch(/needs a web server/);
    await page.close();
  });

  it("has no file of a type that web servers do not know", async () => {
    const server = await serveFolders([folder], false);
    const { page, errors, requests } = await openPage(browser, `${server.url}/index.html`);
    expect(await page.$$("#waiting")).toEqual([]);
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
    const endings = new Set(requests.map((url) => /\.[^./]+$/.exec(new URL(url).pathname)?.[0]));
    expect(requests.some((url) => url.endsWith("/ort.wasm.min.js"))).toBe(true);
    expect(endings).not.toContain(".mjs");
    expect(errors).toEqual([]);
    await page.close();
    server.close();
  });
});
