import { describe, expect, it } from "vitest";
import { exampleFile, hosts, outcome, servePlayground, sourceFaults } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";

describe.skipIf(browserPath === undefined).each(hosts)("links to the playground as $name", ({ options }) => {
  const { open, url } = servePlayground(options);

  it("are taken anew where they are opened on the page itself, and when the browser goes back", async () => {
    const page = await open();
    await page.fill("#key-ou-rows", "4");
    await page.waitForURL(/#ou\.rows=4&source=lenet5$/);
    await page.evaluate(() => (location.hash = "#ou.cols=2&chip.tiles=8&schemes=orc&samples=3&source=zoo:vgg16"));
    await page.waitForURL(/#ou\.cols=2&chip\.tiles=8&schemes=orc&samples=3&source=zoo%3Avgg16$/);
    const seen = (): Promise<string[]> =>
      Promise.all(["#key-ou-rows", "#key-ou-cols", "#samples", "#example"].map((id) => page.inputValue(id)));
    expect(await seen()).toEqual(["", "2", "3", "zoo:vgg16"]);
    expect(await page.isChecked("#scheme-naive")).toBe(false);
    await page.goBack();
    await page.waitForURL(/#ou\.rows=4&source=lenet5$/);
    expect(await seen()).toEqual(["4", "", "", "lenet5"]);
    expect(await page.isChecked("#scheme-naive")).toBe(true);
    await page.fill("#key-ou-rows", "8");
    await page.waitForURL(/#ou\.rows=8&source=lenet5$/);
  });

  it.each([
    ["nope", /^source: expected one of lenet5, lenet5-dense, .*, or zoo:NAME, got nope$/],
    ["zoo:nope", /^zoo: expected a network of the zoo \(.*\), got "nope"$/],
    ["zoo:lenet5@x", /^zoo: expected a variant of lenet5 \(.*\), got "x"$/],
    ["files", /^source: expected the files that the link was made with, .*, got the link alone, without them$/],
  ])("say that there is no source %s", async (name, line) => {
    const page = await open(`#source=${name}&step=1,0,0,0,0,0`);
    expect(await sourceFaults(page)).toEqual([expect.stringMatching(line)]);
    expect(await page.inputValue("#example")).toBe("lenet5");
    await page.waitForURL(/#source=lenet5$/);
    await page.selectOption("#example", "lenet5-dense");
    expect(await sourceFaults(page)).toEqual([]);
  });

  it("have neither files nor what is looked at in them, and say so", async () => {
    const page = await open();
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: async () => {} } }));
    await page.setInputFiles("#files", [exampleFile("lenet5/lenet5-ssl.onnx")]);
    await page.waitForSelector("text=inputs drawn");
    await page.click("#run");
    await page.waitForSelector("#step-count");
    await page.waitForURL(/#source=files$/);
    await page.selectOption("#crossbar-layer", "1");
    expect(await page.isVisible("#share-text")).toBe(false);
    await page.click("#share");
    await page.waitForSelector("text=Link copied");
    expect(await page.textContent("#share-text")).toBe("your files are not in the link");
    await page.waitForTimeout(400);
    expect(page.url()).toBe(`${url()}#source=files`);
  });

  it("never have a place in a network that was left", async () => {
    const page = await open("#source=zoo:lenet5@ssl");
    await page.click("#run");
    await page.selectOption("#example", "zoo:caffenet@gsl");
    expect(await outcome(page)).toHaveLength(7);
    expect(await page.isVisible("#stale")).toBe(true);
    expect(await page.$$("#step-count, #crossbar-layer, #look-text")).toEqual([]);
    await page.waitForTimeout(400);
    expect(page.url()).toBe(`${url()}#source=zoo%3Acaffenet%40gsl`);
    await page.selectOption("#example", "zoo:lenet5@ssl");
    await page.waitForSelector("#step-count");
    expect(await page.isVisible("#stale")).toBe(false);
  });
});
