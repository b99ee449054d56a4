import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Report } from "../../src/index.ts";
import { SCHEMES } from "../../src/model/ir/report.ts";
import { npy, onnx } from "./files.ts";
import { emptyFolder, namesIn, sre } from "./sre.ts";

// One window, R = C = 8, H = 2, L = 4, c = 2, Bw = 4, Ba = 3, unlimited index. One group of four bitlines holds both
// filters; kept rows are {1, 3, 4}. naive: 3 planes · ceil(6/2) = 9; orc: 3 · ceil(3/2) = 6; planes open rows
// {0,2,4,5}, {0,5}, {0,2,3}: dof 2+1+2 = 5; orc-dof {4}, {}, {3}: 2. Product [1·3, 4·(-2) + 1·1] = [3, -7].
const weights = npy("i1", [6, 2], [0, 0, 1, 0, 0, 0, 0, -2, 3, 1, 0, 0]);
const activations = npy("i4", [1, 6], [7, 0, 5, 4, 1, 3]);
const config = `schema: 1
crossbar: { rows: 8, cols: 8, cellBits: 2 }
ou: { rows: 2, cols: 4 }
precision: { weightBits: 4, activationBits: 3 }
sparsity: { indexBits: unlimited }
`;
const args = ["run", "--weights", "w.npy", "--activations", "x.npy", "--config", "c.yaml"];

function workloadFolder(): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, "w.npy"), weights);
  writeFileSync(join(folder, "x.npy"), activations);
  writeFileSync(join(folder, "c.yaml"), config);
  return folder;
}

function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(...path), "utf8")) as T;
}

describe("run on a matrix workload", () => {
  test("--json: the report, and nothing else, on stdout", async () => {
    const { code, stdout, stderr } = await sre(workloadFolder(), [...args, "--verify", "--json", "--seed", "7"]);
    const report = JSON.parse(stdout) as Report;
    expect(stderr).not.toMatch(/^sre: /m);
    expect(code).toBe(0);
    expect(report.schemaVersion).toBe(1);
    expect(report.seed).toBe(7);
    expect(report.config.ou).toEqual({ rows: 2, cols: 4 });
    expect(report.network).toEqual({
      name: "w",
      source: "w.npy",
      sha256: createHash("sha256").update(weights).digest("hex"),
    });
    const ouOps = Object.fromEntries(Object.entries(report.totals).map(([scheme, sums]) => [scheme, sums.ouOps]));
    expect(ouOps).toMatchObject({ naive: 9, orc: 6, dof: 5, "orc-dof": 2 });
    expect(Object.keys(ouOps)).toEqual([...SCHEMES]);
    expect(report.layers[0]?.orc).toMatchObject({ keptRows: 3, fillerRows: 0, indexBits: 0 });
    expect(Object.values(report.verify?.schemes ?? {}).map(({ mismatches }) => mismatches)).toEqual([0, 0, 0, 0]);
  });

  test("without --json and --out the table is on stdout, progress is not", async () => {
    const { code, stdout, stderr } = await sre(workloadFolder(), [...args, "--verify"]);
    expect(code).toBe(0);
    for (const scheme of SCHEMES) expect(stdout).toMatch(new RegExp(`│ ${scheme} +│`));
    expect(stdout).toContain("verify orc-dof: 0 mismatches");
    expect(stdout).not.toContain("100 %");
    expect(stderr).toMatch(/100 %/);
  });

  test("an ADC too narrow for the OU: --verify finds mismatches, exit 1", async () => {
    const { code, stdout } = await sre(workloadFolder(), [...args, "--set", "adc.bits=1", "--verify", "--json"]);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).verify?.schemes.naive?.mismatches).toBeGreaterThan(0);
  });

  test("what does not fit on the chip is a result with its levers, exit 0", async () => {
    const chip = ["crossbar.rows=2", "crossbar.perCu=1", "cu.perTile=1", "tile.count=2"].flatMap((set) => [
      "--set",
      set,
    ]);
    const { code, stdout } = await sre(workloadFolder(), [...args, ...chip]);
    expect(stdout).toMatch(/^dense: 3 crossbars, .*; does not fit on 2 crossbars; levers: .+$/m);
    expect(code).toBe(0);
  });

  test("--schemes chooses, in the order of the tables", async () => {
    const { stdout } = await sre(workloadFolder(), [...args, "--schemes", "orc-dof,naive", "--json"]);
    expect(Object.keys((JSON.parse(stdout) as Report).totals)).toEqual(["naive", "orc-dof"]);
  });

  test("--set wins over --config", async () => {
    const { stdout } = await sre(workloadFolder(), [...args, "--set", "sparsity.indexBits=1", "--json"]);
    const report = JSON.parse(stdout) as Report;
    // Kept rows {1, 3, 4}: every gap is at most 1, so no fillers, and one bit each.
    expect(report.layers[0]?.orc).toMatchObject({ keptRows: 3, fillerRows: 0, indexBits: 3 });
  });

  test.each(["naive", "orc", "dof", "orc-dof"])("--outputs of %s are the integer product", async (scheme) => {
    const folder = workloadFolder();
    const { code } = await sre(folder, [...args, "--outputs", "out.npz", "--scheme", scheme, "--json"]);
    expect(code).toBe(0);
    const members = Object.values(unzipSync(readFileSync(join(folder, "out.npz"))));
    expect(members).toHaveLength(1);
    const bytes = members[0] as Uint8Array;
    expect(Buffer.from(bytes).toString("latin1")).toMatch(/'descr': ?'<i8'.*'shape': ?\(1, ?2,?\)/);
    const values = new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 16, 16);
    expect([values.getBigInt64(0, true), values.getBigInt64(8, true)]).toEqual([3n, -7n]);
  });

  test("an archive member is an input like a file", async () => {
    const folder = workloadFolder();
    await sre(folder, [...args, "--outputs", "out.npz", "--json"]);
    const [name = ""] = Object.keys(unzipSync(readFileSync(join(folder, "out.npz"))));
    const member = `out.npz:${name.replace(/\.npy$/, "")}`;
    writeFileSync(join(folder, "x1.npy"), npy("i2", [3, 1], [2, 1, 0]));
    // The product [3, -7] as weights [1, 2] of one input.
    const { code, stdout } = await sre(folder, ["run", "--weights", member, "--activations", "x1.npy", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Report).layers[0]).toMatchObject({ matrixRows: 1, matrixCols: 2, windows: 3 });
  });
});

