import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AccuracyReport, Report, SweepReport } from "../../src/index.ts";
import { Random } from "../helpers/random.ts";
import { emptyFolder, lenet5, namesIn, program, sre } from "./sre.ts";

/** Depend on the sweep alone: not on who ran it, how often it was killed, or how many threads there were. */
const RESULTS = ["report.json", "results.csv", "results.parquet"];

const GRID = `
schema: 1
samples: 2
axes:
  network: [zoo:lenet5, { input: zoo:caffenet, layers: ["conv*"], samples: 1 }]
  ou.rows: [4, 8, 16]
  crossbar.cellBits: [1, 2]
  sparsity.indexBits: { from: 3, to: 7 }
`;
const LENET = `{ name: lenet, input: net.onnx, inputs: ${lenet5}digits.idx3, labels: ${lenet5}labels.idx1, samples: 6,
      config: { input: { scale: 0.00390625 } } }`;

function folderWith(text: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, "s.yaml"), text);
  copyFileSync(join(lenet5, "lenet5-ssl.onnx"), join(folder, "net.onnx"));
  return folder;
}

const bytesIn = (dir: string): string[] => RESULTS.map((name) => readFileSync(join(dir, name)).toString("latin1"));
const jsonIn = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), "utf8")) as T;
const pointsIn = (dir: string): number =>
  existsSync(join(dir, "journal.jsonl")) ? readFileSync(join(dir, "journal.jsonl"), "utf8").split("\n").length - 2 : 0;

/** Starts the program; it ends with the test at the latest. */
function begin(cwd: string, args: readonly string[]): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, ended };
}

