import { InferenceSession, Tensor } from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { loadKernels, parseConfig, prune, simulate } from "../../../src/index.ts";
import type { Config, NumericArray, SimulateRequest } from "../../../src/index.ts";
import type { MatrixLayer } from "../../../src/model/ir/layer.ts";
import type { QuantizedLayer } from "../../../src/model/ir/quantized.ts";
import { inferQuantized } from "../../../src/pipeline/quantizedNetwork.ts";
import { openNetwork } from "../../../src/stages/network/index.ts";
import type { TensorProto } from "../../helpers/onnx_pb.ts";
import { chooseFormat, emptyRange, widenRange } from "../../../src/stages/quantize/activations.ts";
import { quantizeLayer } from "../../../src/stages/quantize/quantizeLayer.ts";
import { inlineExecutor } from "../../../src/stages/simulate/executor.ts";
import { float, model, noise, node, rawTensor, tensor } from "../../helpers/onnx.ts";
import { Random } from "../../helpers/random.ts";

// Networks that were quantised before: the integers of the file are those on the crossbars, and the integer network
// computes what the runtime makes of the file.

const bytesOf = (values: Int8Array | Uint8Array | Int32Array): Uint8Array => new Uint8Array(values.buffer);
const int8 = (name: string, shape: readonly number[], values: Int8Array): TensorProto =>
  rawTensor(name, shape, 3, bytesOf(values));
const uint8 = (name: string, shape: readonly number[], values: readonly number[]): TensorProto =>
  rawTensor(name, shape, 2, Uint8Array.from(values));
const int32 = (name: string, shape: readonly number[], values: Int32Array): TensorProto =>
  rawTensor(name, shape, 6, bytesOf(values));

const random = new Random(4);
const draw = (count: number, most: number): number[] =>
  Array.from({ length: count }, () => (random.chance(0.3) ? 0 : random.integer(-most, most)));
const convWeights = Int8Array.from(draw(4 * 2 * 9, 127));
const convScales = [0.011, 0.005, 0.02, 0.003];
const convBias = Int32Array.from(draw(4, 3000));
const fcWeights = Int8Array.from(draw(3 * 36, 127));
const inputScale = 1 / 64;
const hiddenScale = 0.07;

const constants = [
  int8("w", [4, 2, 3, 3], convWeights),
  tensor("ws", [4], convScales),
  int8("wz", [4], new Int8Array(4)),
  int32("b", [4], convBias),
  tensor(
    "bs",
    [4],
    convScales.map((scale) => Math.fround(Math.fround(inputScale) * Math.fround(scale))),
  ),
  tensor("xs", [], [inputScale]),
  uint8("xz", [], [120]),
  tensor("hs", [], [hiddenScale]),
  uint8("hz", [], [0]),
  tensor("vs", [], [0.01]),
  int8("vz", [], new Int8Array(1)),
  tensor("ys", [], [0.25]),
  uint8("yz", [], [128]),
];

/** Quantise-dequantise form: the operators are those of reals, and every tensor passes through integers. */
const qdq = model({
  inputs: { x: ["n", 2, 5, 5] },
  outputs: ["y"],
  nodes: [
    node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]),
    node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"]),
    node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], { axis: 0 }),
    node("DequantizeLinear", ["b", "bs"], ["bd"], { axis: 0 }),
    node("Conv", ["xd", "wd", "bd"], ["c"], {}, "conv"),
    node("Relu", ["c"], ["r"]),
    node("QuantizeLinear", ["r", "hs", "hz"], ["hq"]),
    node("Flatten", ["hq"], ["fq"]),
    node("DequantizeLinear", ["fq", "hs", "hz"], ["fd"]),
    node("DequantizeLinear", ["v", "vs", "vz"], ["vd"]),
    node("Gemm", ["fd", "vd"], ["y"], { transB: 1 }, "fc"),
  ],
  initializers: [...constants, int8("v", [3, 36], fcWeights)],
});

/** The same with operators of integers. */
const transposed = Int8Array.from({ length: 108 }, (_, at) => fcWeights[(at % 3) * 36 + Math.floor(at / 3)]!);
const qlinear = model({
  inputs: { x: ["n", 2, 5, 5] },
  outputs: ["y"],
  nodes: [
    node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]),
    node("QLinearConv", ["xq", "xs", "xz", "w", "ws", "wz", "hs", "hz", "b"], ["hq"], {}, "conv"),
    node("Flatten", ["hq"], ["fq"]),
    node("QLinearMatMul", ["fq", "hs", "hz", "vt", "vs", "vz", "ys", "yz"], ["yq"], {}, "fc"),
    node("DequantizeLinear", ["yq", "ys", "yz"], ["y"]),
  ],
  initializers: [...constants, int8("vt", [36, 3], transposed)],
});