describe("run folder", () => {
  test("holds the configuration, manifest, report and tables", async () => {
    const folder = workloadFolder();
    const { code, stdout } = await sre(folder, [...args, "--out", "runs/one", "--threads", "1"]);
    expect(code).toBe(0);
    expect(stdout).toBe("");
    const run = join(folder, "runs", "one");
    expect(namesIn(run)).toEqual([
      "config.resolved.yaml",
      "kept-rows.npz",
      "layers.csv",
      "layers.parquet",
      "manifest.json",
      "report.json",
    ]);
    expect(namesIn(join(folder, "runs"))).toEqual(["one"]);

    const report = readJson<Report>(run, "report.json");
    expect(parse(readFileSync(join(run, "config.resolved.yaml"), "utf8"))).toEqual(report.config);
    expect(readJson(run, "manifest.json")).toMatchObject({
      tool: report.tool,
      seed: 0,
      threads: 1,
      inputs: [
        { role: "--weights", path: "w.npy", sha256: createHash("sha256").update(weights).digest("hex") },
        { role: "--activations", path: "x.npy", sha256: createHash("sha256").update(activations).digest("hex") },
      ],
      backend: expect.stringMatching(/^(wasm-simd|wasm-scalar|typescript)$/) as string,
      phases_ms: expect.objectContaining({ count: expect.any(Number) as number }) as object,
      peakMemory_bytes: expect.any(Number) as number,
    });

    const [header = "", ...lines] = readFileSync(join(run, "layers.csv"), "utf8").trimEnd().split("\n");
    const names = header.split(",");
    expect(names).toEqual(expect.arrayContaining(["layer", "scheme", "ouOps", "latency_ns", "energy_pJ"]));
    expect(lines).toHaveLength(SCHEMES.length);
    const file = readFileSync(join(run, "layers.parquet"));
    const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
    const inLayer = report.layers[0]?.schemes;
    for (const [index, scheme] of SCHEMES.entries()) {
      const cells = (lines[index] ?? "").split(",");
      const sums = inLayer?.[scheme];
      expect(cells[names.indexOf("scheme")]).toBe(scheme);
      expect(cells[names.indexOf("ouOps")]).toBe(String(sums?.ouOps));
      expect(cells[names.indexOf("energy_pJ")]).toBe(String(sums?.energy_pJ));
      expect(rows[index]).toMatchObject({ scheme, ouOps: sums?.ouOps, energy_pJ: sums?.energy_pJ });
      expect(Object.keys(rows[index] ?? {})).toEqual(names);
    }
  });

  test("is replaced only with --force, and only if it is a run folder", async () => {
    const folder = workloadFolder();
    expect((await sre(folder, [...args, "--out", "run", "--seed", "1"])).code).toBe(0);
    const refused = await sre(folder, [...args, "--out", "run", "--seed", "2"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe("sre: --out run: expected a new folder, or --force, got an existing one\n");
    expect(readJson<Report>(folder, "run", "report.json").seed).toBe(1);

    expect((await sre(folder, [...args, "--out", "run/", "--seed", "2", "--force"])).code).toBe(0);
    expect(readJson<Report>(folder, "run", "report.json").seed).toBe(2);
    expect(namesIn(folder)).toEqual(["c.yaml", "run", "w.npy", "x.npy"]);

    mkdirSync(join(folder, "precious"));
    writeFileSync(join(folder, "precious", "thesis.tex"), "");
    const kept = await sre(folder, [...args, "--out", "precious", "--force"]);
    expect(kept.code).toBe(2);
    expect(kept.stderr).toContain("got another folder");
    expect(namesIn(join(folder, "precious"))).toEqual(["thesis.tex"]);
  });

  test("same seed, same report at any thread count", async () => {
    const folder = workloadFolder();
    const windows = Array.from({ length: 40 * 6 }, (_, index) => (index * 7) % 8);
    writeFileSync(join(folder, "x.npy"), npy("u1", [40, 6], windows));
    const reports = [];
    for (const threads of ["1", "2", "3"]) {
      await sre(folder, [...args, "--out", `t${threads}`, "--threads", threads, "--verify"]);
      reports.push(readFileSync(join(folder, `t${threads}`, "report.json"), "utf8"));
      expect(readJson<{ threads: number }>(folder, `t${threads}`, "manifest.json").threads).toBe(Number(threads));
    }
    expect(reports[1]).toBe(reports[0]);
    expect(reports[2]).toBe(reports[0]);
  });

  test("--threads auto is what the machine has", async () => {
    const folder = workloadFolder();
    await sre(folder, [...args, "--out", "run"]);
    expect(readJson<{ threads: number }>(folder, "run", "manifest.json").threads).toBe(availableParallelism());
  });
});

describe("run on a network", () => {
  const fc = { op: "MatMul", name: "fc", inputs: ["x", "w"], output: "y" };
  const gram = [
    { op: "Transpose", name: "turn", inputs: ["y"], output: "t" },
    { op: "MatMul", name: "gram", inputs: ["y", "t"], output: "g" },
  ];
  const w = { name: "w", shape: [3, 2], values: [1, 0, -2, 0, 3, 1] };

  test("a node left out is named, and the exit code is 3", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "net.onnx"), onnx(3, [fc, ...gram], [w]));
    writeFileSync(join(folder, "x.npy"), npy("f4", [2, 3], [1, 2, 3, 4, 5, 6]));
    const { code, stdout } = await sre(folder, ["run", "net.onnx", "--inputs", "x.npy", "--json"]);
    const report = JSON.parse(stdout) as Report;
    expect(report.skipped.map(({ name, op }) => ({ name, op }))).toEqual([{ name: "gram", op: "MatMul" }]);
    expect(report.layers.map(({ name }) => name)).toEqual(["fc"]);
    expect(code).toBe(3);
    const table = await sre(folder, ["run", "net.onnx", "--inputs", "x.npy"]);
    expect(table.stdout).toContain("skipped gram (MatMul): ");
    expect(table.code).toBe(3);
  });

  test("weights may lie in a file beside the model", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "nets"));
    const outside = { ...w, values: { location: "net.bin", offset: 8, bytes: 24 } };
    writeFileSync(join(folder, "nets", "net.onnx"), onnx(3, [fc], [outside]));
    writeFileSync(join(folder, "nets", "net.bin"), new Uint8Array(Float32Array.from([9, 9, ...w.values]).buffer));
    writeFileSync(join(folder, "x.npy"), npy("f4", [2, 3], [1, 2, 3, 4, 5, 6]));
    const run = ["run", "nets/net.onnx", "--inputs", "x.npy", "--json"];
    const { code, stdout } = await sre(folder, run);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Report).layers[0]?.weights.zeroRatio).toBeCloseTo(2 / 6);

    writeFileSync(join(folder, "nets", "net.bin"), new Uint8Array(31));
    const short = await sre(folder, run);
    expect(short.stderr).toMatch(/^sre: .*net\.bin: expected 24 bytes at offset 8, got 31 bytes in all\n$/);
    expect(short.code).toBe(2);
  });

  test("--synthetic-inputs stand in for inputs, and the report says so", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "net.onnx"), onnx(3, [fc], [w]));
    const outcome = await sre(folder, ["run", "net.onnx", "--synthetic-inputs", "5", "--samples", "4", "--json"]);
    expect(outcome.code).toBe(0);
    const report = JSON.parse(outcome.stdout) as Report;
    expect(report.synthetic).toBe(true);
    expect(report.layers[0]?.windows).toBe(4);
  });
});
