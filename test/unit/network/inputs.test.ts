import { describe, expect, test } from "vitest";

import { InputError } from "../../../src/model/base/errors.ts";
import { checkInputs, openNetwork } from "../../../src/stages/network/index.ts";
import { int64Tensor, model, node, tensor } from "../../helpers/onnx.ts";
import type { GraphParts } from "../../helpers/onnx.ts";

const w = tensor("w", [2, 2], [1, 2, 3, 4]);
const matMul = node("MatMul", ["x", "w"], ["y"], {}, "mm");
const io = { inputs: { x: ["n", 2] }, outputs: ["y"] };
const sound: GraphParts = { ...io, nodes: [matMul], initializers: [w] };

describe("inputs", () => {
  const input = { name: "x", shape: [null, 1, 28, 28] };

  test.each([
    [[3, 28, 28], "[3,28,28]"],
    [[3, 1, 28, 27], "[3,1,28,27]"],
    [[0, 1, 28, 28], "[0,1,28,28]"],
    [[784], "[784]"],
  ])("of shape %j are refused", (shape, got) => {
    expect(() => checkInputs({ shape, dtype: "f4" }, input)).toThrow(`inputs: expected shape [n,1,28,28], got ${got}`);
  });

  test("of another dtype are refused, with the place of the file", () => {
    expect(() => checkInputs({ shape: [1, 1, 28, 28], dtype: "f8" }, input, "x.npy")).toThrow(
      "x.npy: expected dtype f4 (float32) or u1 (pixels), got f8",
    );
  });

  test("that fit are taken, any size where the network leaves it open", () => {
    checkInputs({ shape: [5, 1, 28, 28], dtype: "u1" }, input);
    checkInputs({ shape: [5, 1, 3, 9] }, { name: "x", shape: [1, 1, null, null] });
  });

  test("are checked by infer and inferWith", async () => {
    const network = await openNetwork({ name: "n", model: model(sound) }, { batchNorm: "fold" });
    const batch = { shape: [1, 3], values: new Float32Array(3) };
    await expect(network.infer(batch)).rejects.toThrow("inputs: expected shape [n,2], got [1,3]");
    await expect(network.inferWith(batch, () => batch)).rejects.toThrow("inputs: expected shape [n,2], got [1,3]");
  });
});

describe("what ONNX Runtime refuses", () => {
  const batch = { shape: [1, 2], values: new Float32Array(2) };

  test("an operator that it does not know", async () => {
    const parts = { ...sound, outputs: ["z"], nodes: [matMul, node("NoSuchOp", ["y"], ["z"], {}, "odd")] };
    const network = await openNetwork({ name: "net.onnx", model: model(parts) }, { batchNorm: "fold" });
    await expect(network.infer(batch)).rejects.toThrow(InputError);
    await expect(network.infer(batch)).rejects.toThrow(
      /^net\.onnx.*: expected a network that ONNX Runtime can run, got .*NoSuchOp/,
    );
  });

  test("a node that fails at run time: the reason, without the runtime's source lines", async () => {
    const reshape = node("Reshape", ["y", "to"], ["z"], {}, "bend");
    const parts = {
      ...sound,
      outputs: ["z"],
      nodes: [matMul, reshape],
      initializers: [w, int64Tensor("to", [1], [7])],
    };
    const network = await openNetwork({ name: "net.onnx", model: model(parts) }, { batchNorm: "fold" });
    await expect(network.infer(batch)).rejects.toThrow(
      /^net\.onnx: expected a network that ONNX Runtime can run, got (?!.*\.h:\d).*Input shape:\{1,2\}, requested shape:\{7\}/,
    );
  });

  test("an evaluator that returns too little is a programming error", async () => {
    const network = await openNetwork({ name: "net.onnx", model: model(sound) }, { batchNorm: "fold" });
    await expect(network.inferWith(batch, () => ({ shape: [1], values: new Float32Array(1) }))).rejects.toThrow(
      "evaluator of mm: expected shape [1,2], got [1]",
    );
  });
});
