import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { npy, onnx } from "./files.ts";
import { emptyFolder, lenet5, sre } from "./sre.ts";

const layer = { op: "MatMul", name: "fc", inputs: ["x", "w"], output: "y" };
const network = onnx(3, [layer], [{ name: "w", shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }]);
const mtx = "%%MatrixMarket matrix coordinate integer general\n2 3 2\n1 1 7\n2 3 -5\n";

function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = emptyFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

describe("weights from other files", () => {
  test("the dense LeNet-5 with the weights of the pruned one is the pruned one", async () => {
    const inspect = async (...args: string[]) => {
      const { stdout, code } = await sre(lenet5, ["inspect", ...args, "--json"]);
      expect(code).toBe(0);
      return JSON.parse(stdout) as { network: object; layers: object[]; weightsFrom?: unknown };
    };
    const given = await inspect("lenet5-dense.onnx", "--weights-from", "lenet5-ssl.onnx");
    const ssl = await inspect("lenet5-ssl.onnx");
    expect(given.layers).toEqual(ssl.layers);
    expect(given.network).toMatchObject({ name: "lenet5-dense", source: "lenet5-dense.onnx" });
    expect(given.weightsFrom).toEqual(
      ["conv1", "conv2", "ip1", "ip2"].map((name) => ({
        layer: name,
        weights: [`lenet5-ssl.onnx:${name}.W`],
        mask: [],
      })),
    );
    expect(ssl.weightsFrom).toBeUndefined();
  });

  test("run infers and simulates with them, and the run folder names the files", async () => {
    const folder = folderWith({
      "net.onnx": network,
      "w.mtx": mtx,
      "x.npy": npy("f4", [1, 3], [1, 2, 4]),
      "map.yaml": "rules:\n  - { layer: fc, tensor: w, transpose: true }\n",
    });
    const args = ["run", "net.onnx", "--weights-from", "w.mtx", "--map", "map.yaml", "--inputs", "x.npy", "--verify"];
    const { code, stdout } = await sre(folder, [...args, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      weightsFrom: [{ layer: "fc", weights: ["w.mtx"] }],
      layers: [{ matrixRows: 3, matrixCols: 2, weights: { zeroRatio: 4 / 6 } }],
      verify: { schemes: { "orc-dof": { mismatches: 0 } } },
    });
    expect((await sre(folder, args)).stdout).toMatch(/^fc: weights of w\.mtx$/m);
  });

  test("on a network of the zoo", async () => {
    const folder = folderWith({ "conv1.npy": npy("i1", [20, 25], new Array<number>(500).fill(0)) });
    const { stdout, code } = await sre(folder, ["inspect", "zoo:lenet5", "--weights-from", "conv1.npy", "--json"]);
    expect(code).toBe(0);
    const { layers } = JSON.parse(stdout) as { layers: { weights: { zeroRatio: number } }[] };
    expect(layers[0]!.weights.zeroRatio).toBe(1);
    expect(layers[1]!.weights.zeroRatio).toBeLessThan(1);
  });

  test("a matrix workload of MatrixMarket, one row a filter", async () => {
    const folder = folderWith({ "w.mtx": mtx, "x.npy": npy("i2", [1, 3], [1, 2, 4]) });
    const args = ["--weights", "w.mtx", "--activations", "x.npy", "--verify", "--json"];
    const { stdout, code } = await sre(folder, ["run", ...args, "--transpose"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ network: { name: "w" }, layers: [{ matrixRows: 3, matrixCols: 2 }] });
    const { stderr } = await sre(folder, ["run", ...args]);
    expect(stderr).toBe(
      "sre: x.npy: expected activations of shape [windows, 2], one column per weight row, got [1, 3]\n",
    );
  });
});

describe("refused, with exit code 2 and one line a fault", () => {
  const files = {
    "net.onnx": network,
    "w.mtx": mtx,
    "map.yaml": "rules:\n  - { layer: fc, tensor: w }\n",
    "broken.mtx": mtx.replace("1 1 7", "9 1 x"),
  };
  test.each([
    [
      ["inspect", "net.onnx", "--map", "map.yaml"],
      ["--map: expected --weights-from or --masks beside it, got nothing"],
    ],
    [
      ["inspect", "--weights", "w.mtx", "--weights-from", "w.mtx"],
      ["--weights-from: expected no such option beside --weights, got w.mtx"],
    ],
    [["inspect", "net.onnx", "--transpose"], ["--transpose: expected --weights FILE beside it, got nothing"]],
    [
      ["inspect", "net.onnx", "--weights-from", "w.mtx", "--map", "map.yaml"],
      ["w.mtx: expected shape [3,2] for layer fc, got [2,3]"],
    ],
    [
      ["inspect", "net.onnx", "--weights-from", "broken.mtx", "--masks", "absent.npz"],
      ["absent.npz: expected a readable file, got no such file"],
    ],
    [
      ["inspect", "net.onnx", "--weights-from", "broken.mtx"],
      ["broken.mtx:3: expected row in 1..2, got 9", "broken.mtx:3: expected an integer of 32 bits, got x"],
    ],
  ])("%j", async (args, lines) => {
    const { code, stdout, stderr } = await sre(folderWith(files), args);
    expect([code, stdout, stderr]).toEqual([2, "", lines.map((line) => `sre: ${line}\n`).join("")]);
  });
});
