import { describe, expect, test } from "vitest";
import { parseConfig, simulate } from "../../src/index.ts";
import { openNetwork } from "../../src/stages/network/index.ts";
import { faultLines } from "../helpers/faults.ts";
import { model, node, rawTensor, tensor } from "../helpers/onnx.ts";
import type { GraphParts } from "../helpers/onnx.ts";

const open = (parts: GraphParts | Uint8Array) =>
  openNetwork({ name: "net.onnx", model: parts instanceof Uint8Array ? parts : model(parts) }, { batchNorm: "fold" });

const w = tensor("w", [2, 2], [1, 2, 3, 4]);
const matMul = node("MatMul", ["x", "w"], ["y"], {}, "mm");
const sound: GraphParts = { inputs: { x: ["n", 2] }, outputs: ["y"], nodes: [matMul], initializers: [w] };

function simulated(parts: GraphParts): Promise<unknown> {
  return simulate({
    workload: { kind: "network", name: "net.onnx", model: model(parts), syntheticInputsSeed: 1 },
    config: parseConfig([], []),
    source: { source: "net.onnx", sha256: "" },
    ...{ schemes: ["naive", "orc-dof"], seed: 0, samples: 1, verifyWindows: 1 },
  });
}

describe("shapes", () => {
  const shaped = (dims: readonly number[]): GraphParts => ({
    ...sound,
    initializers: [rawTensor("w", dims, 1, new Uint8Array(16))],
  });

  test.each([
    ["product above 2^31", [65536, 65536], "17179869184 bytes"],
    ["product above 2^53", [2 ** 40, 2 ** 40], "bytes for shape"],
    ["product that wraps to 4 in 64 bits", [2 ** 33, 2 ** 33 + 2 ** 31], "bytes for shape"],
    ["negative", [-2, -2], "a shape of non-negative integers, got [-2,-2]"],
    ["a size that is no safe integer", [2 ** 53, 0], "a shape of non-negative integers"],
  ])("of an initialiser: %s", async (_title, dims, message) => {
    const [line] = await faultLines(open(shaped(dims)));
    expect(line).toContain("net.onnx, initialiser w: expected ");
    expect(line).toContain(message);
  });

  test("of an initialiser: zero is no layer, and the network opens", async () => {
    const { layers, skipped } = await open({ ...sound, initializers: [rawTensor("w", [2, 0], 1, new Uint8Array(0))] });
    expect(layers).toEqual([]);
    expect(skipped).toEqual([{ name: "mm", op: "MatMul", reason: "weights empty" }]);
  });

  test.each<[string, (number | string)[], RegExp]>([
    [
      "a sample that cannot be drawn",
      ["n", 2 ** 31],
      /^synthetic inputs: expected .* of at most \d+ values, got \[1,2147483648\]$/,
    ],
    ["samples without end", ["n", 2 ** 40, 2 ** 40], /^synthetic inputs: expected .* of at most \d+ values/],
    [
      "a fixed batch that cannot be held",
      [2 ** 33, 2],
      /^inputs: expected a fixed batch of at most \d+ values, got \[8589934592,2\]$/,
    ],
    ["zero", ["n", 0, 2], /^net\.onnx: expected a network that ONNX Runtime can run, got .*invalid dimensions/],
  ])("of the input: %s", async (_title, x, line) => {
    expect((await faultLines(simulated({ ...sound, inputs: { x } })))[0]).toMatch(line);
  });

  test.each([
    ["strides", [2 ** 53 - 1, 1]],
    ["dilations", [2 ** 31, 1]],
    ["pads", [2 ** 40, 0, 0, 0]],
  ])("of a convolution: %s", async (name, values) => {
    const conv = node("Conv", ["x", "k"], ["y"], { [name]: values }, "c");
    const parts = {
      ...sound,
      inputs: { x: ["n", 1, 4, 4] },
      nodes: [conv],
      initializers: [tensor("k", [1, 1, 1, 1], [1])],
    };
    const [line] = await faultLines(open(parts));
    expect(line).toMatch(
      new RegExp(`^net\\.onnx, node c, ${name}: expected \\d integers in [01]\\.\\.2147483647, got`),
    );
  });
});

describe("values", () => {
  test.each([
    ["NaN", NaN],
    ["infinity", Infinity],
  ])("%s as the scalar of a Gemm is no weight", async (_title, alpha) => {
    const gemm = node("Gemm", ["x", "w"], ["y"], { alpha: { float: alpha } }, "g");
    expect(await faultLines(open({ ...sound, nodes: [gemm] }))).toEqual([
      `net.onnx, node g, alpha · weights: expected finite weights, got ${alpha} at index 0`,
    ]);
  });

  test("a tensor without a name is not what an omitted operand means", async () => {
    const integers = rawTensor("q", [2, 2], 3, Uint8Array.of(1, 2, 3, 4));
    const scale = tensor("s", [], [0.5]);
    const unnamed = rawTensor("", [8], 11, new Uint8Array(64).fill(64));
    const nodes = [node("DequantizeLinear", ["q", "s"], ["w"]), matMul];
    const { layers } = await open({ ...sound, nodes, initializers: [integers, scale, unnamed] });
    expect(layers[0]!.weights).toEqual(Float32Array.of(0.5, 1, 1.5, 2));
  });
});

