import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { idx, npy, onnx } from "./files.ts";
import { emptyFolder, lenet5, namesIn, sre } from "./sre.ts";

const layer = { op: "MatMul", name: "fc", inputs: ["x", "w"], output: "y" };
const sixWeights = [1, 0, 2, 0, 3, 1];
const network = onnx(3, [layer], [{ name: "w", shape: [3, 2], values: sixWeights }]);
const goodInputs = npy("f4", [2, 3], [1, 2, 3, 4, 5, 6]);
const goodWeights = npy("i2", [3, 2], sixWeights);
const goodActivations = npy("i2", [2, 3], [1, 2, 3, 4, 5, 6]);

interface Case {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly args: readonly string[];
  /** One pattern a line of stderr. */
  readonly lines: readonly RegExp[];
}

const onNetwork = ["net.onnx", "--inputs", "x.npy"];
const onMatrices = ["--weights", "w.npy", "--activations", "x.npy"];
const networkFiles = { "net.onnx": network, "x.npy": goodInputs };
const matrixFiles = { "w.npy": goodWeights, "x.npy": goodActivations };

const cases: Readonly<Record<string, Case>> = {
  "no such file": {
    files: { "x.npy": goodInputs },
    args: ["absent.onnx", "--inputs", "x.npy"],
    lines: [/^sre: absent\.onnx: expected .+, got no such file$/],
  },
  "not an ONNX file": {
    files: { ...networkFiles, "net.onnx": "# a text\n" },
    args: onNetwork,
    lines: [/^sre: .*net\.onnx.*: expected .*, got /],
  },
  "empty ONNX file": {
    files: { ...networkFiles, "net.onnx": "" },
    args: onNetwork,
    lines: [/^sre: .*net\.onnx.*: expected .*, got /],
  },
  "truncated ONNX": {
    files: { ...networkFiles, "net.onnx": network.subarray(0, network.length - 40) },
    args: onNetwork,
    lines: [/^sre: .*net\.onnx.*: expected .*, got /],
  },
  "initialiser shorter than its shape": {
    files: { ...networkFiles, "net.onnx": onnx(3, [layer], [{ name: "w", shape: [3, 2], values: [1, 2, 3] }]) },
    args: onNetwork,
    lines: [/^sre: .*w.*: expected .*24.*, got .*12/],
  },
  "NaN weights": {
    files: {
      ...networkFiles,
      "net.onnx": onnx(3, [layer], [{ name: "w", shape: [3, 2], values: [1, NaN, 0, 0, 0, 0] }]),
    },
    args: onNetwork,
    lines: [/^sre: .*: expected .*finite.*, got .*NaN/],
  },
  "infinite weights": {
    files: {
      ...networkFiles,
      "net.onnx": onnx(3, [layer], [{ name: "w", shape: [3, 2], values: [1, Infinity, 0, 0, 0, 0] }]),
    },
    args: onNetwork,
    lines: [/^sre: .*: expected .*finite.*, got .*Infinity/],
  },
  "inputs of the wrong shape": {
    files: { ...networkFiles, "x.npy": npy("f4", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) },
    args: onNetwork,
    lines: [/^sre: x\.npy.*: expected .*3.*, got .*2.*4/],
  },
  "inputs of the wrong dtype": {
    files: {
      ...networkFiles,
      "x.npy": new Uint8Array(
        Buffer.from(goodInputs)
          .toString("latin1")
          .replace("<f4", "<c8")
          .split("")
          .map((c) => c.charCodeAt(0)),
      ),
    },
    args: onNetwork,
    lines: [/^sre: x\.npy.*: expected .*, got .*c8/],
  },
  "a label that is no class": {
    files: { ...networkFiles, "y.npy": npy("i8", [2], [1, 2]) },
    args: [...onNetwork, "--labels", "y.npy"],
    lines: [/^sre: y\.npy\[1\]: expected class in 0\.\.1, got 2$/],
  },
  "an input that is no number": {
    files: { ...networkFiles, "x.npy": npy("f4", [2, 3], [1, 2, NaN, 4, 5, 6]) },
    args: onNetwork,
    lines: [/^sre: x\.npy: expected finite activations, got NaN at element 2$/],
  },
  "a weight out of range, by row and column": {
    files: { ...matrixFiles, "w.npy": npy("i2", [3, 2], [0, 0, 0, 999, 0, 0]) },
    args: [...onMatrices, "--set", "precision.weightBits=8"],
    lines: [/^sre: w\.npy\[1, 1\]: expected weights within -128 … 127 .*, got 999$/],
  },
  "more threads than the memory has room for": {
    files: matrixFiles,
    args: [...onMatrices, "--threads", "9999"],
    lines: [/^sre: --threads: expected integer in 1\.\.64 or "auto", got 9999$/],
  },
  "labels of the wrong count": {
    files: { ...networkFiles, "y.npy": npy("i8", [3], [0, 1, 0]) },
    args: [...onNetwork, "--labels", "y.npy"],
    lines: [/^sre: y\.npy.*: expected .*2.*, got .*3/],
  },
  "inputs that are missing": {
    files: { "net.onnx": network },
    args: ["net.onnx"],
    lines: [/^sre: --inputs: expected a file, or --synthetic-inputs SEED, got nothing$/],
  },
  "unknown config key": {
    files: { ...matrixFiles, "c.yaml": "schema: 1\nou:\n  rwos: 8\n" },
    args: [...onMatrices, "--config", "c.yaml"],
    lines: [/^sre: c\.yaml:3:3 ou\.rwos: expected .*did you mean "ou\.rows"\?.*, got unknown key$/],
  },
  "ou.rows above crossbar.rows": {
    files: { ...matrixFiles, "c.yaml": "ou:\n  rows: 256\n" },
    args: [...onMatrices, "--config", "c.yaml"],
    lines: [/^sre: c\.yaml:2:9 ou\.rows: expected integer in 1\.\.128 \(crossbar\.rows\), got 256$/],
  },
  "weights out of the precision's range": {
    files: { ...matrixFiles, "w.npy": npy("i2", [3, 2], [1, 0, 2, 0, 8, 1]) },
    args: [...onMatrices, "--set", "precision.weightBits=4"],
    lines: [/^sre: w\.npy.*: expected .*-8.*7.*, got .*8/],
  },
  "activations out of the precision's range": {
    files: matrixFiles,
    args: [...onMatrices, "--set", "precision.activationBits=2"],
    lines: [/^sre: x\.npy.*: expected .*0.*3.*, got .*[456]/],
  },
  "activations of another width": {
    files: { ...matrixFiles, "x.npy": npy("i2", [2, 2], [1, 2, 3, 4]) },
    args: onMatrices,
    lines: [/^sre: x\.npy.*: expected .*3.*, got .*2/],
  },
  "an npy that lies about its shape": {
    files: { ...matrixFiles, "w.npy": npy("i2", [30, 2], sixWeights) },
    args: onMatrices,
    lines: [/^sre: w\.npy.*: expected .*, got /],
  },
  "an IDX that lies about its shape": {
    files: { ...networkFiles, "x.idx": idx([9, 3], [1, 2, 3]) },
    args: ["net.onnx", "--inputs", "x.idx"],
    lines: [/^sre: x\.idx.*: expected .*, got /],
  },
  "a member that is not in the archive": {
    files: { ...matrixFiles, "a.npz": new Uint8Array(Buffer.from("PK\x05\x06".padEnd(22, "\0"), "latin1")) },
    args: ["--weights", "a.npz:w", "--activations", "x.npy"],
    lines: [/^sre: a\.npz.*: expected .*, got /],
  },
  "several faults, one line each": {
    files: { "c.yaml": "adc: { bits: 0 }" },
    args: [...onMatrices, "--config", "c.yaml", "--schemes", "orc,dfo", "--threads", "none", "--seed", "-1"],
    lines: [
      /^sre: --schemes: expected some of naive,.*, got "dfo"$/,
      /^sre: --seed: expected integer ≥ 0, got "-1"$/,
      /^sre: --threads: expected integer ≥ 1 or "auto", got "none"$/,
      /^sre: c\.yaml:1:14 adc\.bits: expected .*, got 0$/,
      /^sre: w\.npy: expected .*, got no such file$/,
      /^sre: x\.npy: expected .*, got no such file$/,
    ],
  },
  "a network that the zoo does not have": {
    files: {},
    args: ["zoo:vgg-16"],
    lines: [/^sre: zoo: expected a network of the zoo \(did you mean "vgg16"\?\), got "vgg-16"$/],
  },
  "a variant that a network does not have": {
    files: {},
    args: ["zoo:caffenet@gls"],
    lines: [/^sre: zoo: expected a variant of caffenet \(ssl, gsl, dense\), got "gls"$/],
  },
  "inputs for a network of the zoo": {
    files: networkFiles,
    args: ["zoo:lenet5", "--inputs", "x.idx", "--labels", "y.npy"],
    lines: [
      /^sre: --inputs: expected no such option beside zoo:NAME, got x\.idx$/,
      /^sre: --labels: expected no such option beside zoo:NAME, got y\.npy$/,
    ],
  },
  "nothing to simulate": {
    files: {},
    args: [],
    lines: [/^sre: INPUT: expected an \.onnx file, zoo:NAME, or --weights and --activations, got nothing$/],
  },
  "unknown option": { files: matrixFiles, args: [...onMatrices, "--verfy"], lines: [/^sre: .*--verfy.*--verify/] },
};