const config = parseConfig([], []);
const samples = 5;
const inputs: NumericArray = { place: "x", dtype: "f4", shape: [samples, 2, 5, 5], values: noise(samples * 50, 7) };
const batch = { shape: inputs.shape, values: inputs.values as Float32Array };

async function runtimeOutput(bytes: Uint8Array): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
  });
  const { y } = await session.run({ x: new Tensor("float32", batch.values, [...batch.shape]) });
  await session.release();
  return y!.data as Float32Array;
}

/** Outputs of the integer network. */
async function integerOutput(
  bytes: Uint8Array,
  given: Config = config,
): Promise<{ float: Float32Array; integer: Float32Array; entries: QuantizedLayer[] }> {
  const network = await openNetwork({ name: "net.onnx", model: bytes }, { batchNorm: "fold" });
  try {
    expect(network.skipped).toEqual([]);
    const kernels = await loadKernels();
    const { activations, output } = await network.infer(batch);
    const entriesOf = new Map<MatrixLayer, QuantizedLayer[]>();
    for (const layer of network.layers) {
      const range = widenRange(emptyRange, activations.get(layer.inputTensor)!.values, "x", kernels);
      entriesOf.set(layer, quantizeLayer(layer, chooseFormat(range, given, "x", layer.inputScale), given, kernels));
    }
    const integer = await inferQuantized(network, batch, entriesOf, inlineExecutor(kernels), kernels);
    return { float: output.values, integer: integer.values, entries: [...entriesOf.values()].flat() };
  } finally {
    await network.dispose();
  }
}

describe.each([
  ["quantise-dequantise", qdq, 0],
  // The runtime sums integers and rounds once; our float network rounds sums of floats, which may fall on the other side.
  ["QLinear operators", qlinear, 0.25],
] as const)("%s", (_, bytes, step) => {
  test("the integers of the file are those of the layers", async () => {
    const { entries } = await integerOutput(bytes);
    const [conv, fc] = entries as [QuantizedLayer, QuantizedLayer];
    expect([...conv.matrices[0]!.values]).toEqual(
      Array.from({ length: 72 }, (_unused, at) => convWeights[(at % 4) * 18 + Math.floor(at / 4)]!),
    );
    expect(conv.columnScales).toEqual(Float32Array.from(convScales));
    expect(conv.weightScale).toBe(Math.fround(0.02));
    expect([...fc.matrices[0]!.values]).toEqual([...transposed]);
    expect([fc.columnScales, fc.weightScale]).toEqual([undefined, Math.fround(0.01)]);
    // Activations are whole multiples of the file's steps: 120 is the zero of the pixels, 0 that behind the rectifier.
    expect(conv.activations).toEqual({ bits: 16, signed: true, scale: inputScale });
    expect(fc.activations).toEqual({ bits: 16, signed: false, scale: Math.fround(hiddenScale) });
  });

  test("float and integer network compute what the runtime makes of the file", async () => {
    const { float: floats, integer } = await integerOutput(bytes);
    const expected = await runtimeOutput(bytes);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1);
    for (const found of [floats, integer]) {
      found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(step + 1e-5 * largest));
    }
  });

  test("8 bits of weights and activations hold it, 4 bits do not", async () => {
    const eight = parseConfig([], ["precision.weightBits=8"]);
    const { integer } = await integerOutput(bytes, eight);
    expect(integer).toEqual((await integerOutput(bytes)).integer);
    const four = parseConfig([], ["precision.weightBits=4"]);
    await expect(integerOutput(bytes, four)).rejects.toThrow(
      /^layer conv weights: expected weights within -8 … 7 \(precision\.weightBits 4.*, got -?\d+ at element \d+$/,
    );
  });

  test("simulated: sparse execution gives the integer product", async () => {
    const request: SimulateRequest = {
      workload: { kind: "network", name: "net", model: bytes, inputs },
      config: parseConfig([], ["precision.weightBits=8"]),
      source: { source: "net.onnx", sha256: "" },
      schemes: ["naive", "orc-dof"],
      seed: 0,
      verifyWindows: "all",
    };
    const { report } = await simulate(request);
    expect(report.verify!.schemes["orc-dof"]).toEqual({ mismatches: 0, maxAbsError: 0 });
    expect(report.layers.map(({ op, scales }) => [op, scales.perColumn])).toEqual([
      ["Conv", true],
      [bytes === qdq ? "Gemm" : "MatMul", undefined],
    ]);
    const zeros = convWeights.filter((weight) => weight === 0).length;
    expect(report.layers[0]!.weights.zeroRatio).toBe(zeros / convWeights.length);
  });

  test("pruned: integers become zero, the rest of the file stays", async () => {
    const { report, encode } = await prune({
      workload: { kind: "network", name: "net", model: bytes, inputs },
      config,
      source: { source: "net.onnx", sha256: "" },
      spec: { method: "magnitude", sparsity: 0.75, scope: "layer", nOfM: [0, 0], block: { rows: 1, cols: 1 } },
      permute: true,
    });
    expect(report.layers.map(({ after, inOrderBecause }) => [after.zeroRatio, inOrderBecause])).toEqual([
      [0.75, "its weights are quantised"],
      [0.75, "its weights are quantised"],
    ]);
    const { model: pruned } = encode("unused.data");
    expect(pruned.length).toBe(bytes.length);
    const { entries } = await integerOutput(pruned);
    expect(entries[0]!.matrices[0]!.values.filter((value) => value === 0).length).toBe(54);
    expect((await runtimeOutput(pruned)).length).toBe(samples * 3);
  });
});

