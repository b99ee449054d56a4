import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { npy } from "./files.ts";
import { emptyFolder, lenet5, sre } from "./sre.ts";

interface Version {
  readonly version: string;
}

describe("inspect", () => {
  test("shows the layers of LeNet-5 without inputs", async () => {
    const { code, stdout } = await sre(lenet5, ["inspect", "lenet5-ssl.onnx", "--json"]);
    const { layers } = JSON.parse(stdout) as { layers: { matrixRows: number; matrixCols: number; windows: number }[] };
    expect(layers.map(({ matrixRows, matrixCols, windows }) => [matrixRows, matrixCols, windows])).toEqual([
      [25, 20, 24 * 24],
      [500, 50, 8 * 8],
      [800, 500, 1],
      [500, 10, 1],
    ]);
    expect(code).toBe(0);
  });

  test("draws a table", async () => {
    const { stdout } = await sre(lenet5, ["inspect", "lenet5-ssl.onnx"]);
    expect(stdout).toMatch(/│ +500 x 50 │ +64 │ +1,600,000 │/);
    expect(stdout).toMatch(/92\.8 % │ 89\.6 % │ 87\.1 % │ 88\.8 % │ +11\.1x │/);
  });

  test("takes a matrix without activations", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "w.npy"), npy("i2", [3, 2], [1, 0, 0, 0, 0, 0]));
    const { code, stdout } = await sre(folder, ["inspect", "--weights", "w.npy", "--json"]);
    expect((JSON.parse(stdout) as { layers: unknown[] }).layers[0]).toMatchObject({
      matrixRows: 3,
      matrixCols: 2,
      weights: {
        zeroRatio: 5 / 6,
        zeroRowRatio: 2 / 3,
        zeroColRatio: 1 / 2,
        zeroSegmentRatios: { 1: 5 / 6, 2: 2 / 3 },
      },
      // One OU holds the matrix, and what is left of it.
      ouOps: { naive: 1, orc: 1 },
      orcGain: 1,
    });
    expect(code).toBe(0);
  });

  test("refuses what it cannot read", async () => {
    const { code, stdout, stderr } = await sre(emptyFolder(), ["inspect", "absent.onnx"]);
    expect([code, stdout, stderr]).toEqual([2, "", "sre: absent.onnx: expected a readable file, got no such file\n"]);
  });
});

describe("validate", () => {
  test("accepts the bundled configuration", async () => {
    expect(await sre(lenet5, ["validate", "lenet5.yaml"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "lenet5.yaml: valid\n",
    });
  });

  test("names every fault", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "c.yaml"), "schema: 1\nou: { rows: 500, clos: 1 }\n");
    const { code, stderr } = await sre(folder, ["validate", "c.yaml"]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      'sre: c.yaml:2:18 ou.clos: expected a known key (did you mean "ou.cols"?), got unknown key',
      "sre: c.yaml:2:13 ou.rows: expected integer in 1..128 (crossbar.rows), got 500",
    ]);
    expect(code).toBe(2);
  });

  test("counts the points of a sweep, whose files are found from its folder", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "sweeps"));
    writeFileSync(join(folder, "small.yaml"), "crossbar: { rows: 8 }\n");
    const text = "extends: ../small.yaml\naxes:\n  network: [zoo:lenet5]\n  ou.rows: { from: 1, to: 8 }\n";
    writeFileSync(join(folder, "sweeps/s.yaml"), text);
    expect(await sre(folder, ["validate", "sweeps/s.yaml"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "sweeps/s.yaml: valid, 8 points\n",
    });
    writeFileSync(join(folder, "sweeps/t.yaml"), text.replace("small", "absent").replace("8", "999"));
    const { code, stderr } = await sre(folder, ["validate", "sweeps/t.yaml"]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      'sre: sweeps/t.yaml:1:10 extends: expected preset or configuration file, got "../absent.yaml" (no such file)',
      "sre: sweeps/t.yaml:4:12 ou.rows: expected integer in 1..128 (crossbar.rows), got 129",
    ]);
    expect(code).toBe(2);
  });
});

describe("schema", () => {
  test.each([[[]], [["config"]]])("prints the JSON Schema of the configuration: %j", async (kind) => {
    const { code, stdout } = await sre(lenet5, ["schema", ...kind]);
    const schema = JSON.parse(stdout) as { properties: { ou: { properties: { rows: { default: number } } } } };
    expect(schema.properties.ou.properties.rows.default).toBe(16);
    expect(code).toBe(0);
  });

  test("prints that of sweep files", async () => {
    const { code, stdout } = await sre(lenet5, ["schema", "sweep"]);
    expect((JSON.parse(stdout) as { required: string[] }).required).toEqual(["axes"]);
    expect(code).toBe(0);
  });

  test("refuses other kinds", async () => {
    expect(await sre(lenet5, ["schema", "swep"])).toEqual({
      code: 2,
      stdout: "",
      stderr: 'sre: FILE-KIND: expected one of config, sweep, got "swep"\n',
    });
  });
});

describe("explain", () => {
  test("prints text, formula and source", async () => {
    const { code, stdout } = await sre(lenet5, ["explain", "orc-dof"]);
    expect(stdout).toMatch(/^orc-dof\n.+\nformula: ouOps = .+\nsource: §7 \[sre19\]\n$/);
    expect(code).toBe(0);
  });

  test("takes words of more than one part", async () => {
    const { stdout } = await sre(lenet5, ["explain", "zero", "code", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ term: "zero code" });
  });

  test("an unknown term is an error with a suggestion", async () => {
    const { code, stderr } = await sre(lenet5, ["explain", "orcdof"]);
    expect(stderr).toMatch(/^sre: TERM: expected .*did you mean "orc-dof"\?.*, got "orcdof"\n$/);
    expect(code).toBe(2);
  });
});

test("--version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as Version;
  expect((await sre(lenet5, ["--version"])).stdout).toBe(`${version}\n`);
});

test("no command, an unknown command: exit 2 and help", async () => {
  expect((await sre(lenet5, [])).code).toBe(2);
  const unknown = await sre(lenet5, ["rum"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/^sre: unknown command 'rum' \(Did you mean run\?\)\n$/);
  expect((await sre(lenet5, ["run", "--help"])).code).toBe(0);
});