describe("sre sweep", () => {
  it("killed ten times and resumed gives the bytes of a sweep that was left alone, on any number of threads", async () => {
    const folder = folderWith(GRID);
    const whole = await sre(folder, ["sweep", "s.yaml", "--out", "whole", "--threads", "2"]);
    expect(whole.code, whole.stderr).toBe(0);
    const random = new Random(11);
    let kills = 0;
    let interruptions = 0;
    for (; kills < 10; kills++) {
      const before = pointsIn(join(folder, "killed"));
      const { child, ended } = begin(folder, ["sweep", "s.yaml", "--out", "killed", "--threads", "1"]);
      // Right at the start, or once some points are there.
      const more = random.integer(0, 4);
      const limit = Date.now() + 10_000;
      while (Date.now() < limit && pointsIn(join(folder, "killed")) < before + more) await pause(2);
      await pause(random.integer(0, 20));
      child.kill("SIGKILL");
      await ended;
      const after = pointsIn(join(folder, "killed"));
      if (after > 0 && after < 60) interruptions++;
    }
    expect(interruptions).toBeGreaterThan(5);
    const resumed = await sre(folder, ["sweep", "s.yaml", "--out", "killed", "--threads", "2", "--resume"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(bytesIn(join(folder, "killed"))).toEqual(bytesIn(join(folder, "whole")));
    const { points, failed } = jsonIn<SweepReport>(folder, "whole", "report.json");
    expect([points.length, new Set(points.map(({ id }) => id)).size, failed.length]).toEqual([60, 60, 0]);
  }, 120_000);

  it("gives the numbers of single runs", async () => {
    const folder = folderWith(`
axes:
  network: [${LENET}, { input: zoo:caffenet, layers: ["conv2"] }]
  ou: [{ rows: 4, cols: 4 }, { rows: 16, cols: 8 }]
  adc.bits: [3, auto]
`);
    await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    const { points } = jsonIn<SweepReport>(folder, "s", "report.json");
    expect(points).toHaveLength(8);
    const point = points.find(({ network, settings }) => network === "lenet" && settings["adc.bits"] === 3)!;
    const inputs = ["--inputs", `${lenet5}digits.idx3`, "--labels", `${lenet5}labels.idx1`, "--samples", "6"];
    const sets = ["input.scale=0.00390625", "ou.rows=4", "ou.cols=4", "adc.bits=3"].flatMap((set) => ["--set", set]);
    const run = await sre(folder, ["run", "net.onnx", ...inputs, ...sets, "--json"]);
    const { totals, accuracy, area } = JSON.parse(run.stdout) as Report;
    expect(point.integer).toBe(accuracy!.integer);
    for (const [scheme, result] of Object.entries(point.schemes)) {
      const { ouOps, latencyCycles, energy_pJ, pipelined_ns, speedup } = totals[scheme as "orc"]!;
      expect(result).toMatchObject({ ouOps, latencyCycles, energy_pJ, pipelined_ns, speedup });
    }
    expect(point.schemes.orc!.crossbars).toBe(area.placements.orc.crossbars);
  });

  it("counts once for all prices, devices and tiles, and quantises once for all crossbars", async () => {
    const folder = folderWith(`
axes:
  network: [zoo:lenet5]
  crossbar.rows: [64, 128]
  energy.prices_pJ.dacRow: [0.001, 0.01, 0.1]
  tile.count: [1, 168]
  device.model: [base, base@2]
  timing.ouCycle_ns: [10, auto]
`);
    const { code, stderr } = await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    expect(code, stderr).toBe(0);
    const { shared } = jsonIn<{ shared: object }>(folder, "s", "manifest.json");
    expect(shared).toMatchObject({ points: 48, preparations: 1, counts: 2 });
    const { points } = jsonIn<SweepReport>(folder, "s", "report.json");
    expect(new Set(points.map(({ schemes }) => schemes.dof!.energy_pJ)).size).toBe(6);
  });

  it("quantises once a precision, however many there are, and keeps what is said of the run", async () => {
    const folder = folderWith(`
axes:
  network: [zoo:lenet5, { name: other, input: zoo:lenet5, samples: 2 }]
  precision.activationBits: { from: 3, to: 7 }
  crossbar.cellBits: [1, 2]
`);
    await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    const manifest = readFileSync(join(folder, "s", "manifest.json"), "utf8");
    expect((JSON.parse(manifest) as { shared: object }).shared).toMatchObject({ points: 20, preparations: 10 });
    expect((await sre(folder, ["sweep", "s.yaml", "--out", "s"])).code).toBe(0);
    expect(readFileSync(join(folder, "s", "manifest.json"), "utf8")).toBe(manifest);
  });

  it("says the same of its files wherever it is called from", async () => {
    const folder = folderWith(`axes: { network: [${LENET}] }`);
    await sre(folder, ["sweep", "s.yaml", "--out", "here"]);
    await sre(lenet5, ["sweep", join(folder, "s.yaml"), "--out", join(folder, "there")]);
    expect(bytesIn(join(folder, "there"))).toEqual(bytesIn(join(folder, "here")));
  });

  it("names the network whose file is wrong", async () => {
    const folder = folderWith("axes: { network: [zoo:lenet9, { name: mine, input: no.onnx, syntheticInputs: 1 }] }");
    const { code, stderr } = await sre(folder, ["sweep", "s.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sre: network zoo:lenet9: .*expected a network of the zoo/m);
    expect(stderr).toMatch(/^sre: network mine: no\.onnx: expected a readable file, got no such file$/m);
  });

  it("ends with a line when nobody reads its lines any more", async () => {
    const folder = folderWith(GRID);
    const child = spawn(process.execPath, [program, "sweep", "s.yaml", "--out", "s", "--json"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += String(text)));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/interrupted; \d+ of 60 points are in s, call again/)]);
  });

  it("adds the accuracy that the device leaves, as sre accuracy does", async () => {
    const folder = folderWith(`
accuracy: { chips: 2, samples: 6 }
schemes: [naive, recom, orc-dof]
axes:
  network: [${LENET}, zoo:lenet5]
  device.model: [base, base@3]
base: { crossbar: { cellBits: 1 } }
`);
    const sweep = await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    expect(sweep.code, sweep.stderr).toBe(0);
    const { points } = jsonIn<SweepReport>(folder, "s", "report.json");
    const inputs = ["--inputs", `${lenet5}digits.idx3`, "--labels", `${lenet5}labels.idx1`, "--samples", "6"];
    const sets = ["--set", "input.scale=0.00390625", "--set", "crossbar.cellBits=1"];
    const asked = [
      "--chips",
      "2",
      "--device",
      "base",
      "--open-wordlines",
      "16",
      "--schemes",
      "naive,orc-dof",
      "--json",
    ];
    const run = await sre(folder, ["accuracy", "net.onnx", ...inputs, ...sets, ...asked]);
    const report = JSON.parse(run.stdout) as AccuracyReport;
    const [own] = points;
    expect(own!.settings).toEqual({ "device.model": "base" });
    for (const { scheme, top1 } of report.points)
      expect(own!.schemes[scheme]).toMatchObject({ top1_mean: top1.mean, top1_std: top1.std });
    expect(own!.schemes.recom!.top1_mean).toBeNull();
    expect(points.filter(({ network }) => network === "zoo:lenet5").map(({ float }) => float)).toEqual([null, null]);
  });

  it("names the points that fail, and goes on with the others", async () => {
    const folder = folderWith(`
axes:
  network: [{ name: bad, input: zoo:lenet5, layers: [fc9] }, { name: good, input: zoo:lenet5, layers: [ip2] }]
  ou.rows: [4, 8]
`);
    const first = await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/failed: bad ou\.rows=4: .*layers: expected some of conv1, .*got fc9/);
    const { points, failed } = jsonIn<SweepReport>(folder, "s", "report.json");
    expect([points.length, failed.length]).toEqual([2, 2]);
    const again = await sre(folder, ["sweep", "s.yaml", "--out", "s", "--json"]);
    expect(again.code).toBe(3);
    const lines = again.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; done: number });
    expect(lines[0]).toMatchObject({ event: "start", done: 2, total: 4 });
    expect(lines.at(-1)).toMatchObject({ event: "end", done: 4, failed: 2, total: 4, current: [] });
  });

  it("refuses a network that changed under it, another sweep, and a folder that is none; nothing is touched", async () => {
    const text = `axes: { network: [${LENET}], ou.rows: [4, 8] }`;
    const folder = folderWith(text);
    expect((await sre(folder, ["sweep", "s.yaml", "--out", "s"])).code).toBe(0);
    const before = bytesIn(join(folder, "s"));
    const journal = readFileSync(join(folder, "s", "journal.jsonl"), "utf8");
    copyFileSync(join(lenet5, "lenet5-dense.onnx"), join(folder, "net.onnx"));
    const changed = await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/^sre: net\.onnx: expected the content .*sha256 [0-9a-f]+.*--force.*\n$/);
    copyFileSync(join(lenet5, "lenet5-ssl.onnx"), join(folder, "net.onnx"));
    const other = await sre(folder, ["sweep", "s.yaml", "--out", "s", "--set", "crossbar.rows=64"]);
    expect([other.code, other.stderr.split("\n").length]).toEqual([2, 2]);
    expect(other.stderr).toMatch(/another sweep/);
    const foreign = await sre(folder, ["sweep", "s.yaml", "--out", ".", "--force"]);
    expect(foreign.code).toBe(2);
    expect(bytesIn(join(folder, "s"))).toEqual(before);
    expect(readFileSync(join(folder, "s", "journal.jsonl"), "utf8")).toBe(journal);
    expect(namesIn(folder)).toEqual(["net.onnx", "s", "s.yaml"]);
    expect((await sre(folder, ["sweep", "s.yaml", "--out", "none", "--resume"])).stderr).toMatch(/no such folder/);
  });

  it("drops a torn last line of its journal", async () => {
    const folder = folderWith("axes: { network: [zoo:lenet5], ou.rows: [4, 8, 16] }");
    await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    const before = bytesIn(join(folder, "s"));
    const journal = join(folder, "s", "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    writeFileSync(journal, lines.slice(0, 3).join("\n"));
    appendFileSync(journal, lines[3]!.slice(0, 40));
    const again = await sre(folder, ["sweep", "s.yaml", "--out", "s"]);
    expect(again.code, again.stderr).toBe(0);
    expect(bytesIn(join(folder, "s"))).toEqual(before);
  });

  it("in shards that are merged gives the same bytes", async () => {
    const folder = folderWith(GRID);
    await sre(folder, ["sweep", "s.yaml", "--out", "whole"]);
    for (const shard of ["1/3", "2/3", "3/3"]) {
      const { code } = await sre(folder, ["sweep", "s.yaml", "--out", `p${shard[0]}`, "--shard", shard]);
      expect(code).toBe(0);
    }
    const some = await sre(folder, ["merge", "some", "p1", "p3"]);
    expect(some.code).toBe(3);
    const all = await sre(folder, ["merge", "all", "p3", "p1", "p2"]);
    expect(all.code, all.stderr).toBe(0);
    expect(bytesIn(join(folder, "all"))).toEqual(bytesIn(join(folder, "whole")));
  });

  it("--dry-run lists the points with the ids that they get, and writes nothing", async () => {
    const folder = folderWith(`axes: { network: [${LENET}], ou.rows: [4, 8], device.model: [base, base@2] }`);
    const dry = await sre(folder, ["sweep", "s.yaml", "--dry-run"]);
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stderr).toMatch(/^4 points, 2 counts: about \d+ s on \d+ threads?/m);
    expect(namesIn(folder)).toEqual(["net.onnx", "s.yaml"]);
    await sre(folder, ["sweep", "s.yaml"]);
    const { points } = jsonIn<SweepReport>(folder, "runs", "s", "report.json");
    for (const { id } of points) expect(dry.stdout).toContain(id);
  });

  it("takes ids from contents, not from folders", async () => {
    const text = (path: string): string => `axes: { network: [{ input: ${path}, syntheticInputs: 1 }] }`;
    const folder = folderWith(text("net.onnx"));
    const idOf = async (cwd: string): Promise<string> =>
      /[0-9a-f]{16}/.exec((await sre(cwd, ["sweep", "s.yaml", "--dry-run"])).stdout)![0];
    const id = await idOf(folder);
    const other = folderWith(text(join(folder, "net.onnx")));
    expect(await idOf(other)).toBe(id);
    copyFileSync(join(lenet5, "lenet5-dense.onnx"), join(folder, "net.onnx"));
    expect(await idOf(folder)).not.toBe(id);
  });

  it.each([
    [["--shard", "4/3"], /--shard: expected i\/n with i in 1\.\.n, got "4\/3"/],
    [["--shared", "x"], /--shared: expected --redis URL beside it/],
    [["--threads", "0"], /--threads: expected integer ≥ 1 or "auto"/],
    [["--set", "ou.rows=4"], /--set ou\.rows: expected a key that no axis moves/],
    [["--redis", "redis://127.0.0.1:1", "--dry-run"], /--redis: expected no --dry-run beside it/],
  ])("%j: one line, exit 2", async (args, line) => {
    const folder = folderWith("axes: { network: [zoo:lenet5], ou.rows: [4, 8] }");
    const { code, stderr } = await sre(folder, ["sweep", "s.yaml", "--out", "s", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(namesIn(folder)).toEqual(["net.onnx", "s.yaml"]);
  });
});
