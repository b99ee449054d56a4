import { describe, expect, test } from "vitest";

import { openNetwork } from "../../../src/stages/network/index.ts";
import { model, node, rawTensor, tensor, tensorWith } from "../../helpers/onnx.ts";
import type { GraphParts } from "../../helpers/onnx.ts";
import { evaluateFloat } from "./floatLayer.ts";

function open(parts: GraphParts) {
  return openNetwork({ name: "test.onnx", model: model(parts) }, { batchNorm: "fold" });
}

describe("weights however they are stored", () => {
  const values = [0.5, -2, 0, 1024, -0.25, 3];
  const dims = [2n, 3n];
  const halves = [0x3800, 0xc000, 0x0000, 0x6400, 0xb400, 0x4200];
  const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const stored = {
    "raw_data float": tensor("w", [2, 3], values),
    float_data: tensorWith({ name: "w", dims, dataType: 1, floatData: bytesOf(Float32Array.from(values)) }),
    double_data: tensorWith({ name: "w", dims, dataType: 11, doubleData: bytesOf(Float64Array.from(values)) }),
    "raw_data double": rawTensor("w", [2, 3], 11, bytesOf(Float64Array.from(values))),
    "raw_data float16": rawTensor("w", [2, 3], 10, bytesOf(Uint16Array.from(halves))),
    "int32_data float16": tensorWith({ name: "w", dims, dataType: 10, int32Data: halves }),
    "raw_data bfloat16": rawTensor("w", [2, 3], 16, bytesOf(Uint16Array.of(0x3f00, 0xc000, 0, 0x4480, 0xbe80, 0x4040))),
  };
  const net = (weights: GraphParts["initializers"], nodes: GraphParts["nodes"] = []): GraphParts => ({
    inputs: { x: ["n", 2] },
    outputs: ["y"],
    nodes: [...nodes, node("MatMul", ["x", "w"], ["y"])],
    ...(weights === undefined ? {} : { initializers: weights }),
  });

  test.each(Object.entries(stored))("%s", async (_title, weights) => {
    expect([...(await open(net([weights]))).layers[0]!.weights]).toEqual(values);
  });

  test("a model in a Node Buffer, at an odd address", async () => {
    const bytes = model(net([stored["raw_data float"]]));
    const odd = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
    const network = await openNetwork({ name: "test.onnx", model: odd }, { batchNorm: "fold" });
    expect([...network.layers[0]!.weights]).toEqual(values);
    const { output } = await network.infer({ shape: [1, 2], values: Float32Array.of(2, 4) });
    expect([...output.values]).toEqual([4097, -5, 12]);
  });

  test("Constant node", async () => {
    const network = await open(net([], [node("Constant", [], ["w"], { value: tensor("", [2, 3], values) })]));
    expect([...network.layers[0]!.weights]).toEqual(values);
  });

  test("external file: ranges at opening, the whole file for inference", async () => {
    const file = new Uint8Array(16 + 24);
    file.set(bytesOf(Float32Array.from(values)), 16);
    const external = tensorWith({
      ...{ name: "w", dims, dataType: 1, dataLocation: 1 },
      externalData: Object.entries({ location: "w.bin", offset: "16", length: "24" }).map(([key, value]) => ({
        key,
        value,
      })),
    });
    const reads: unknown[][] = [];
    const readExternal = async (...request: [string, number, number | null]) => {
      reads.push(request);
      const [, offset, byteCount] = request;
      return file.slice(offset, byteCount === null ? undefined : offset + byteCount);
    };
    const bytes = model(net([external]));
    const network = await openNetwork({ name: "test.onnx", model: bytes, readExternal }, { batchNorm: "fold" });
    expect([...network.layers[0]!.weights]).toEqual(values);
    const batch = { shape: [1, 2], values: Float32Array.of(2, 4) };
    const expected = [1 + 4096, -5, 12];
    expect([...(await network.infer(batch)).output.values]).toEqual(expected);
    expect([...(await network.inferWith(batch, evaluateFloat)).values]).toEqual(expected);
    expect(reads).toEqual([
      ["w.bin", 16, 24],
      ["w.bin", 0, null],
    ]);
  });

  test.each([
    ["float16", 10, "raw_data float16"],
    ["double", 11, "raw_data double"],
  ] as const)("a network in %s is fed and read as float", async (_name, inputType, weights) => {
    const network = await open({
      ...net([stored[weights]], [node("Relu", ["xin"], ["x"])]),
      inputs: { xin: ["n", 2] },
      inputType,
    });
    const batch = { shape: [1, 2], values: Float32Array.of(2, 4) };
    const { activations, output } = await network.infer(batch);
    expect([...activations.get("x")!.values]).toEqual([2, 4]);
    // 1 + 4096 has no float16 between 4096 and 4100: ties to even.
    expect([...output.values]).toEqual([inputType === 10 ? 4096 : 4097, -5, 12]);
    expect(await network.inferWith(batch, evaluateFloat)).toEqual(output);
  });
});
