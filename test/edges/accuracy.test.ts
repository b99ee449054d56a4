import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { AccuracyReport, SensingReport } from "../../src/index.ts";
import { emptyFolder, lenet5, namesIn, program, sre } from "./sre.ts";

const files = [
  "--config",
  `${lenet5}lenet5.yaml`,
  "--inputs",
  `${lenet5}digits.idx3`,
  "--labels",
  `${lenet5}labels.idx1`,
];
const network = [`${lenet5}lenet5-ssl.onnx`, ...files, "--samples", "3", "--chips", "2"];
const points = ["--open-wordlines", "4,16", "--device", "base,base@2", "--schemes", "orc-dof"];

it("accuracy prints points, errors by layer and the largest OU", async () => {
  const { code, stdout, stderr } = await sre(emptyFolder(), ["accuracy", ...network, ...points]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/│ base@2 │ orc-dof │ +16 │ +6 │/);
  expect(stdout).toMatch(/│ +conv2 │ /);
  expect(stdout).toMatch(/base@2, orc-dof: up to \d+ open wordlines stay within 1.0 % of the float accuracy/);
  expect(stderr).toMatch(/100 % base@2 orc-dof 16 open, chip 2 of 2/);
});

it("a device, scheme or OU height named twice is tried once", async () => {
  const twice = [
    "--open-wordlines",
    "16,16",
    "--device",
    "base@3,base@3",
    "--schemes",
    "orc-dof,orc-dof",
    "--chips",
    "1",
  ];
  const { code, stdout } = await sre(emptyFolder(), ["accuracy", ...network, ...twice, "--json"]);
  expect(code).toBe(0);
  const { points: found, devices } = JSON.parse(stdout) as AccuracyReport;
  expect([found.length, devices.length]).toEqual([1, 1]);
});

it("an interrupted run goes on from its journal and gives the same report", async () => {
  const folder = emptyFolder();
  const run = (dir: string) => sre(folder, ["accuracy", ...network, ...points, "--out", dir]);
  expect((await run("whole")).code).toBe(0);
  expect(namesIn(join(folder, "whole"))).toEqual(
    ["accuracy.png", "accuracy.svg", "config.resolved.yaml", "layers.csv", "manifest.json", "points.csv", "report.json"]
      .concat("trade.png", "trade.svg")
      .filter((name) => !name.endsWith(".png") || existsSync(join(folder, "whole", name))),
  );
  expect(namesIn(folder)).toEqual(["whole"]);
  const reportOf = (dir: string): AccuracyReport =>
    JSON.parse(readFileSync(join(folder, dir, "report.json"), "utf8")) as AccuracyReport;
  const { points: found, devices } = reportOf("whole");
  expect(found.map(({ device, openWordlines }) => `${device} ${openWordlines}`)).toEqual(
    devices.flatMap(({ name }) => [`${name} 4`, `${name} 16`]),
  );

  const journal = join(folder, "resumed.journal.jsonl");
  await killOnce(() => linesOf(journal) > 2, folder, ["accuracy", ...network, ...points, "--out", "resumed"]);
  const done = linesOf(journal);
  expect(done).toBeLessThan(9);
  // The last line torn, as a full disk or a power cut leaves it.
  appendFileSync(journal, readFileSync(journal, "utf8").split("\n")[1]!.slice(0, 30));
  const { code, stderr } = await run("resumed");
  expect(code).toBe(0);
  expect(reportOf("resumed")).toEqual(reportOf("whole"));
  expect(stderr).toContain("100 %");
  expect(existsSync(journal)).toBe(false);
});

function linesOf(path: string): number {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

/** Runs the program and ends it with SIGKILL once a condition holds. */
async function killOnce(condition: () => boolean, cwd: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: "ignore" });
  const closed = new Promise((resolve) => child.on("close", resolve));
  while (!condition()) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGKILL");
  await closed;
}

it("table prints the distribution of the sensed code", async () => {
  const options = ["--rows", "3", "--levels", "2", "--device", "lognormal", "--set", "device.referenceLevels=mean"];
  const { code, stdout } = await sre(emptyFolder(), ["table", ...options, "--json"]);
  expect(code).toBe(0);
  const { table, rows, levels } = JSON.parse(stdout) as SensingReport;
  expect([rows, levels, table.length]).toEqual([3, 2, 3]);
  table.forEach((sums, k) => {
    expect(sums).toHaveLength(k + 2);
    for (const codes of sums) expect(Object.values(codes).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });
});

it.each([
  [
    ["accuracy", ...network, "--device", "bsae"],
    /^sre: device: expected NAME or NAME@k of the menu \(base\), got "bsae"$/m,
  ],
  [["accuracy", ...network, "--device", "base@0"], /^sre: device: expected base@k, k a number above 0, got "base@0"$/m],
  [
    ["accuracy", ...network, "--open-wordlines", "2,999"],
    /^sre: --open-wordlines: expected at most 128 \(crossbar.rows\), got 999$/m,
  ],
  [
    ["accuracy", ...network, "--schemes", "occ"],
    /^sre: --schemes: expected some of naive,orc,dof,orc-dof,isaac, got "occ"$/m,
  ],
  [
    ["accuracy", ...network, "--engine", "cell"],
    /^sre: --engine: expected some of cells,cells-i16,table, got "cell"$/m,
  ],
  [["accuracy", `${lenet5}lenet5-ssl.onnx`], /^sre: --labels: expected a file, got nothing$/m],
  [["accuracy"], /^sre: INPUT: expected an .onnx file, got nothing$/m],
  [["accuracy", "zoo:lenet5"], /^sre: INPUT: expected an .onnx file, got zoo:lenet5$/m],
  [["accuracy", "--weights", "w.npy"], /^sre: unknown option '--weights'/m],
  [["table", "--levels", "3"], /^sre: --levels: expected a power of two, at most 256, got 3$/m],
  [["table", "--device", "base@x"], /^sre: device: expected base@k, k a number above 0, got "base@x"$/m],
])("%j: one line, exit code 2", async (args, message) => {
  const folder = emptyFolder();
  const { code, stdout, stderr } = await sre(folder, args);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
  expect(namesIn(folder)).toEqual([]);
});
