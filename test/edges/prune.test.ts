import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { InspectReport, PruneComparison, PruneReport, Report } from "../../src/index.ts";
import { npy, onnx } from "./files.ts";
import { emptyFolder, lenet5, namesIn, sre } from "./sre.ts";

const digits = ["--config", "lenet5.yaml", "--inputs", "digits.idx3", "--labels", "labels.idx1"];
const layers = [
  { op: "MatMul", name: "fc1", inputs: ["x", "w"], output: "h" },
  { op: "MatMul", name: "fc2", inputs: ["h", "v"], output: "y" },
];
const w = [1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12];
const v = [0.5, 0.25, 8, 4];
const network = onnx(6, layers, [
  { name: "w", shape: [6, 2], values: w },
  { name: "v", shape: [2, 2], values: v },
]);

function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = emptyFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

describe("prune", () => {
  test("writes a network that infers as reported, OU rows removed and filters permuted", async () => {
    const out = join(emptyFolder(), "pruned.onnx");
    const args = [
      "prune",
      "lenet5-dense.onnx",
      "--out",
      out,
      "--method",
      "ou",
      "--sparsity",
      "0.9",
      "--permute",
      ...["--samples", "50"],
      ...digits,
    ];
    const { code, stdout } = await sre(lenet5, [...args, "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as PruneReport;
    expect(report).toMatchObject({ method: "ou", permuted: true, samples: 50, before: { zeroRatio: 0, orcGain: 1 } });
    // Of 430,500 weights exactly 387,450.
    expect(report.sparsity).toEqual({ asked: 0.9, reached: 387450 / 430500 });
    expect(report.permutation!.maxRelativeError).toBeLessThan(1e-5);
    expect(report.layers.map(({ name, inOrderBecause }) => [name, inOrderBecause])).toEqual([
      ["conv1", null],
      ["conv2", null],
      ["ip1", null],
      ["ip2", "its outputs are the network's"],
    ]);
    expect(readFileSync(out).length).toBe(readFileSync(join(lenet5, "lenet5-dense.onnx")).length);

    const run = await sre(lenet5, ["run", out, ...digits, "--samples", "50", "--schemes", "naive,orc", "--json"]);
    const simulated = JSON.parse(run.stdout) as Report;
    expect(simulated.accuracy!.float).toBe(report.after.accuracy);
    expect(simulated.totals.orc!.speedup).toBeCloseTo(report.after.orcGain!, 10);
    simulated.layers.forEach(({ weights }, i) => {
      expect(weights.ouRowZeroRatio).toBeCloseTo(report.layers[i]!.after.ouRowZeroRatio, 10);
    });
  });

  test("shows what was reached in a table", async () => {
    const folder = folderWith({ "net.onnx": network });
    const { code, stdout } = await sre(folder, [
      "prune",
      "net.onnx",
      "--out",
      "p.onnx",
      "--method",
      "magnitude",
      "--sparsity",
      ".25",
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^net, magnitude: 25\.0 % of the weights asked for, 25\.0 % reached$/m);
    // 0.5, 0.25, 1 and -2 are the least.
    expect(stdout).toMatch(/│ fc1 +│ +12 │ +0\.0 % │ +16\.7 % │/);
    expect(stdout).toMatch(/│ fc2 +│ +4 │ +0\.0 % │ +50\.0 % │/);
    expect(namesIn(folder)).toEqual(["net.onnx", "p.onnx"]);
  });

  test("keeps external data outside, in a file of its own, and leaves the original alone", async () => {
    const data = new Uint8Array(Float32Array.from(w).buffer);
    const model = onnx(6, layers, [
      { name: "w", shape: [6, 2], values: { location: "net.bin", offset: 0, bytes: 48 } },
      { name: "v", shape: [2, 2], values: v },
    ]);
    const folder = folderWith({ "net.onnx": model, "net.bin": data });
    const { code } = await sre(folder, ["prune", "net.onnx", "--out", "p.onnx", "--method", "2:3", "--layers", "fc1"]);
    expect(code).toBe(0);
    expect(namesIn(folder)).toEqual(["net.bin", "net.onnx", "p.onnx", "p.onnx.data"]);
    expect(new Uint8Array(readFileSync(join(folder, "net.bin")))).toEqual(data);
    const pruned = new Float32Array(new Uint8Array(readFileSync(join(folder, "p.onnx.data"))).buffer);
    // Of rows 0–2 and 3–5 of each column the least is gone.
    expect([...pruned]).toEqual([0, 0, 3, -4, 5, -6, 0, 0, 9, -10, 11, -12]);
    const inspected = JSON.parse((await sre(folder, ["inspect", "p.onnx", "--json"])).stdout) as InspectReport;
    expect(inspected.layers.map(({ weights }) => weights.zeroRatio)).toEqual([1 / 3, 0]);
  });

  test("masks and weights from other files are pruned further", async () => {
    const folder = folderWith({ "net.onnx": network, "v_mask.npy": npy("u1", [2, 2], [1, 1, 0, 1]) });
    const args = [
      "prune",
      "net.onnx",
      "--masks",
      "v_mask.npy",
      "--out",
      "p.onnx",
      "--method",
      "magnitude",
      "--sparsity",
      "0.125",
      "--json",
    ];
    const report = JSON.parse((await sre(folder, args)).stdout) as PruneReport;
    expect(report.weightsFrom).toEqual([{ layer: "fc2", weights: [], mask: ["v_mask.npy"] }]);
    // The masked 8, and the least of the others.
    expect(report.layers.map(({ after }) => after.zeroRatio)).toEqual([0, 0.5]);
  });

  test("permutes alone: the pruned network with its function and zeros, and more for ORC to drop", async () => {
    const out = join(emptyFolder(), "permuted.onnx");
    const args = [
      "prune",
      "lenet5-ssl.onnx",
      "--out",
      out,
      "--method",
      "none",
      "--permute",
      "--samples",
      "50",
      ...digits,
    ];
    const report = JSON.parse((await sre(lenet5, [...args, "--json"])).stdout) as PruneReport;
    expect(report.sparsity).toEqual({ asked: null, reached: report.before.zeroRatio });
    expect(report.after.accuracy).toBe(report.before.accuracy);
    expect(report.before.orcGain!).toBeCloseTo(9.01, 2);
    expect(report.after.orcGain!).toBeGreaterThan(13);
  });

  test("compares all ways: at 90 % OU rows beat magnitude, at hardly less accuracy", async () => {
    const { code, stdout } = await sre(lenet5, [
      "prune",
      "lenet5-dense.onnx",
      "--compare",
      "--sparsity",
      "0.9",
      ...digits,
      "--json",
    ]);
    expect(code).toBe(0);
    const comparison = JSON.parse(stdout) as PruneComparison;
    const found = new Map(comparison.methods.map(({ name, after }) => [name, after!]));
    expect([...found.keys()]).toEqual([
      "magnitude",
      "magnitude-layer",
      "ssl-rows",
      "ssl-cols",
      "ssl",
      "1:10",
      "block",
      "ou",
      "ou --permute",
    ]);
    for (const after of found.values()) expect(after.zeroRatio).toBe(387450 / 430500);
    const [magnitude, ou] = [found.get("magnitude")!, found.get("ou --permute")!];
    expect(ou.orcGain!).toBeGreaterThan(1.2 * magnitude.orcGain!);
    expect(ou.accuracy!).toBeGreaterThanOrEqual(magnitude.accuracy! - 0.01);
    expect(ou.accuracy!).toBeGreaterThan(0.97);
  });

  test("compares what can be reached, and says what cannot", async () => {
    const folder = folderWith({ "net.onnx": network });
    const { code, stdout } = await sre(folder, ["prune", "net.onnx", "--compare", "--sparsity", "0.94"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^n:m: no N:M with M up to 32 has sparsity 0\.94$/m);
    expect(stdout).toMatch(
      /^ssl-rows: sparsity: expected less, so that ssl-rows leaves a row and a column of each layer, got 0\.94$/m,
    );
  });
});

describe("prune refuses, with exit code 2 and one line a fault", () => {
  const ok = ["--out", "p.onnx", "--method", "ou", "--sparsity", "0.5"];
  test.each([
    [[...ok], ["INPUT: expected an .onnx file, got nothing"]],
    [
      ["net.onnx"],
      [
        "--out: expected a file to write, or --compare, got nothing",
        /^--method: expected one of none, magnitude, ssl-rows, .*, got nothing$/,
      ],
    ],
    [
      [
        "net.onnx",
        "--out",
        "p.onnx",
        "--method",
        "4:2",
        "--sparsity",
        "90",
        "--scope",
        "all",
        "--block",
        "3",
        "--samples",
        "0",
        "--labels",
        "y.npy",
      ],
      [
        "--labels: expected --inputs FILE beside it, got nothing",
        '--sparsity: expected a number from 0 to below 1, got "90"',
        /^--method: expected one of .*, got "4:2"$/,
        '--scope: expected global or layer, got "all"',
        '--block: expected ROWSxCOLS, e.g. 16x2, got "3"',
        '--samples: expected integer ≥ 1, got "0"',
        "y.npy: expected a readable file, got no such file",
      ],
    ],
    [
      ["net.onnx", "--out", "net.onnx", "--method", "ou"],
      [
        "--out net.onnx: expected another file than the input, got net.onnx",
        "--sparsity: expected a share of zero weights, e.g. 0.9, got nothing",
      ],
    ],
    [
      ["net.onnx", "--out", "there.onnx", "--method", "2:4", "--sparsity", "0.9"],
      [
        "--out there.onnx: expected a new file, or --force, got there.onnx, which exists",
        "--sparsity: expected 0.5, that of 2:4, or nothing, got 0.9",
      ],
    ],
    [
      ["net.onnx", "--out", "p.onnx", "--method", "none", "--sparsity", "0.5"],
      [
        "--method none: expected --permute beside it, got nothing",
        "--sparsity: expected no such option beside --method none, got 0.5",
      ],
    ],
    [
      ["zoo:lenet5", "--out", "p.onnx", "--method", "n:m", "--sparsity", "0.94"],
      [/^--method n:m: expected a sparsity of 1 - N\/M, M up to 32/, "INPUT: expected an .onnx file, got zoo:lenet5"],
    ],
    [
      ["net.onnx", "--compare", "--sparsity", "0.5", "--out", "p.onnx", "--permute"],
      [/^--out: expected no such option beside --compare/, /^--permute: expected no such option beside --compare/],
    ],
    [["net.onnx", ...ok, "--layers", "conv*"], ["--layers: expected a layer (fc1, fc2), got conv*"]],
    [["net.onnx", ...ok, "--inputs", "flat.npy"], ["flat.npy: expected shape [n,6], got [2,4]"]],
    [
      ["net.onnx", ...ok, "--inputs", "x.npy", "--labels", "classes.npy"],
      ["classes.npy[1]: expected class in 0..1, got 2"],
    ],
    [["broken.onnx", ...ok], [/^broken\.onnx: expected /]],
  ])("%j", async (args, lines) => {
    const folder = folderWith({
      "net.onnx": network,
      "there.onnx": network,
      "broken.onnx": network.subarray(0, 60),
      "x.npy": npy("f4", [2, 6], new Array<number>(12).fill(1)),
      "flat.npy": npy("f4", [2, 4], new Array<number>(8).fill(1)),
      "classes.npy": npy("i4", [2], [0, 2]),
    });
    const { code, stdout, stderr } = await sre(folder, ["prune", ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    const found = stderr.trimEnd().split("\n");
    expect(found.length).toBe(lines.length);
    lines.forEach((line, i) => expect(found[i]!.replace(/^sre: /, "")).toMatch(line));
    expect(namesIn(folder).filter((name) => name.includes("onnx"))).toEqual(["broken.onnx", "net.onnx", "there.onnx"]);
  });

  test("--force replaces", async () => {
    const folder = folderWith({ "net.onnx": network, "p.onnx": "old" });
    const { code } = await sre(folder, ["prune", "net.onnx", ...ok, "--force"]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "p.onnx")).length).toBe(network.length);
  });
});
