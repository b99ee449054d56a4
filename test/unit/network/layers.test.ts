import { describe, expect, test } from "vitest";

import type { FloatTensor } from "../../../src/model/ir/layer.ts";
import type { Network } from "../../../src/model/ir/network.ts";
import { openNetwork } from "../../../src/stages/network/index.ts";
import { float, model, node, noise, tensor } from "../../helpers/onnx.ts";
import type { AttributeValue, GraphParts } from "../../helpers/onnx.ts";
import { evaluateFloat } from "./floatLayer.ts";

async function open(parts: GraphParts, batchNorm: "fold" | "digital" = "fold"): Promise<Network> {
  return openNetwork({ name: "test.onnx", model: model(parts) }, { batchNorm });
}

function expectClose(actual: FloatTensor, expected: FloatTensor, tolerance = 1e-4): void {
  expect(actual.shape).toEqual(expected.shape);
  const worst = actual.values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.values[i]!)), 0);
  expect(worst).toBeLessThan(tolerance);
  expect(expected.values.some((value) => Math.abs(value) > 0.05)).toBe(true);
}

/** One matrix node is the whole network: its plain-loop evaluation must be ONNX Runtime's output. */
async function checkSingleLayer(parts: GraphParts, batchShape: readonly number[]): Promise<Network> {
  const network = await open(parts);
  expect(network.skipped).toEqual([]);
  expect(network.layers).toHaveLength(1);
  const layer = network.layers[0]!;
  const batch = {
    shape: batchShape,
    values: noise(
      batchShape.reduce((a, b) => a * b, 1),
      7,
    ),
  };
  const { activations, output } = await network.infer(batch);
  const evaluated = evaluateFloat(layer, activations.get(layer.inputTensor)!);
  expectClose({ ...evaluated, shape: output.shape }, output);
  expectClose(await network.inferWith(batch, evaluateFloat), output);
  await network.dispose();
  return network;
}

