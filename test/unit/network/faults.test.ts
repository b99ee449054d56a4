import { describe, expect, test } from "vitest";

import { openNetwork } from "../../../src/stages/network/index.ts";
import type { NetworkFile } from "../../../src/stages/network/index.ts";
import { faultLines } from "../../helpers/faults.ts";
import { graph, model, modelOf, node, rawTensor, tensor, tensorWith } from "../../helpers/onnx.ts";
import type { GraphParts } from "../../helpers/onnx.ts";

/** Fault lines of opening a file; fails when it opens. */
async function faultsOf(file: Uint8Array | GraphParts, readExternal?: NetworkFile["readExternal"]): Promise<string[]> {
  const bytes = file instanceof Uint8Array ? file : model(file);
  const network = { name: "net.onnx", model: bytes, ...(readExternal ? { readExternal } : {}) };
  return faultLines(openNetwork(network, { batchNorm: "fold" }));
}

/** At the end of each model: tag and length, domain "com.microsoft", version. Before it: the same with domain "". */
const MICROSOFT_OPSET_BYTES = 2 + 2 + 13 + 2;
const STANDARD_OPSET_BYTES = 2 + 2 + 2;

const w = tensor("w", [2, 2], [1, 2, 3, 4]);
const matMul = node("MatMul", ["x", "w"], ["y"], {}, "mm");
const io = { inputs: { x: ["n", 2] }, outputs: ["y"] };
const sound: GraphParts = { ...io, nodes: [matMul], initializers: [w] };

describe("files that are no network", () => {
  test("the sound network of these tests opens", async () => {
    await expect(openNetwork({ name: "n", model: model(sound) }, { batchNorm: "fold" })).resolves.toBeDefined();
  });

  test.each([
    ["empty", new Uint8Array(0), /an ONNX model, got an empty file/],
    ["text", new TextEncoder().encode("hello, this is not a network"), /ONNX model, got/],
    ["zeros", new Uint8Array(64), /whole ONNX model, got 64 bytes/],
    ["only a version", Uint8Array.of(8, 8), /an ONNX model, got 2 bytes without a graph/],
  ])("%s", async (_title, bytes, expected) => {
    const [line, ...more] = await faultsOf(bytes);
    expect(line).toMatch(/^net\.onnx: expected /);
    expect(line).toMatch(expected);
    expect(more).toEqual([]);
  });

  test("cut off anywhere", async () => {
    const bytes = model(sound);
    // Behind the first operator set only the second one is lost, which this network does not use.
    const enough = bytes.length - MICROSOFT_OPSET_BYTES;
    for (let length = 0; length < enough; length++) {
      const [line] = await faultsOf(bytes.slice(0, length));
      expect(line).toMatch(/^net\.onnx: expected (an|a whole) ONNX model/);
    }
  });
});

