import { describe, expect, test } from "vitest";
import type { FloatTensor, MatrixLayer } from "../../src/model/ir/layer.ts";
import {
  EditableModel,
  openNetwork,
  permutationPath,
  permuteColumns,
  zeroWeights,
} from "../../src/stages/network/index.ts";
import type { NetworkFile } from "../../src/stages/network/index.ts";
import { floatToBfloat, floatToHalf } from "../../src/stages/network/file/half.ts";
import { noiseTensor } from "../helpers/floatTensor.ts";
import { float, model, noise, node, rawTensor, tensor } from "../helpers/onnx.ts";
import type { GraphParts } from "../helpers/onnx.ts";
import { Random } from "../helpers/random.ts";
import { evaluateFloat } from "../unit/network/floatLayer.ts";

// A permuted network computes what the original computes, within rounding, layer by layer.

type Nodes = GraphParts["nodes"];

interface Case {
  readonly title: string;
  readonly input: readonly number[];
  readonly nodes: Nodes;
  /** Shapes of the constants, filled with noise. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
  /** Layers whose columns may be permuted. */
  readonly permutable: readonly string[];
  readonly integers?: Readonly<Record<string, readonly number[]>>;
}

const conv = (from: string, to: string, attributes: Record<string, number | readonly number[]> = {}): Nodes[number] =>
  node("Conv", [from, `${to}.w`, `${to}.b`], [to], attributes, to);

const cases: Case[] = [
  {
    title: "convolutions with pooling, then flattened into a Gemm",
    input: [2, 3, 8, 8],
    nodes: [
      conv("x", "c1", { pads: [1, 1, 1, 1] }),
      node("Relu", ["c1"], ["r1"]),
      node("MaxPool", ["r1"], ["p1"], { kernel_shape: [2, 2], strides: [2, 2] }),
      conv("p1", "c2"),
      node("LeakyRelu", ["c2"], ["r2"], { alpha: float(0.1) }),
      node("Flatten", ["r2"], ["f"]),
      node("Gemm", ["f", "g.w", "g.b"], ["g"], { transB: 1 }, "g"),
      node("Tanh", ["g"], ["t"]),
      node("MatMul", ["t", "m.w"], ["m"], {}, "m"),
      node("Add", ["m", "m.b"], ["y"]),
    ],
    constants: {
      "c1.w": [6, 3, 3, 3],
      "c1.b": [6],
      "c2.w": [5, 6, 3, 3],
      "c2.b": [5],
      "g.w": [7, 20],
      "g.b": [1, 7],
      "m.w": [7, 4],
      "m.b": [4],
    },
    permutable: ["c1", "c2", "g"],
  },
  {
    title: "batch normalisation, depthwise convolution, a slope a channel, global pooling, Reshape",
    input: [2, 2, 6, 6],
    nodes: [
      conv("x", "c1"),
      node("BatchNormalization", ["c1", "n.s", "n.t", "n.m", "n.v"], ["n"]),
      node("PRelu", ["n", "slope"], ["r"]),
      conv("r", "d", { group: 5, pads: [1, 1, 1, 1] }),
      node("HardSigmoid", ["d"], ["h"]),
      node("Mul", ["d", "h"], ["swish"]),
      conv("swish", "c2"),
      node("GlobalAveragePool", ["c2"], ["p"]),
      node("Reshape", ["p", "shape"], ["f"]),
      node("Gemm", ["f", "g.w"], ["y"], {}, "g"),
    ],
    constants: {
      "c1.w": [5, 2, 3, 3],
      "c1.b": [5],
      "n.s": [5],
      "n.t": [5],
      "n.m": [5],
      "n.v": [5],
      slope: [5, 1, 1],
      "d.w": [5, 1, 3, 3],
      "d.b": [5],
      "c2.w": [4, 5, 2, 2],
      "c2.b": [4],
      "g.w": [4, 3],
    },
    integers: { shape: [-1, 4] },
    permutable: ["c1", "d", "c2"],
  },
  {
    title: "branches side by side, and a layer with groups",
    input: [1, 4, 5, 5],
    nodes: [
      conv("x", "a", { group: 2 }),
      conv("x", "b"),
      node("Relu", ["b"], ["rb"]),
      node("Concat", ["a", "rb"], ["ab"], { axis: 1 }),
      conv("ab", "c"),
      node("Concat", ["c", "ab"], ["cab"], { axis: 1 }),
      node("Flatten", ["cab"], ["f"]),
      node("Gemm", ["f", "g.w"], ["y"], { transB: 1 }, "g"),
    ],
    constants: {
      "a.w": [6, 2, 3, 3],
      "a.b": [6],
      "b.w": [4, 4, 3, 3],
      "b.b": [4],
      "c.w": [3, 10, 1, 1],
      "c.b": [3],
      "g.w": [5, 117],
    },
    permutable: ["a", "b", "c"],
  },
  {
    title: "what must stay: added branches, groups behind, Softmax, a shared tensor",
    input: [1, 4, 5, 5],
    nodes: [
      conv("x", "a"),
      conv("a", "b"),
      node("Add", ["a", "b"], ["s"]),
      conv("s", "c", { group: 2 }),
      conv("c", "d"),
      conv("d", "e", { group: 2 }),
      node("GlobalAveragePool", ["e"], ["p"]),
      node("Flatten", ["p"], ["f"]),
      node("Gemm", ["f", "g.w", "e.b"], ["g"], { transB: 1 }, "g"),
      node("Softmax", ["g"], ["y"]),
    ],
    constants: {
      "a.w": [4, 4, 1, 1],
      "a.b": [4],
      "b.w": [4, 4, 1, 1],
      "b.b": [4],
      "c.w": [4, 2, 1, 1],
      "c.b": [4],
      "d.w": [6, 4, 1, 1],
      "d.b": [6],
      "e.w": [4, 3, 1, 1],
      "e.b": [4],
      "g.w": [4, 4],
    },
    permutable: ["c"],
  },
];

