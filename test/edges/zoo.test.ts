import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { InspectReport, Report, ZooEntry } from "../../src/index.ts";
import { emptyFolder, sre } from "./sre.ts";

test("a network of the zoo gives the same report on one thread and on two", async () => {
  const folder = emptyFolder();
  for (const threads of ["1", "2"]) {
    const { code } = await sre(folder, ["run", "zoo:lenet5", "--samples", "2", "--threads", threads, "--out", threads]);
    expect(code).toBe(0);
  }
  const texts = ["1", "2"].map((run) => readFileSync(join(folder, run, "report.json"), "utf8"));
  expect(texts[1]).toBe(texts[0]);
  const report = JSON.parse(texts[0]!) as Report;
  expect(report.synthetic).toBe(true);
  expect(report.network.source).toBe("zoo:lenet5@ssl seed 0");
  expect(report.network.sha256).toBe(createHash("sha256").update(report.network.source).digest("hex"));
  const manifest = JSON.parse(readFileSync(join(folder, "1", "manifest.json"), "utf8")) as { phases_ms: object };
  expect(Object.keys(manifest.phases_ms)).toEqual(
    expect.arrayContaining(["generate", "quantise", "map", "compress", "count", "cost", "report"]),
  );
});

test("the run's seed is the seed of the numbers", async () => {
  const { stdout } = await sre(emptyFolder(), [
    "run",
    "zoo:lenet5@dense",
    "--seed",
    "7",
    "--schemes",
    "naive",
    "--json",
  ]);
  const report = JSON.parse(stdout) as Report;
  expect(report.network.source).toBe("zoo:lenet5@dense seed 7");
  expect(report.layers.map(({ weights }) => weights.zeroRatio)).toEqual([0, 0, 0, 0]);
});

test("the table says that the numbers are synthetic", async () => {
  const { stdout } = await sre(emptyFolder(), ["run", "zoo:lenet5", "--schemes", "naive"]);
  expect(stdout).toContain("synthetic: zoo:lenet5@ssl seed 0, not real data");
});

test("inspect shows the layers, groups and structure", async () => {
  const { code, stdout } = await sre(emptyFolder(), ["inspect", "zoo:caffenet", "--json"]);
  expect(code).toBe(0);
  const { layers } = JSON.parse(stdout) as InspectReport;
  expect(layers.map(({ name, group }) => `${name}.${group}`)).toEqual([
    "conv1.0",
    "conv2.0",
    "conv2.1",
    "conv3.0",
    "conv4.0",
    "conv4.1",
    "conv5.0",
    "conv5.1",
    "fc6.0",
    "fc7.0",
    "fc8.0",
  ]);
  // SSL as measured on the released weights: each group has its own zero kernel positions.
  const conv2 = layers.filter(({ name }) => name === "conv2");
  expect(conv2.map(({ weights }) => weights.zeroRowRatio)).toEqual([614 / 1200, 903 / 1200]);
  expect(layers.reduce((macs, layer) => macs + layer.macs!, 0)).toBe(724_406_816);
});

test("zoo lists networks, variants and sources", async () => {
  const { code, stdout } = await sre(emptyFolder(), ["zoo"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/zoo:vgg16 .* 138,344,128 .* 15,470,264,320 .* deep-compression: Han et al\./);
  expect(stdout).toMatch(/zoo:caffenet@gsl .* gsl: Park et al\./);
  expect(stdout).toMatch(/zoo:resnet20 .* dense: no sparsity published/);
  const json = await sre(emptyFolder(), ["zoo", "--json"]);
  const zoo = JSON.parse(json.stdout) as ZooEntry[];
  expect(zoo).toHaveLength(10);
  const lenet5 = zoo.find(({ name }) => name === "lenet5")!;
  expect(lenet5.variants.map(({ name }) => name)).toEqual(["ssl", "deep-compression", "dense"]);
});