describe("graphs", () => {
  test("a cycle of one node, and one through ten thousand", async () => {
    const loop = node("Relu", ["a"], ["a"], {}, "self");
    expect(await faultLines(open({ ...sound, nodes: [matMul, loop] }))).toEqual([
      "net.onnx: expected a graph without cycles, got a cycle through node self",
    ]);
    const ring = Array.from({ length: 10_000 }, (_, i) =>
      node("Relu", [`r${i}`], [`r${(i + 1) % 10_000}`], {}, `n${i}`),
    );
    expect(await faultLines(open({ ...sound, nodes: [matMul, ...ring] }))).toEqual([
      expect.stringMatching(/^net\.onnx: expected a graph without cycles, got a cycle through node n\d+$/),
    ]);
  });

  test("an initialiser given twice, and one that a node makes, too", async () => {
    expect(await faultLines(open({ ...sound, initializers: [w, w] }))).toEqual([
      "net.onnx, initialiser w: expected a name of its own, got the same name twice",
    ]);
    expect(await faultLines(open({ ...sound, nodes: [matMul, node("Relu", ["x"], ["w"])] }))).toEqual([
      "net.onnx, tensor w: expected one producer, got two",
    ]);
  });

  const gemms = (count: number): GraphParts => ({
    inputs: { x: ["n", 2] },
    outputs: [`t${count}`],
    nodes: Array.from({ length: count }, (_, i) =>
      i % 2 === 1
        ? node("Relu", [`t${i}`], [`t${i + 1}`])
        : node("Gemm", [i === 0 ? "x" : `t${i}`, `w${i}`], [`t${i + 1}`]),
    ),
    initializers: Array.from({ length: count }, (_, i) => tensor(`w${i}`, [2, 2], [0.1, 0.2, 0.3, 0.1])),
  });
  const star = (count: number): GraphParts => ({
    ...sound,
    nodes: [matMul, ...Array.from({ length: count }, (_, i) => node("MatMul", ["x", "w"], [`t${i}`]))],
  });
  const sum = (count: number): GraphParts => ({
    ...sound,
    nodes: [
      node(
        "Sum",
        Array.from({ length: count }, (_, i) => `t${i}`),
        ["y"],
      ),
      ...Array.from({ length: count }, (_, i) => node("MatMul", ["x", "w"], [`t${i}`])),
    ],
  });

  test.each([
    ["one after the other, each with weights of its own", gemms(10_000), 5000],
    ["the same, last one first", { ...gemms(10_000), nodes: [...gemms(10_000).nodes].reverse() }, 5000],
    ["side by side at one tensor", star(10_000), 10_001],
    ["all into one node", sum(10_000), 10_000],
  ])("ten thousand nodes: %s", async (_title, parts, layerCount) => {
    expect((await open(parts)).layers).toHaveLength(layerCount);
  });

  test("a hundred and fifty thousand tensors into one node", async () => {
    expect((await open(sum(150_000))).layers).toHaveLength(150_000);
  });

  test("two thousand subgraphs in each other are refused", async () => {
    // From inside out: a graph (field 6) in an attribute (5) in a node (1).
    let body: number[] = [];
    for (let depth = 0; depth < 2000; depth++)
      for (const field of [6, 5, 1]) body = [(field << 3) | 2, ...lengthOf(body), ...body];
    const graphField = [(7 << 3) | 2, ...lengthOf(body), ...body];
    const bytes = new Uint8Array([...model(sound), ...graphField]);
    expect((await faultLines(open(bytes)))[0]).toMatch(
      /^net\.onnx: expected a whole ONNX model, got .*messages in each other, more than 100\)$/,
    );
  });

  test("groups, which no model has, are not followed", async () => {
    const bytes = new Uint8Array([
      ...model(sound),
      ...new Array<number>(100_000).fill((99 << 3) | 3).flatMap((tag) => [(tag & 127) | 128, tag >> 7]),
    ]);
    expect((await faultLines(open(bytes)))[0]).toMatch(
      /^net\.onnx: expected a whole ONNX model, got .*a group at field 99\)$/,
    );
  });

  test("a field that is longer than its message is not taken from behind it", async () => {
    // The graph says that it is three bytes shorter than its last field says.
    const bytes = model(sound);
    const graph = bytes.indexOf((7 << 3) | 2);
    bytes[graph + 1]! -= 3;
    expect((await faultLines(open(bytes)))[0]).toMatch(
      /^net\.onnx: expected a whole ONNX model, got .*behind its message\)$/,
    );
  });
});

function lengthOf(body: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