describe("what is not taken", () => {
  const skippedOf = async (nodes: Parameters<typeof model>[0]["nodes"], initializers: TensorProto[]) => {
    const bytes = model({
      inputs: { x: ["n", 4] },
      outputs: ["y"],
      nodes,
      initializers: [...constants, ...initializers],
    });
    const network = await openNetwork({ name: "net", model: bytes }, { batchNorm: "fold" });
    await network.dispose();
    return network.skipped.map(({ name, reason }) => `${name}: ${reason}`);
  };
  const values = new Int8Array(8).fill(3);

  test("weights with a zero point, scales of rows, weights that are computed", async () => {
    const matmul = [
      node("DequantizeLinear", ["m", "ms", "mz"], ["md"], { axis: 0 }),
      node("MatMul", ["x", "md"], ["y"], {}, "fc"),
    ];
    expect(
      await skippedOf(matmul, [
        uint8("m", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
        tensor("ms", [], [1]),
        uint8("mz", [], [128]),
      ]),
    ).toEqual(["fc: weights m with zero point 128"]);
    expect(
      await skippedOf(matmul, [
        int8("m", [4, 2], values),
        tensor("ms", [4], [1, 2, 3, 4]),
        int8("mz", [4], new Int8Array(4)),
      ]),
    ).toEqual(["fc: weights m with a scale for each index of axis 0, not for each column"]);
    expect(
      await skippedOf(matmul, [
        int32("m", [4, 2], new Int32Array(8)),
        tensor("ms", [], [1]),
        int32("mz", [], new Int32Array(1)),
      ]),
    ).toEqual(["fc: weights m of type i4"]);
    const computed = [
      node("QuantizeLinear", ["x", "xs", "xz"], ["q"]),
      node("QLinearMatMul", ["q", "xs", "xz", "q", "xs", "xz", "ys", "yz"], ["p"], {}, "qmm"),
      node("DequantizeLinear", ["p", "ys", "yz"], ["y"]),
    ];
    expect(await skippedOf(computed, [])).toEqual([
      "qmm: weights q computed, or not integers with one scale or one a column",
    ]);
    const offset = [
      node("QuantizeLinear", ["x", "xs", "xz"], ["q"]),
      node("QLinearMatMul", ["q", "xs", "xz", "m", "ms", "mz", "ys", "yz"], ["p"], {}, "qmm"),
      node("DequantizeLinear", ["p", "ys", "yz"], ["y"]),
    ];
    expect(
      await skippedOf(offset, [
        uint8("m", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
        tensor("ms", [], [1]),
        uint8("mz", [], [7]),
      ]),
    ).toEqual(["qmm: weights m with zero point 7"]);
  });

  test("alpha of a Gemm scales the step, and batch normalisation behind integers stays digital", async () => {
    const nodes = [
      node("DequantizeLinear", ["m", "ms", "mz"], ["md"], { axis: 1 }),
      node("Gemm", ["x", "md"], ["g"], { alpha: float(0.5) }, "fc"),
      node("BatchNormalization", ["g", "one", "zero", "zero", "one"], ["y"]),
    ];
    const bytes = model({
      inputs: { x: ["n", 4] },
      outputs: ["y"],
      nodes,
      initializers: [
        int8("m", [4, 2], values),
        tensor("ms", [2], [1, 4]),
        int8("mz", [2], new Int8Array(2)),
        tensor("one", [2], [1, 1]),
        tensor("zero", [2], [0, 0]),
      ],
    });
    const network = await openNetwork({ name: "net", model: bytes }, { batchNorm: "fold" });
    await network.dispose();
    expect(network.layers[0]!.integers).toEqual({ values: Int16Array.from(values), scales: Float32Array.of(0.5, 2) });
    expect(network.layers[0]!.outputTensor).toBe("g");
    expect([...network.layers[0]!.weights]).toEqual([1.5, 6, 1.5, 6, 1.5, 6, 1.5, 6]);
  });
});
