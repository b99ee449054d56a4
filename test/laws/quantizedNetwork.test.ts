import { expect, it } from "vitest";
import { loadKernels, parseConfig } from "../../src/index.ts";
import type { FloatTensor, MatrixLayer } from "../../src/model/ir/layer.ts";
import type { QuantizedLayer } from "../../src/model/ir/quantized.ts";
import { inferQuantized } from "../../src/pipeline/quantizedNetwork.ts";
import { openNetwork } from "../../src/stages/network/index.ts";
import { chooseFormat, emptyRange, widenRange } from "../../src/stages/quantize/activations.ts";
import { quantizeLayer } from "../../src/stages/quantize/quantizeLayer.ts";
import { inlineExecutor } from "../../src/stages/simulate/executor.ts";
import { model, noise, node, tensor } from "../helpers/onnx.ts";

// At 16 bits the quantised network must follow the float one closely through every kind of window: a wrong row order,
// pad, stride, dilation or group would show as a large difference.

interface Case {
  readonly title: string;
  readonly kernel: readonly number[];
  readonly input: readonly number[];
  readonly attributes?: Record<string, number | string | readonly number[]>;
}

const cases: Case[] = [
  { title: "plain", kernel: [4, 3, 3, 3], input: [2, 3, 7, 6] },
  {
    title: "stride, dilation, uneven pads",
    kernel: [4, 3, 3, 2],
    input: [2, 3, 9, 8],
    attributes: { strides: [2, 1], dilations: [1, 3], pads: [2, 0, 1, 3] },
  },
  { title: "groups", kernel: [6, 2, 3, 3], input: [2, 6, 6, 6], attributes: { group: 3, pads: [1, 1, 1, 1] } },
  { title: "depthwise", kernel: [5, 1, 3, 3], input: [2, 5, 6, 6], attributes: { group: 5, strides: [2, 2] } },
  { title: "depthwise, multiplier 2", kernel: [6, 1, 2, 2], input: [1, 3, 5, 5], attributes: { group: 3 } },
  { title: "1-D", kernel: [3, 2, 4], input: [2, 2, 9], attributes: { strides: [2], pads: [1, 2] } },
  { title: "SAME_LOWER", kernel: [3, 2, 4, 2], input: [1, 2, 7, 6], attributes: { auto_pad: "SAME_LOWER" } },
];

it.each(cases)("quantised convolution follows the float one: $title", async ({ kernel, input, attributes = {} }) => {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const bytes = model({
    inputs: { x: ["n", ...input.slice(1)] },
    outputs: ["y"],
    nodes: [node("Conv", ["x", "w", "b"], ["c"], attributes), node("Relu", ["c"], ["y"])],
    initializers: [tensor("w", kernel, noise(size(kernel), 1)), tensor("b", [kernel[0]!], noise(kernel[0]!, 2))],
  });
  const network = await openNetwork({ name: "net", model: bytes }, { batchNorm: "fold" });
  try {
    const batch: FloatTensor = { shape: input, values: noise(size(input), 3) };
    const { activations, output } = await network.infer(batch);
    const config = parseConfig([], []);
    const kernels = await loadKernels();
    const entriesOf = new Map<MatrixLayer, readonly QuantizedLayer[]>();
    for (const layer of network.layers) {
      const range = widenRange(emptyRange, activations.get(layer.inputTensor)!.values, "x", kernels);
      entriesOf.set(layer, quantizeLayer(layer, chooseFormat(range, config, "x"), config, kernels));
    }
    const quantized = await inferQuantized(network, batch, entriesOf, inlineExecutor(kernels), kernels);
    expect(quantized.shape).toEqual(output.shape);
    const largest = output.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    output.values.forEach((value, i) => expect(Math.abs(quantized.values[i]! - value)).toBeLessThan(largest * 1e-3));
    expect(largest).toBeGreaterThan(0.1);
  } finally {
    await network.dispose();
  }
});
