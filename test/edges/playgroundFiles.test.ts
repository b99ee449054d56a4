import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { drop, exampleFile, hosts, outcome, servePlayground, sourceFaults } from "./playgroundPage.ts";
import type { GivenFile } from "./playgroundPage.ts";
import { browserPath } from "./servedPage.ts";
import { lenet5 } from "./sre.ts";

const COUNT = 20;

function npy(name: string, descr: string, shape: readonly number[], values: ArrayBufferView): GivenFile {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const size = Buffer.from([padded.length & 255, padded.length >> 8]);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const buffer = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), size, Buffer.from(padded), data]);
  return { name, mimeType: "application/octet-stream", buffer };
}

const pixels = readFileSync(join(lenet5, "digits.idx3")).subarray(16, 16 + COUNT * 28 * 28);
const classes = readFileSync(join(lenet5, "labels.idx1")).subarray(8, 8 + COUNT);
const network = exampleFile("lenet5/lenet5-ssl.onnx");
const inputs = npy(
  "x.npy",
  "<f4",
  [COUNT, 1, 28, 28],
  Float32Array.from(pixels, (pixel) => pixel / 256),
);
const labels = npy("y.npy", "<i8", [COUNT], BigInt64Array.from(classes, BigInt));

/** Waits until files are read. */
async function note(page: Page): Promise<string> {
  await page.waitForFunction(() => document.querySelector("#source-note")?.textContent !== "reading …");
  return (await page.textContent("#source-note"))!;
}

async function result(page: Page): Promise<string> {
  await page.click("#run");
  const totals = await outcome(page);
  expect(totals, totals.join()).toHaveLength(7);
  return (await page.textContent("#result-title + p"))!;
}

describe.skipIf(browserPath === undefined).each(hosts)("files in the playground as $name", ({ options }) => {
  const { open } = servePlayground(options);

  it("knows labels by what is in them, whatever their names and their order", async () => {
    const page = await open();
    await page.setInputFiles("#files", [labels, inputs, network]);
    expect(await note(page)).toBe("lenet5-ssl.onnx: inputs x.npy, labels y.npy; your files stay in this page");
    expect(await result(page)).toMatch(/^lenet5-ssl, 20 samples, .*; accuracy: float \d+\.\d %, integer \d+\.\d %$/);
    const digits = exampleFile("lenet5/digits.idx3", "labelled-digits.idx3");
    await page.setInputFiles("#files", [exampleFile("lenet5/labels.idx1", "y.idx"), digits, network]);
    expect(await note(page)).toContain("inputs labelled-digits.idx3, labels y.idx;");
  });

  it("names every file that it has no use for, and keeps what was there", async () => {
    const page = await open();
    const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("some text") };
    const picture = { name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    const second = exampleFile("lenet5/lenet5-dense.onnx");
    const digits = exampleFile("lenet5/digits.idx3");
    await page.setInputFiles("#files", [
      network,
      second,
      inputs,
      digits,
      labels,
      { ...labels, name: "z.npy" },
      notes,
      picture,
    ]);
    await page.waitForSelector("#source-faults .fault");
    const ours = "expected one network, its inputs and their labels, got";
    expect(await sourceFaults(page)).toEqual([
      "x.png: expected an image that this browser knows, got 10 bytes that do not decode",
      expect.stringMatching(/^notes\.txt: expected an npy, .* file, got first bytes 73 6f/),
      `lenet5-dense.onnx: ${ours} a second network`,
      `digits.idx3: ${ours} second inputs`,
      `z.npy: ${ours} second labels`,
    ]);
    expect(await page.inputValue("#example")).toBe("lenet5");
    await page.selectOption("#example", "lenet5-dense");
    expect(await sourceFaults(page)).toEqual([]);
  });

  it("takes drops anywhere, and joins them to the network that was dropped before", async () => {
    const page = await open();
    await drop(page, "h1", [inputs]);
    await page.waitForSelector("#source-faults .fault");
    expect(await sourceFaults(page)).toEqual(["files: expected an .onnx file among them, got x.npy"]);
    await drop(page, "h1", [network]);
    await drop(page, "body", [labels]);
    expect(await note(page)).toBe("lenet5-ssl.onnx: inputs drawn, labels y.npy; your files stay in this page");
    await page.click("#run");
    expect(await outcome(page)).toEqual(["y.npy: expected the inputs of these labels beside them, got none"]);
    await drop(page, "#run", [inputs]);
    expect(await note(page)).toContain("inputs x.npy, labels y.npy;");
    expect(await result(page)).toContain("accuracy");
    // Labels belong to their inputs, inputs to their network.
    await drop(page, "h1", [{ ...inputs, name: "others.npy" }]);
    expect(await note(page)).toContain(": inputs others.npy; your");
    await drop(page, "h1", [network]);
    expect(await note(page)).toContain(": inputs drawn; your");
  });

  it("shows that files are chosen, and takes the same ones again", async () => {
    const page = await open();
    const chosen = (): Promise<string> =>
      page.$eval("#example", (list: HTMLSelectElement) => list.selectedOptions[0]!.text);
    for (let times = 0; times < 2; times++) {
      await page.setInputFiles("#files", [network]);
      await page.waitForSelector("text=inputs drawn");
      expect(await chosen()).toBe("your files");
      expect(await page.inputValue("#files")).toBe("");
      await page.selectOption("#example", "lenet5");
      expect(await chosen()).toBe("lenet5");
    }
  });

  it("gives a network of one channel gray images", async () => {
    const page = await open();
    const pictures = await page.evaluate(() =>
      ["#f00", "#888"].map((colour) => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 28;
        const context = canvas.getContext("2d")!;
        context.fillStyle = colour;
        context.fillRect(4, 4, 8, 8);
        return canvas.toDataURL("image/png").split(",")[1]!;
      }),
    );
    const images = pictures.map((text, index) => ({
      ...{ name: `${index}.png`, mimeType: "image/png", buffer: Buffer.from(text, "base64") },
    }));
    expect(await page.isVisible("#colours")).toBe(false);
    await page.setInputFiles("#files", [network, ...images]);
    await page.waitForSelector("#colours");
    await page.click("#run");
    expect(await outcome(page)).toEqual([expect.stringMatching(/^0\.png, 1\.png: expected shape \[n,1,28,28\]/)]);
    await page.selectOption("#colours", "gray");
    expect(await result(page)).toContain("2 samples");
  });
});