interface ConvCase {
  readonly title: string;
  /** [filters, channels per group, …kernel] */
  readonly kernel: readonly number[];
  readonly input: readonly number[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

const convCases: ConvCase[] = [
  { title: "plain 3x3", kernel: [4, 3, 3, 3], input: [2, 3, 7, 6] },
  { title: "strides 2x3", kernel: [4, 3, 3, 2], input: [2, 3, 9, 11], attributes: { strides: [2, 3] } },
  { title: "dilations 2x1", kernel: [4, 2, 3, 3], input: [1, 2, 9, 8], attributes: { dilations: [2, 1] } },
  { title: "asymmetric pads", kernel: [3, 2, 3, 3], input: [2, 2, 5, 6], attributes: { pads: [0, 1, 2, 3] } },
  { title: "3 groups", kernel: [6, 2, 3, 3], input: [2, 6, 6, 5], attributes: { group: 3, pads: [1, 1, 1, 1] } },
  { title: "depthwise", kernel: [5, 1, 3, 3], input: [2, 5, 6, 6], attributes: { group: 5, strides: [2, 2] } },
  { title: "depthwise with multiplier 2", kernel: [6, 1, 2, 2], input: [1, 3, 5, 5], attributes: { group: 3 } },
  { title: "1x1", kernel: [7, 5, 1, 1], input: [2, 5, 4, 4] },
  {
    title: "everything at once",
    kernel: [8, 2, 3, 2],
    input: [2, 8, 11, 9],
    attributes: { group: 4, strides: [2, 1], dilations: [1, 3], pads: [2, 0, 1, 3] },
  },
  { title: "auto_pad VALID", kernel: [3, 2, 3, 3], input: [1, 2, 6, 6], attributes: { auto_pad: "VALID" } },
  ...["SAME_UPPER", "SAME_LOWER"].flatMap((autoPad) => [
    { title: `${autoPad}, even kernel`, kernel: [3, 2, 4, 2], input: [1, 2, 7, 6], attributes: { auto_pad: autoPad } },
    {
      title: `${autoPad}, stride 2`,
      kernel: [3, 2, 3, 3],
      input: [1, 2, 8, 7],
      attributes: { auto_pad: autoPad, strides: [2, 2] },
    },
    {
      title: `${autoPad}, stride above the kernel`,
      kernel: [3, 2, 2, 2],
      input: [1, 2, 10, 11],
      attributes: { auto_pad: autoPad, strides: [3, 5] },
    },
    {
      title: `${autoPad}, 1-D`,
      kernel: [3, 2, 4],
      input: [1, 2, 9],
      attributes: { auto_pad: autoPad, strides: [2] },
    },
  ]),
  { title: "1-D", kernel: [4, 3, 5], input: [2, 3, 12] },
  {
    title: "1-D, strides, dilations, pads, groups",
    kernel: [4, 2, 3],
    input: [2, 4, 13],
    attributes: { group: 2, strides: [2], dilations: [3], pads: [1, 4] },
  },
];

describe("Conv as matrices equals ONNX Runtime", () => {
  test.each(convCases)("$title", async ({ kernel, input, attributes = {} }) => {
    const count = kernel.reduce((a, b) => a * b, 1);
    const groupCount = (attributes["group"] as number | undefined) ?? 1;
    const network = await checkSingleLayer(
      {
        inputs: { x: ["n", ...input.slice(1)] },
        outputs: ["y"],
        nodes: [node("Conv", ["x", "w", "b"], ["y"], attributes, "conv")],
        initializers: [tensor("w", kernel, noise(count, 3)), tensor("b", [kernel[0]!], noise(kernel[0]!, 5))],
      },
      input,
    );
    const layer = network.layers[0]!;
    expect(layer).toMatchObject({ name: "conv", op: "Conv", groupCount, inputTensor: "x", outputTensor: "y" });
    expect(layer.matrixRows).toBe(count / kernel[0]!);
    expect(layer.matrixCols).toBe(kernel[0]! / groupCount);
    expect(network.input).toEqual({ name: "x", shape: [null, ...input.slice(1)] });
  });

  test("rows follow (channel, kernel row, kernel column), columns the filters of the group", async () => {
    // w[m][c][y][x] = 1000 m + 100 c + 10 y + x
    const values = [0, 1, 2, 3].flatMap((m) =>
      [0, 1].flatMap((c) => [0, 1].flatMap((y) => [0, 1, 2].map((x) => 1000 * m + 100 * c + 10 * y + x))),
    );
    const network = await open({
      inputs: { x: ["n", 4, 5, 5] },
      outputs: ["y"],
      nodes: [node("Conv", ["x", "w"], ["y"], { group: 2 })],
      initializers: [tensor("w", [4, 2, 2, 3], values)],
    });
    const { weights, matrixRows, matrixCols, bias } = network.layers[0]!;
    expect([matrixRows, matrixCols, bias]).toEqual([12, 2, null]);
    // group 1, row (channel 1, y 1, x 2) = 11, col 0 = filter 2
    expect(weights[1 * 24 + 11 * 2 + 0]).toBe(2112);
    // group 0, row (channel 0, y 1, x 0) = 3, col 1 = filter 1
    expect(weights[3 * 2 + 1]).toBe(1010);
  });
});

const gemmCases: { title: string; transB: number; c: readonly number[] | null; alpha?: number; beta?: number }[] = [
  { title: "no C", transB: 0, c: null },
  { title: "transB", transB: 1, c: [5] },
  { title: "alpha and beta", transB: 1, c: [5], alpha: 0.5, beta: -2 },
  { title: "alpha without transB", transB: 0, c: [5], alpha: -1.5 },
  { title: "C [1,N]", transB: 0, c: [1, 5] },
  { title: "C [1]", transB: 0, c: [1], beta: 3 },
  { title: "C scalar", transB: 0, c: [] },
  { title: "C [1,1]", transB: 1, c: [1, 1] },
];

describe("Gemm and MatMul as matrices equal ONNX Runtime", () => {
  test.each(gemmCases)("Gemm, $title", async ({ transB, c, alpha = 1, beta = 1 }) => {
    const network = await checkSingleLayer(
      {
        inputs: { x: ["n", 7] },
        outputs: ["y"],
        nodes: [
          node("Gemm", ["x", "w", ...(c === null ? [] : ["c"])], ["y"], {
            transB,
            alpha: float(alpha),
            beta: float(beta),
          }),
        ],
        initializers: [
          tensor("w", transB === 1 ? [5, 7] : [7, 5], noise(35, 3)),
          ...(c === null
            ? []
            : [
                tensor(
                  "c",
                  c,
                  noise(
                    c.reduce((a, b) => a * b, 1),
                    9,
                  ),
                ),
              ]),
        ],
      },
      [3, 7],
    );
    expect(network.layers[0]).toMatchObject({
      name: "Gemm_0",
      op: "Gemm",
      matrixRows: 7,
      matrixCols: 5,
      groupCount: 1,
    });
  });

  test.each([[[4, 6]], [[2, 3, 6]], [[2, 3, 2, 6]]])("MatMul on input %j", async (shape) => {
    const network = await checkSingleLayer(
      {
        inputs: { x: ["n", ...shape.slice(1)] },
        outputs: ["y"],
        nodes: [node("MatMul", ["x", "w"], ["y"], {}, "mm")],
        initializers: [tensor("w", [6, 4], noise(24, 3))],
      },
      shape,
    );
    expect(network.layers[0]).toMatchObject({ op: "MatMul", matrixRows: 6, matrixCols: 4, bias: null });
  });
});

describe("batch normalisation", () => {
  const parameters = (count: number) => [
    tensor("scale", [count], noise(count, 21)),
    tensor("shift", [count], noise(count, 22)),
    tensor("mean", [count], noise(count, 23)),
    tensor(
      "var",
      [count],
      noise(count, 24).map((value) => value * value + 0.1),
    ),
  ];
  const batchNorm = node("BatchNormalization", ["c", "scale", "shift", "mean", "var"], ["d"], { epsilon: float(1e-3) });
  const convNet: GraphParts = {
    inputs: { x: ["n", 4, 6, 6] },
    outputs: ["y"],
    nodes: [node("Conv", ["x", "w", "b"], ["c"], { group: 2 }, "conv"), batchNorm, node("Relu", ["d"], ["y"])],
    initializers: [tensor("w", [6, 2, 3, 3], noise(108, 3)), tensor("b", [6], noise(6, 4)), ...parameters(6)],
  };
  const gemmNet: GraphParts = {
    inputs: { x: ["n", 5] },
    outputs: ["d"],
    nodes: [node("Gemm", ["x", "w"], ["c"], {}, "fc"), batchNorm],
    initializers: [tensor("w", [5, 6], noise(30, 3)), ...parameters(6)],
  };

  test.each([
    { title: "grouped Conv", parts: convNet, shape: [3, 4, 6, 6] },
    { title: "Gemm without bias", parts: gemmNet, shape: [3, 5] },
  ])("folded equals digital: $title", async ({ parts, shape }) => {
    const batch = {
      shape,
      values: noise(
        shape.reduce((a, b) => a * b, 1),
        7,
      ),
    };
    const folded = await open(parts, "fold");
    const digital = await open(parts, "digital");
    expect(folded.layers[0]!.outputTensor).toBe("d");
    expect(digital.layers[0]!.outputTensor).toBe("c");
    expect(folded.layers[0]!.weights).not.toEqual(digital.layers[0]!.weights);
    const { output } = await folded.infer(batch);
    expectClose(await folded.inferWith(batch, evaluateFloat), output);
    expectClose(await digital.inferWith(batch, evaluateFloat), output);
  });

  test("is not folded when its input is read elsewhere too, or is a graph output", async () => {
    const read = await open({ ...convNet, nodes: [...convNet.nodes, node("Neg", ["c"], ["e"])] });
    expect(read.layers[0]!.outputTensor).toBe("c");
    const output = await open({ ...convNet, outputs: ["y", "c"] });
    expect(output.layers[0]!.outputTensor).toBe("c");
  });
});