describe("faults of the graph", () => {
  test.each<[string, GraphParts, string]>([
    [
      "no input",
      { ...sound, inputs: {}, nodes: [node("MatMul", ["w", "w"], ["y"])] },
      "net.onnx: expected a graph input, got none",
    ],
    ["two inputs", { ...sound, inputs: { x: ["n", 2], z: ["n", 2] } }, "net.onnx: expected one graph input, got x, z"],
    ["no output", { ...sound, outputs: [] }, "net.onnx: expected a graph output, got none"],
    [
      "dangling name",
      { ...sound, nodes: [node("MatMul", ["q", "w"], ["y"], {}, "mm")] },
      "net.onnx, node mm: expected inputs that exist, got unknown tensor q",
    ],
    [
      "unknown output",
      { ...sound, outputs: ["z"] },
      "net.onnx, graph output z: expected a tensor that exists, got none of that name",
    ],
    [
      "duplicate initialiser",
      { ...sound, initializers: [w, w] },
      "net.onnx, initialiser w: expected a name of its own, got the same name twice",
    ],
    [
      "two producers",
      { ...sound, nodes: [matMul, node("Relu", ["x"], ["y"])] },
      "net.onnx, tensor y: expected one producer, got two",
    ],
    [
      "cycle",
      {
        ...sound,
        nodes: [
          node("Add", ["x", "b"], ["a"], {}, "first"),
          node("Relu", ["a"], ["b"]),
          node("MatMul", ["b", "w"], ["y"]),
        ],
      },
      "net.onnx: expected a graph without cycles, got a cycle through node Relu_1",
    ],
    [
      "short initialiser",
      { ...sound, initializers: [tensor("w", [2, 2], [1, 2, 3])] },
      "net.onnx, initialiser w: expected 16 bytes for shape [2,2] of float, got 12 bytes",
    ],
    [
      "long initialiser",
      { ...sound, initializers: [tensor("w", [2, 2], [1, 2, 3, 4, 5])] },
      "net.onnx, initialiser w: expected 16 bytes for shape [2,2] of float, got 20 bytes",
    ],
    [
      "short int64_data",
      { ...sound, initializers: [w, tensorWith({ name: "s", dims: [3n], dataType: 7, int64Data: [1n] })] },
      "net.onnx, initialiser s: expected 3 values for shape [3] of int64, got 1 values",
    ],
    [
      "no data",
      { ...sound, initializers: [tensorWith({ name: "w", dims: [2n, 2n], dataType: 1 })] },
      "net.onnx, initialiser w: expected 16 bytes for shape [2,2] of float, got 0 bytes",
    ],
    [
      "negative size",
      { ...sound, initializers: [tensor("w", [-2, 2], [])] },
      "net.onnx, initialiser w: expected a shape of non-negative integers, got [-2,2]",
    ],
    [
      "unknown data type",
      { ...sound, initializers: [rawTensor("w", [2, 2], 99, new Uint8Array(4))] },
      "net.onnx, initialiser w: expected a supported data type, got data type 99",
    ],
    [
      "NaN weights",
      { ...sound, initializers: [tensor("w", [2, 2], [1, 2, NaN, 4])] },
      "net.onnx, node mm, weights w: expected finite weights, got NaN at index 2",
    ],
    [
      "infinite weights",
      { ...sound, initializers: [tensor("w", [2, 2], [1, 2, 3, -Infinity])] },
      "net.onnx, node mm, weights w: expected finite weights, got -Infinity at index 3",
    ],
    [
      "groups",
      {
        ...sound,
        nodes: [node("Conv", ["x", "w"], ["y"], { group: 2 }, "c")],
        initializers: [tensor("w", [3, 1, 1, 1], [1, 2, 3])],
      },
      "net.onnx, node c, group: expected a divisor of the 3 filters, got 2",
    ],
    [
      "strides",
      {
        ...sound,
        nodes: [node("Conv", ["x", "w"], ["y"], { strides: [0, 1] }, "c")],
        initializers: [tensor("w", [1, 1, 1, 1], [1])],
      },
      "net.onnx, node c, strides: expected 2 integers in 1..2147483647, got [0,1]",
    ],
    [
      "bias",
      {
        ...sound,
        nodes: [node("Gemm", ["x", "w", "b"], ["y"], {}, "g")],
        initializers: [w, tensor("b", [3], [1, 2, 3])],
      },
      "net.onnx, node g: expected C of 2 values, got [3]",
    ],
  ])("%s", async (_title, parts, line) => {
    expect(await faultsOf(parts)).toEqual([line]);
  });

  test("no opset", async () => {
    const bytes = modelOf(graph(sound));
    // Both opset entries follow the graph.
    const cut = bytes.slice(0, bytes.length - MICROSOFT_OPSET_BYTES - STANDARD_OPSET_BYTES);
    expect(await faultsOf(cut)).toEqual(["net.onnx: expected an ONNX model with opset_import, got none (truncated?)"]);
  });

  test("all faults are told at once", async () => {
    const lines = await faultsOf({
      ...io,
      nodes: [
        node("MatMul", ["x", "nan"], ["a"], {}, "m1"),
        node("MatMul", ["a", "short"], ["y"], {}, "m2"),
        node("Relu", ["gone"], ["r"]),
      ],
      initializers: [tensor("nan", [2, 2], [1, NaN, 3, 4]), tensor("short", [2, 2], [1])],
    });
    expect(lines).toEqual([
      "net.onnx, node Relu_2: expected inputs that exist, got unknown tensor gone",
      "net.onnx, initialiser short: expected 16 bytes for shape [2,2] of float, got 4 bytes",
      "net.onnx, node m1, weights nan: expected finite weights, got NaN at index 1",
    ]);
  });
});

describe("faults of external data", () => {
  const external = (entries: Record<string, string>): GraphParts => ({
    ...sound,
    initializers: [
      tensorWith({
        ...{ name: "w", dims: [2n, 2n], dataType: 1, dataLocation: 1 },
        externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      }),
    ],
  });
  const never = () => Promise.reject(new Error("must not be read"));

  test.each(["/etc/passwd", "../up.bin", "a/../../b.bin", "C:\\w.bin", "\\\\host\\w.bin", "a\\..\\..\\b.bin"])(
    "location %s leaves the folder",
    async (location) => {
      const lines = await faultsOf(external({ location }), never);
      expect(lines).toEqual([
        `net.onnx, initialiser w: expected external data in the model's own folder, got ${JSON.stringify(location)}`,
      ]);
    },
  );

  test.each<[string, Record<string, string>, NetworkFile["readExternal"], string]>([
    ["no location", {}, never, "expected an external data location, got none"],
    [
      "no reader",
      { location: "w.bin" },
      undefined,
      "expected external data file w.bin, got a model without its folder",
    ],
    [
      "missing",
      { location: "w.bin" },
      () => Promise.reject(new Error("no such file")),
      "expected external data file w.bin, got no such file",
    ],
    [
      "short",
      { location: "w.bin", offset: "4" },
      () => Promise.resolve(new Uint8Array(12)),
      "expected 16 bytes at offset 4 of w.bin, got 12 bytes",
    ],
    ["wrong length", { location: "w.bin", length: "12" }, never, "expected 16 bytes of external data, got 12"],
  ])("%s", async (_title, entries, read, expected) => {
    expect(await faultsOf(external(entries), read)).toEqual([`net.onnx, initialiser w: ${expected}`]);
  });
});
