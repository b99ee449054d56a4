import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hosts, servePlayground } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";

async function looking(page: Page): Promise<number> {
  await page.click("#run");
  await page.waitForFunction(() => / of [1-9]/.test(document.querySelector("#step-count")?.textContent ?? ""));
  return Number(/\d+$/.exec((await page.textContent("#step-count"))!)![0]);
}

const at = (page: Page, round: number): Promise<unknown> =>
  page.waitForFunction(
    (text) => document.querySelector("#step-count")!.textContent!.startsWith(text),
    `round ${round} of`,
  );
const button = (name: string): string => `#stepper button:text-is("${name}")`;
const isOff = (page: Page, name: string): Promise<boolean> => page.isDisabled(button(name));

describe.skipIf(browserPath === undefined).each(hosts)("steps of the playground as $name", ({ options }) => {
  const { open } = servePlayground(options);

  it("leave keys with a modifier to the browser", async () => {
    const page = await open();
    await looking(page);
    const isTaken = (modifier: object): Promise<boolean> =>
      page.$eval(
        "#stepper",
        (stepper, given) =>
          !stepper.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true, ...given }),
          ),
        modifier,
      );
    for (const name of ["altKey", "ctrlKey", "metaKey", "shiftKey"])
      expect(await isTaken({ [name]: true })).toBe(false);
    await at(page, 0);
    expect(await isTaken({})).toBe(true);
    await at(page, 1);
  });

  it("end at both ends without losing the focus, and play from the start again", async () => {
    const page = await open();
    const last = await looking(page);
    expect(await Promise.all(["first", "previous", "next", "last"].map((name) => isOff(page, name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await page.focus(button("last"));
    await page.keyboard.press("Enter");
    await at(page, last);
    expect(await Promise.all(["first", "previous", "next", "last"].map((name) => isOff(page, name)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("last");
    await page.keyboard.press("Enter");
    await at(page, last);
    await page.click(button("play"));
    await at(page, 1);
    await page.click(button("pause"));
  });

  it("say which number is not there", async () => {
    const page = await open();
    await looking(page);
    const text = (): Promise<string | null> => page.textContent("#step-window-text");
    const range = (await text())!;
    expect(range).toMatch(/^0 … \d+$/);
    await page.fill("#step-window", "99999999");
    expect(await text()).toBe(`window: expected integer in ${range.replace(" … ", "..")}, got 99999999`);
    expect(await page.getAttribute("#step-window", "aria-invalid")).toBe("true");
    await page.fill("#step-window", "");
    expect(await text()).toMatch(/got nothing$/);
    await page.fill("#step-window", "3");
    expect(await text()).toBe(range);
    expect(await page.getAttribute("#step-window", "aria-invalid")).toBe("false");
    await page.fill("#step-window", "99999999");
    await page.selectOption("#step-layer", "1");
    await page.waitForSelector("#step-window[aria-invalid=false]");
    expect(await page.inputValue("#step-window")).not.toBe("99999999");
  });
});
