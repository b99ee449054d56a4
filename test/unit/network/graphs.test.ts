import { describe, expect, test } from "vitest";

import { openNetwork } from "../../../src/stages/network/index.ts";
import { noiseTensor, worstDifference } from "../../helpers/floatTensor.ts";
import { graph, int64Tensor, model, node, noise, rawTensor, tensor } from "../../helpers/onnx.ts";
import type { GraphParts } from "../../helpers/onnx.ts";
import { evaluateFloat } from "./floatLayer.ts";

function open(parts: GraphParts, batchNorm: "fold" | "digital" = "fold") {
  return openNetwork({ name: "test.onnx", model: model(parts) }, { batchNorm });
}

/** Residual add, concat, computed reshape, global pooling, normalisation, softmax; the last layers share a tensor. */
const mixed = (batch: number | string): GraphParts => ({
  inputs: { x: [batch, 3, 8, 8] },
  outputs: ["y"],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c1"], { pads: [1, 1, 1, 1] }, "conv1"),
    node("BatchNormalization", ["c1", "scale", "shift", "mean", "var"], ["n1"]),
    node("Relu", ["n1"], ["r1"]),
    node("Conv", ["r1", "w2"], ["c2"], { pads: [1, 1, 1, 1], group: 2 }, "conv2"),
    node("Add", ["c2", "r1"], ["sum"]),
    node("Relu", ["sum"], ["r2"]),
    node("Conv", ["r2", "w3"], ["c3"], {}, "conv3"),
    node("Conv", ["r2", "w4"], ["c4"], {}, "conv4"),
    node("Concat", ["c3", "c4"], ["cat"], { axis: 1 }),
    node("GlobalAveragePool", ["r2"], ["pooled"]),
    node("Flatten", ["pooled"], ["flat"]),
    node("Shape", ["cat"], ["shape"]),
    node("Constant", [], ["zero"], { value: int64Tensor("", [1], [0]) }),
    node("Gather", ["shape", "zero"], ["n"]),
    node("Concat", ["n", "minusOne"], ["target"], { axis: 0 }),
    node("Reshape", ["cat", "target"], ["long"]),
    node("Gemm", ["long", "w5"], ["f5"], {}, "fc5"),
    node("Gemm", ["flat", "w6"], ["f6"], { transB: 1 }, "fc6"),
    node("Add", ["f5", "f6"], ["logits"]),
    node("Softmax", ["logits"], ["y"], { axis: -1 }),
  ],
  initializers: [
    tensor("w1", [4, 3, 3, 3], noise(108, 1)),
    tensor("b1", [4], noise(4, 2)),
    ...["scale", "shift", "mean"].map((name, i) => tensor(name, [4], noise(4, 30 + i))),
    tensor("var", [4], [0.5, 1, 2, 3]),
    tensor("w2", [4, 2, 3, 3], noise(72, 3)),
    tensor("w3", [2, 4, 1, 1], noise(8, 4)),
    tensor("w4", [3, 4, 1, 1], noise(12, 5)),
    tensor("w5", [320, 6], noise(1920, 6)),
    tensor("w6", [6, 4], noise(24, 7)),
    int64Tensor("minusOne", [1], [-1]),
  ],
});

describe("a network with branches and computed shapes", () => {
  test.each(["fold", "digital"] as const)(
    "inferWith an exact evaluator is the float network, %s",
    async (batchNorm) => {
      const network = await open(mixed("n"), batchNorm);
      expect(network.layers.map((layer) => layer.name)).toEqual(["conv1", "conv2", "conv3", "conv4", "fc5", "fc6"]);
      const batch = noiseTensor([5, 3, 8, 8]);
      const { activations, output } = await network.infer(batch);
      expect([...activations.keys()].sort()).toEqual(["flat", "long", "r1", "r2", "x"]);
      expect(activations.get("x")).toEqual(batch);
      const evaluated: string[] = [];
      const result = await network.inferWith(batch, (layer, input) => {
        evaluated.push(layer.name);
        // The mixed run feeds each layer what the float run shows.
        expect(worstDifference(input, activations.get(layer.inputTensor)!)).toBeLessThan(1e-4);
        return evaluateFloat(layer, input);
      });
      expect(evaluated).toEqual(network.layers.map((layer) => layer.name));
      expect(worstDifference(result, output)).toBeLessThan(1e-4);
      // Cached sessions give the same again, and the evaluator is really used.
      expect(await network.inferWith(batch, evaluateFloat)).toEqual(result);
      const zeroed = await network.inferWith(batch, (layer, input) => {
        const { shape, values } = evaluateFloat(layer, input);
        return { shape, values: values.fill(0) };
      });
      expect(worstDifference(zeroed, output)).toBeGreaterThan(0.01);
      await network.dispose();
    },
  );

  test.each([1, 2])("a fixed batch of %i is run in slices", async (fixed) => {
    const batch = noiseTensor([5, 3, 8, 8]);
    const whole = await (await open(mixed("n"))).infer(batch);
    const network = await open(mixed(fixed));
    expect(network.input.shape[0]).toBe(fixed);
    const sliced = await network.infer(batch);
    expect(worstDifference(sliced.output, whole.output)).toBeLessThan(1e-5);
    for (const [name, tensorOfWhole] of whole.activations) {
      expect(worstDifference(sliced.activations.get(name)!, tensorOfWhole)).toBeLessThan(1e-5);
    }
    expect(worstDifference(await network.inferWith(batch, evaluateFloat), whole.output)).toBeLessThan(1e-4);
  });

  test("what the first output does not need is not evaluated", async () => {
    const network = await open({
      inputs: { x: ["n", 2] },
      outputs: ["a", "b"],
      nodes: [node("MatMul", ["x", "w"], ["a"], {}, "used"), node("MatMul", ["x", "w"], ["b"], {}, "unused")],
      initializers: [tensor("w", [2, 2], [1, 2, 3, 4])],
    });
    const names: string[] = [];
    const result = await network.inferWith({ shape: [1, 2], values: Float32Array.of(1, 10) }, (layer, input) => {
      names.push(layer.name);
      return evaluateFloat(layer, input);
    });
    expect(names).toEqual(["used"]);
    expect([...result.values]).toEqual([31, 42]);
  });

  test("nodes out of order, constants as output of constants, and a body that reads outer tensors", async () => {
    const body = (op: string) =>
      graph({ inputs: {}, outputs: [`${op}_out`], nodes: [node(op, ["m", "outer"], [`${op}_out`])] });
    const network = await open({
      inputs: { x: ["n", 2] },
      outputs: ["y"],
      nodes: [
        node("If", ["condition"], ["y"], { then_branch: body("Add"), else_branch: body("Sub") }),
        node("MatMul", ["x", "wi"], ["m"], {}, "mm"),
        node("Relu", ["x"], ["outer"]),
        node("Identity", ["wc"], ["wi"]),
        node("Constant", [], ["wc"], { value: tensor("", [2, 2], [1, 0, 0, 1]) }),
      ],
      initializers: [rawTensor("condition", [], 9, Uint8Array.of(1))],
    });
    expect(network.layers.map((layer) => layer.name)).toEqual(["mm"]);
    const batch = { shape: [1, 2], values: Float32Array.of(-1, 3) };
    expect([...(await network.infer(batch)).output.values]).toEqual([-1, 6]);
    expect([...(await network.inferWith(batch, evaluateFloat)).values]).toEqual([-1, 6]);
  });
});