test.each(Object.entries(cases))("%s: exit 2, one line a fault, nothing written", async (_, { files, args, lines }) => {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const { code, stdout, stderr } = await sre(folder, ["run", ...args, "--out", "run", "--outputs", "out.npz"]);
  const found = stderr.trimEnd().split("\n");
  expect(found).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(namesIn(folder)).toEqual(Object.keys(files).sort());
});

test("LeNet-5 cut in half is refused", async () => {
  const folder = emptyFolder();
  const whole = readFileSync(join(lenet5, "lenet5-ssl.onnx"));
  writeFileSync(join(folder, "half.onnx"), whole.subarray(0, whole.length / 2));
  const { code, stderr } = await sre(folder, [
    "run",
    "half.onnx",
    "--inputs",
    join(lenet5, "digits.idx3"),
    "--out",
    "o",
  ]);
  expect(stderr).toMatch(/^sre: .*half\.onnx.*: expected .*, got .*\n$/);
  expect(code).toBe(2);
  expect(namesIn(folder)).toEqual(["half.onnx"]);
});

test("--debug adds the stack", async () => {
  const { code, stderr } = await sre(emptyFolder(), ["run", "absent.onnx", "--debug"]);
  expect(stderr).toMatch(/\n {4}at /);
  expect(code).toBe(2);
});