function fileOf({ input, nodes, constants, integers = {} }: Case, output = "y"): NetworkFile {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const positive = (name: string, values: Float32Array): Float32Array =>
    name.endsWith(".v") ? values.map(Math.abs) : values;
  const initializers = [
    ...Object.entries(constants).map(([name, shape], i) =>
      tensor(name, shape, positive(name, noise(size(shape), i + 1))),
    ),
    ...Object.entries(integers).map(([name, values]) =>
      rawTensor(name, [values.length], 7, new Uint8Array(BigInt64Array.from(values, BigInt).buffer)),
    ),
  ];
  return {
    name: "net.onnx",
    model: model({ inputs: { x: ["n", ...input.slice(1)] }, outputs: [output], nodes, initializers }),
  };
}

/** Every layer's output, and the network's. */
async function run(
  file: NetworkFile,
  batch: FloatTensor,
): Promise<{ layers: Map<string, FloatTensor>; output: FloatTensor }> {
  const network = await openNetwork(file, { batchNorm: "digital" });
  try {
    const layers = new Map<string, FloatTensor>();
    const output = await network.inferWith(batch, (layer, input) => {
      const made = evaluateFloat(layer, input);
      layers.set(layer.name, made);
      return made;
    });
    const { output: direct } = await network.infer(batch);
    expectClose(direct.values, output.values);
    return { layers, output };
  } finally {
    await network.dispose();
  }
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
  expect(found.length).toBe(expected.length);
  expect(worst).toBeLessThanOrEqual(largest * 1e-5);
}

/** Axis of the columns moved back to where they were: column order[j] is column j of `tensor`. */
function inOldOrder(
  { shape, values }: FloatTensor,
  order: ArrayLike<number>,
  geometry: MatrixLayer["geometry"],
): number[] {
  const axis = geometry.kind === "conv" ? 1 : shape.length - 1;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channelCount = shape[axis]!;
  const old = new Array<number>(values.length);
  values.forEach((value, at) => {
    const channel = Math.floor(at / inner) % channelCount;
    old[at + (order[channel]! - channel) * inner] = value;
  });
  return old;
}

