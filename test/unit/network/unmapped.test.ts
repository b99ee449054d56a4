import { describe, expect, test } from "vitest";

import { openNetwork } from "../../../src/stages/network/index.ts";
import { graph, int64Tensor, model, node, noise, rawTensor, tensor } from "../../helpers/onnx.ts";
import type { GraphParts } from "../../helpers/onnx.ts";
import { noiseTensor, worstDifference } from "../../helpers/floatTensor.ts";
import { evaluateFloat } from "./floatLayer.ts";

const open = (parts: GraphParts) => openNetwork({ name: "test.onnx", model: model(parts) }, { batchNorm: "fold" });

describe("nodes that cannot be mapped", () => {
  const skippedOf = async (parts: GraphParts) => (await open(parts)).skipped;
  const w = tensor("w", [2, 2], [1, 2, 3, 4]);
  const io = { inputs: { x: ["n", 2] }, outputs: ["y"] };

  test("are named with their reasons, and still run digitally", async () => {
    const parts: GraphParts = {
      inputs: { x: ["n", 2, 3, 3] },
      outputs: ["y"],
      nodes: [node("ConvTranspose", ["x", "k"], ["t"], {}, "up"), node("Conv", ["t", "k"], ["y"], {}, "conv")],
      initializers: [tensor("k", [2, 2, 2, 2], noise(16, 3))],
    };
    const network = await open(parts);
    expect(network.skipped).toEqual([{ name: "up", op: "ConvTranspose", reason: "operator not mapped to crossbars" }]);
    const batch = noiseTensor([2, 2, 3, 3]);
    const { output } = await network.infer(batch);
    expect(worstDifference(await network.inferWith(batch, evaluateFloat), output)).toBeLessThan(1e-4);
  });

  test.each<[string, GraphParts, string]>([
    [
      "two computed operands",
      { ...io, inputs: { x: [2, 2] }, nodes: [node("MatMul", ["x", "x"], ["y"], {}, "m")] },
      "both operands computed",
    ],
    [
      "constant on the left",
      { ...io, nodes: [node("MatMul", ["w", "x"], ["y"], {}, "m")], initializers: [w] },
      "the constant operand is on the left",
    ],
    [
      "MatMul with a vector",
      { ...io, nodes: [node("MatMul", ["x", "v"], ["y"], {}, "m")], initializers: [tensor("v", [2], [1, 2])] },
      "weights of shape [2], not a matrix",
    ],
    [
      "Gemm with transA",
      { ...io, nodes: [node("Gemm", ["x", "w"], ["y"], { transA: 1 }, "m")], initializers: [w] },
      "transA",
    ],
    [
      "Gemm with C per row",
      {
        ...io,
        nodes: [node("Gemm", ["x", "w", "c"], ["y"], {}, "m")],
        initializers: [w, tensor("c", [3, 1], [1, 2, 3])],
      },
      "C of shape [3,1] differs by row",
    ],
    [
      "Conv with computed weights",
      { ...io, nodes: [node("Conv", ["x", "x"], ["y"], {}, "m")] },
      "weights x computed, not constant",
    ],
    [
      "3-D Conv",
      { ...io, nodes: [node("Conv", ["x", "k"], ["y"], {}, "m")], initializers: [tensor("k", [1, 1, 1, 1, 1], [1])] },
      "3-D convolution",
    ],
    [
      "integer weights",
      {
        ...io,
        inputType: 7,
        nodes: [node("MatMul", ["x", "i"], ["y"], {}, "m")],
        initializers: [int64Tensor("i", [2, 2], [1, 2, 3, 4])],
      },
      "weights i of type int64",
    ],
    [
      "constant input",
      { ...io, nodes: [node("MatMul", ["w", "w"], ["y"], {}, "m")], initializers: [w] },
      "input w constant",
    ],
    [
      "Einsum",
      { ...io, nodes: [node("Einsum", ["x", "w"], ["y"], { equation: "ij,jk->ik" }, "m")], initializers: [w] },
      "operator not mapped to crossbars",
    ],
    [
      "another domain",
      { ...io, nodes: [node("Conv", ["x", "w"], ["y"], {}, "m", "com.microsoft")], initializers: [w] },
      "operator of domain com.microsoft, not the standard one",
    ],
  ])("%s", async (_title, parts, reason) => {
    expect(await skippedOf(parts)).toMatchObject([{ name: "m", reason }]);
    expect((await open(parts)).layers).toEqual([]);
  });

  test("products inside the body of an If", async () => {
    const body = (out: string) =>
      graph({ inputs: {}, outputs: [out], nodes: [node("MatMul", ["x", "w"], [out], {}, "inner")] });
    const skipped = await skippedOf({
      ...io,
      nodes: [node("If", ["c"], ["y"], { then_branch: body("a"), else_branch: body("b") }, "if")],
      initializers: [w, rawTensor("c", [], 9, Uint8Array.of(1))],
    });
    expect(skipped).toEqual([
      { name: "if/inner", op: "MatMul", reason: "inside a subgraph of if" },
      { name: "if/inner", op: "MatMul", reason: "inside a subgraph of if" },
    ]);
  });

  test("names are made up where there are none, and made unique", async () => {
    const network = await open({
      ...io,
      nodes: [
        node("MatMul", ["x", "w"], ["a"]),
        node("MatMul", ["a", "w"], ["b"], {}, "same"),
        node("MatMul", ["b", "w"], ["y"], {}, "same"),
      ],
      initializers: [w],
    });
    expect(network.layers.map((layer) => layer.name)).toEqual(["MatMul_0", "same", "same#2"]);
  });
});
