import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { launchBrowser } from "./servedPage.ts";
import { lenet5, program } from "./sre.ts";

export interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
}

/** `sre serve` on a free port. */
export async function serve(...options: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [program, "serve", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data).trim())));
  return { child, url };
}

/** With the headers that isolate a page, and without. */
export const hosts = [
  { name: "an isolated page", options: [], isIsolated: true },
  { name: "a page without the headers", options: ["--no-isolation"], isIsolated: false },
];

/** The playground of a `describe`: where it is, and pages that say nothing on the console and ask no other host. */
export function servePlayground(options: readonly string[]): {
  url(): string;
  open(fragment?: string, width?: number): Promise<Page>;
} {
  let browser: Browser;
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(...options);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    serving.child.kill("SIGKILL");
  });
  return {
    url: () => serving.url,
    async open(fragment = "", width = 1280) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, acceptDownloads: true });
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      page.on("request", (asked) => {
        if (!/^(blob|data):/.test(asked.url()) && !asked.url().startsWith(serving.url)) said.push(asked.url());
      });
      onTestFinished(async () => {
        await page.close();
        expect(said).toEqual([]);
      });
      await page.goto(`${serving.url}${fragment}`);
      return page;
    },
  };
}

/** What the run under way comes to: `scheme ouOps` of each scheme shown, or its faults. */
export async function outcome(page: Page): Promise<string[]> {
  // The result before it stays until then.
  await page.waitForSelector("#status:not(:has(progress))", { state: "attached", timeout: 30_000 });
  await page.waitForSelector("#totals, #status .fault");
  const faults = await page.$$eval("#status .fault", (lines) => lines.map((line) => line.textContent!));
  if (faults.length > 0) return faults;
  return page.$$eval("#totals tr[data-scheme]", (rows) =>
    rows.map((row) => `${row.getAttribute("data-scheme")} ${row.getAttribute("data-ou-ops")}`),
  );
}

/** Tab to an element, as somebody without a mouse does. */
export async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to #${id}`);
}

/** A file as `setInputFiles` takes it. */
export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A file of an example, under its own name or another one. */
export function exampleFile(path: string, name = basename(path)): GivenFile {
  return { name, mimeType: "application/octet-stream", buffer: readFileSync(join(lenet5, "..", path)) };
}

/** Drops files onto an element. */
export async function drop(page: Page, selector: string, files: readonly GivenFile[]): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (given) => {
      const transfer = new DataTransfer();
      for (const { name, text } of given)
        transfer.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], name));
      return transfer;
    },
    files.map(({ name, buffer }) => ({ name, text: buffer.toString("base64") })),
  );
  await page.dispatchEvent(selector, "drop", { dataTransfer });
}

/** Faults of what was given last. */
export function sourceFaults(page: Page): Promise<string[]> {
  return page.$$eval("#source-faults .fault", (lines) => lines.map((line) => line.textContent!));
}