/** A random order of columns, within groups. */
function drawOrder({ groupCount, matrixCols }: MatrixLayer, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: groupCount * matrixCols }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const first = Math.floor(i / matrixCols) * matrixCols;
    const j = random.integer(first, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

describe("a permuted network", () => {
  test.each(cases)("equals the original, layer by layer: $title", async (one) => {
    const random = new Random(one.title.length);
    const file = fileOf(one);
    const editable = await EditableModel.open(file);
    const layers = await editable.layers();
    const paths = new Map(layers.map((layer) => [layer.name, permutationPath(layer, layers, editable)]));
    expect([...paths].filter(([, path]) => "uses" in path).map(([name]) => name)).toEqual(one.permutable);
    const orders = new Map<string, Uint32Array>();
    for (const layer of layers) {
      const path = paths.get(layer.name)!;
      const order =
        "uses" in path
          ? drawOrder(layer, random)
          : Uint32Array.from({ length: layer.groupCount * layer.matrixCols }, (_, i) => i);
      orders.set(layer.name, order);
      if ("uses" in path) permuteColumns(editable, path.uses, order);
    }
    const batch = noiseTensor(one.input, 99);
    const [before, after] = [await run(file, batch), await run(editable.toFile(), batch)];
    expectClose(after.output.values, before.output.values);
    for (const { name, geometry } of layers) {
      // A depthwise layer keeps the order of the layer before it.
      const follower = name === "d" && one.permutable.includes("c1") ? "c1" : null;
      const order = orders.get(name)!;
      const whole = follower === null ? order : order.map((column) => orders.get(follower)![column]!);
      expectClose(inOldOrder(after.layers.get(name)!, whole, geometry), before.layers.get(name)!.values);
    }
    expect(editable.toFile().model).not.toEqual(file.model);
  });

  test("says why columns stay in order", async () => {
    const editable = await EditableModel.open(fileOf(cases[3]!));
    const layers = await editable.layers();
    const reasons = layers.map((layer) => {
      const path = permutationPath(layer, layers, editable);
      return "reason" in path ? `${layer.name}: ${path.reason}` : `${layer.name}`;
    });
    expect(reasons).toEqual([
      "a: is joined with another branch in node Add_2",
      "b: is joined with another branch in node Add_2",
      "c",
      "d: feeds Conv node e, which has groups",
      "e: tensor e.b is shared",
      "g: feeds Softmax node Softmax_9",
    ]);
  });

  test("MatMul over several axes is not flattened as if its columns came once", async () => {
    const nodes = [
      node("MatMul", ["x", "w"], ["a"], {}, "a"),
      node("Flatten", ["a"], ["f"]),
      node("Gemm", ["f", "v"], ["y"], {}, "g"),
    ];
    const editable = await EditableModel.open(
      fileOf({ title: "", input: [1, 3, 4], nodes, constants: { w: [4, 2], v: [6, 5] }, permutable: [] }),
    );
    const layers = await editable.layers();
    expect(permutationPath(layers[0]!, layers, editable)).toEqual({ reason: "feeds Flatten node Flatten_1" });
  });
});

test.each([
  ["float16", 10, (value: number) => [...new Uint8Array(Uint16Array.of(floatToHalf(value)).buffer)]],
  ["bfloat16", 16, (value: number) => [...new Uint8Array(Uint16Array.of(floatToBfloat(value)).buffer)]],
  ["double", 11, (value: number) => [...new Uint8Array(Float64Array.of(value).buffer)]],
] as const)("weights of type %s move and vanish as floats do", async (_, type, store) => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_unused, i) => i + 1);
  const stored = (name: string, shape: readonly number[]) =>
    rawTensor(name, shape, type, Uint8Array.from(numbers(shape[0]! * shape[1]!).flatMap((value) => store(value))));
  const bytes = model({
    inputs: { x: ["n", 2] },
    outputs: ["y"],
    nodes: [
      node("MatMul", ["x", "w"], ["a"], {}, "a"),
      node("Relu", ["a"], ["r"]),
      node("Gemm", ["r", "v"], ["y"], { transB: 1 }, "g"),
    ],
    initializers: [stored("w", [2, 3]), stored("v", [2, 3])],
    inputType: type,
  });
  const editable = await EditableModel.open({ name: "net.onnx", model: bytes });
  const layers = await editable.layers();
  const path = permutationPath(layers[0]!, layers, editable);
  if ("reason" in path) throw new Error(path.reason);
  permuteColumns(editable, path.uses, Uint32Array.of(2, 0, 1));
  const [a, g] = await editable.layers();
  expect([...a!.weights]).toEqual([3, 1, 2, 6, 4, 5]);
  // [row][col] of v, which is stored [col][row].
  expect([...g!.weights]).toEqual([3, 6, 1, 4, 2, 5]);
  zeroWeights(editable, g!, Uint8Array.of(1, 0, 1, 1, 0, 1));
  expect([...(await editable.layers())[1]!.weights]).toEqual([3, 0, 1, 4, 0, 5]);
});

describe("a pruned network", () => {
  test("equals the dense one wherever nothing was removed", async () => {
    const one = cases[0]!;
    const file = fileOf(one);
    const editable = await EditableModel.open(file);
    const layer = (await editable.layers())[1]!;
    // Filters 1 and 3 of c2 lose a weight each.
    const mask = new Uint8Array(layer.weights.length).fill(1);
    mask[10 * layer.matrixCols + 1] = 0;
    mask[20 * layer.matrixCols + 3] = 0;
    zeroWeights(editable, layer, mask);
    const pruned = await editable.layers();
    expect(pruned[1]!.weights.map((weight, at) => (mask[at] === 1 ? weight : 7))).toEqual(
      layer.weights.map((weight, at) => (mask[at] === 1 ? weight : 7)),
    );
    expect([...pruned[1]!.weights.keys()].filter((at) => pruned[1]!.weights[at] === 0)).toEqual([
      10 * layer.matrixCols + 1,
      20 * layer.matrixCols + 3,
    ]);
    const batch = noiseTensor(one.input, 99);
    const [before, after] = [await run(file, batch), await run(editable.toFile(), batch)];
    expect(after.layers.get("c1")!.values).toEqual(before.layers.get("c1")!.values);
    const [dense, sparse] = [before.layers.get("c2")!, after.layers.get("c2")!];
    const area = dense.shape[2]! * dense.shape[3]!;
    const filterOf = (at: number): number => Math.floor(at / area) % dense.shape[1]!;
    const changed = new Set(
      [...dense.values.keys()].filter((at) => sparse.values[at] !== dense.values[at]).map(filterOf),
    );
    expect([...changed].sort((a, b) => a - b)).toEqual([1, 3]);
  });
});
