import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Report } from "../../src/index.ts";
import { emptyFolder, lenet5, program, sre } from "./sre.ts";

const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => join("/usr/bin", name))
  .find((path) => existsSync(path));
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
}

async function serve(...options: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [program, "serve", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data).trim())));
  return { child, url };
}

describe("sre serve", () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve();
  });
  afterAll(() => void serving.child.kill("SIGKILL"));

  /** As written: `fetch` would tidy the path up. */
  const get = (path: string, method = "GET"): Promise<{ status: number; headers: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(serving.url);
      request({ hostname, port, path, method }, (response) => {
        response.resume();
        resolve({ status: response.statusCode!, headers: response.headers });
      })
        .on("error", reject)
        .end();
    });

  it("sends types, and the headers that let threads share memory", async () => {
    const page = await get("/");
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(page.headers["cross-origin-embedder-policy"]).toBe("require-corp");
    expect((await get("/engine/release.wasm")).headers["content-type"]).toBe("application/wasm");
    expect((await get("/playground.js?x=1")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  it.each([
    "/../cli.js",
    "/engine/../../cli.js",
    "/%2e%2e/cli.js",
    "/..%2fcli.js",
    "/%",
    "/a\\..\\cli.js",
    "/engine",
    "/no",
  ])("%s is not there", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it("takes no other method", async () => {
    expect((await get("/", "POST")).status).toBe(405);
    expect((await get("/", "HEAD")).status).toBe(200);
  });

  it("says in one line that a port is taken, or is none", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await sre(emptyFolder(), ["serve", "--port", String(port)]);
    expect(taken).toMatchObject({ code: 2, stdout: "" });
    expect(taken.stderr).toBe(
      `sre: --port ${port} on 127.0.0.1: expected a port to listen at, got one that is taken\n`,
    );
    expect((await sre(emptyFolder(), ["serve", "--port", "70000"])).stderr).toMatch(
      /--port: expected integer in 0\.\.65535/,
    );
  });

  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("ends on %s", async (signal, code) => {
    const { child } = await serve();
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
  });
});

describe.skipIf(browserPath === undefined).each([
  { name: "an isolated page", options: [], isIsolated: true },
  { name: "a page without the headers", options: ["--no-isolation"], isIsolated: false },
])("the playground as $name", ({ options, isIsolated }) => {
  let browser: Browser;
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(...options);
    browser = await chromium.launch({ executablePath: browserPath!, args: flags.split(" ") });
  });
  afterAll(async () => {
    await browser?.close();
    serving.child.kill("SIGKILL");
  });

  /** A page that says nothing on the console and asks no other host. */
  async function open(fragment = "", width = 1280): Promise<Page> {
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
  }

  const outcome = async (page: Page): Promise<string[]> => {
    await page.waitForSelector("#totals, #status .fault", { timeout: 30_000 });
    const faults = await page.$$eval("#status .fault", (lines) => lines.map((line) => line.textContent!));
    if (faults.length > 0) return faults;
    return page.$$eval("#totals tr[data-scheme]", (rows) =>
      rows.map((row) => `${row.getAttribute("data-scheme")} ${row.getAttribute("data-ou-ops")}`),
    );
  };
  const totalsOf = ({ totals }: Report): string[] =>
    Object.entries(totals).map(([scheme, { ouOps }]) => `${scheme} ${ouOps}`);
  const inNode = async (...args: string[]): Promise<Report> => {
    const inputs = [
      "--inputs",
      join(lenet5, "digits.idx3"),
      "--labels",
      join(lenet5, "labels.idx1"),
      "--samples",
      "20",
    ];
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

  it("runs the example to the totals that Node has, and gives the report as a file", async () => {
    const page = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
    expect(await page.isVisible("#one-thread")).toBe(!isIsolated);
    await page.click("#run");
    const report = await inNode();
    expect(await outcome(page)).toEqual(totalsOf(report));
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
    const name = "convnet-cifar10-ssl.onnx";
    const model = readFileSync(join(lenet5, "..", "convnet-cifar10", name));
    const network = { name, mimeType: "application/octet-stream", buffer: model };
    await page.setInputFiles("#files", [network, ...files.slice(0, 2)]);
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
    expect(await page.textContent("#result-title + p")).toContain("2 samples");
    await page.setInputFiles("#files", [network, ...files]);
    await page.click("#run");
    await page.waitForSelector("#status .fault");
    expect(await outcome(page)).toEqual(["2.png: expected 32 x 32 pixels, as the first image, got 16 x 16"]);
  });

  it("takes files that are dropped, and settings", async () => {
    const page = await open();
    const files = ["lenet5-ssl.onnx", "digits.idx3", "labels.idx1"].map((name) => ({
      name,
      text: readFileSync(join(lenet5, name)).toString("base64"),
    }));
    const dropped = await page.evaluateHandle((given) => {
      const transfer = new DataTransfer();
      for (const { name, text } of given)
        transfer.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], name));
      return transfer;
    }, files);
    await page.dispatchEvent("section.drop", "drop", { dataTransfer: dropped });
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
    const tabTo = async (id: string): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab does not lead to #${id}`);
    };
    await tabTo("run");
    await page.keyboard.press("Enter");
    await outcome(page);
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await tabTo("stepper");
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

  it("checks settings while they are written, and keeps them in its address", async () => {
    const page = await open();
    await page.fill("#key-ou-rows", "300");
    expect(await page.textContent("#key-ou-rows-text")).toBe(
      "--set ou.rows: expected integer in 1..128 (crossbar.rows), got 300",
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
    await page.fill("#crossbar-row", "2");
    await page.selectOption("#crossbar-packing", "true");
    await page.selectOption("#step-layer", "2");
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    await page.fill("#step-window", "7");
    await page.click("text=next");
    await page.click("text=next");
    await page.waitForURL(/crossbar=1%2C0%2C2%2C0%2C1&step=2%2C0%2C0%2C\d+%2C7%2C2$/);
    const seen = (of: Page): Promise<(string | null)[]> =>
      Promise.all(["#crossbar-text", "#round-text", "#rows", "#accumulators"].map((id) => of.textContent(id)));
    const again = await open(new URL(page.url()).hash);
    await again.click("#run");
    await again.waitForFunction(() => document.querySelector("#step-count")?.textContent?.startsWith("round 2 of"));
    await again.waitForFunction(() => document.querySelector("#crossbar-text")?.textContent?.startsWith("Rows 256"));
    expect(await seen(again)).toEqual(await seen(page));
    expect(await again.inputValue("#crossbar-packing")).toBe("true");
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
    expect(await page.inputValue("#link")).toBe(`${serving.url}#ou.rows=4&source=lenet5`);
    expect(await page.textContent("#share")).toBe("Copy link");
    await page.evaluate(() =>
      Object.assign(navigator.clipboard, { writeText: async (text: string) => void (document.title = text) }),
    );
    await page.click("#share");
    await page.waitForSelector("text=Link copied");
    expect(await page.title()).toBe(`${serving.url}#ou.rows=4&source=lenet5`);
    await page.fill("#key-ou-rows", "8");
    expect(await page.textContent("#share")).toBe("Copy link");
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
