import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hosts, outcome, servePlayground, tabTo } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";

const DRAWN = "#source=zoo:lenet5@ssl";

/** Holds back what a page asks for until it is let go. */
async function holdBack(page: Page, pattern: RegExp): Promise<() => void> {
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(pattern, async (route) => {
    await held;
    await route.continue();
  });
  return letGo;
}

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement!.id);

describe.skipIf(browserPath === undefined).each(hosts)("runs of the playground as $name", ({ options }) => {
  const { open } = servePlayground(options);

  it.each([/lenet5-ssl\.onnx$/, /worker\.js$/])("end at once while %s is on its way", async (pattern) => {
    const page = await open();
    const letGo = await holdBack(page, pattern);
    await page.click("#run");
    // Nothing is counted yet.
    await page.waitForSelector("#status progress:not([value])");
    await page.click("#cancel");
    expect(await outcome(page)).toEqual(["cancelled"]);
    letGo();
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
  });

  it("keep the result before them until they have one, and say what it is not of", async () => {
    const page = await open(DRAWN);
    await page.click("#run");
    const totals = await outcome(page);
    expect(await page.isVisible("#stale")).toBe(false);
    await page.fill("#key-ou-rows", "4");
    expect(await page.isVisible("#stale")).toBe(true);
    await page.fill("#key-ou-rows", "9");
    await page.fill("#key-ou-rows", "");
    expect(await page.isVisible("#stale")).toBe(false);
    await page.uncheck("#scheme-dof");
    expect(await page.isVisible("#stale")).toBe(true);
    await page.check("#scheme-dof");
    await page.fill("#samples", "2");
    expect(await page.isVisible("#stale")).toBe(true);
    await page.fill("#samples", "");
    await page.selectOption("#example", "zoo:resnet50@gsl");
    await page.click("#run");
    await page.waitForSelector("#status >> text=drawing");
    expect(await page.isVisible("#totals")).toBe(true);
    await page.click("#cancel");
    expect(await outcome(page)).toEqual(["cancelled"]);
    await page.selectOption("#example", "zoo:lenet5@ssl");
    expect(await page.isVisible("#stale")).toBe(false);
    // The engine has given it up for the other one.
    expect(await page.textContent("#look-text")).toMatch(/Run again/);
    await page.click("#run");
    expect(await outcome(page)).toEqual(totals);
    await page.waitForSelector("#step-count");
    expect(await page.$$("#look-text, .fault")).toEqual([]);
    // What looks at it stays where it is, and looks at what comes next.
    await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
    const windows = await page.textContent("#step-window-text");
    const stepper = (await page.$("#stepper-title"))!;
    await page.fill("#samples", "2");
    await page.click("#run");
    await outcome(page);
    expect(await stepper.evaluate((element) => element.isConnected)).toBe(true);
    await expect.poll(() => page.textContent("#step-window-text")).not.toBe(windows);
    expect(await page.$$("#look-text, .fault")).toEqual([]);
  });

  it("leave the focus on the buttons that are pressed", async () => {
    const page = await open(DRAWN);
    await tabTo(page, "run");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("run");
    await outcome(page);
    expect(await focused(page)).toBe("run");
    await page.selectOption("#example", "zoo:resnet50@gsl");
    await page.click("#run");
    await tabTo(page, "cancel");
    await page.keyboard.press("Enter");
    expect(await outcome(page)).toEqual(["cancelled"]);
    expect(await focused(page)).toBe("cancel");
    expect(await page.isDisabled("#cancel")).toBe(true);
  });

  it("say of a network that is too large to keep that it cannot be looked at", async () => {
    const page = await open(DRAWN);
    // A network of that size takes minutes; so the page asks for less.
    await page.addInitScript(() => {
      const post = Worker.prototype.postMessage as (...values: unknown[]) => void;
      Worker.prototype.postMessage = function (message: { argumentList?: { value?: unknown }[] }, ...rest: unknown[]) {
        for (const argument of message.argumentList ?? []) if (argument.value === 2 ** 30) argument.value = 1000;
        post.call(this, message, ...rest);
      };
    });
    await page.reload();
    await page.click("#run");
    expect(await outcome(page)).toHaveLength(7);
    expect(await page.textContent("#look-text")).toMatch(/too large .* at most 1 GiB/);
    expect(await page.$$("#crossbar-title, #stepper-title, .fault")).toEqual([]);
  });
});
