import fc from "fast-check";
import { InputError, parseConfig, simulate } from "../../../src/index.ts";
import { openNetwork } from "../../../src/stages/network/index.ts";
import type { MatrixLayer } from "../../../src/model/ir/layer.ts";
import { graph, float, int64Tensor, model, noise, node, rawTensor, tensor, tensorWith } from "../../helpers/onnx.ts";
import type { AttributeValue, GraphParts } from "../../helpers/onnx.ts";
import { mutateBytes } from "../mutate/bytes.ts";
import { mutateWire } from "../mutate/wire.ts";
import { holds, isInputError } from "./door.ts";
import type { Door } from "./door.ts";
import { sample } from "./sample.ts";

interface OnnxInput {
  readonly bytes: Uint8Array;
  readonly batchNorm: "fold" | "digital";
  /** Whether a network that opens is also run: that takes a hundred times as long. */
  readonly isRun: boolean;
}

const count = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);
const real = (name: string, shape: readonly number[]) => tensor(name, shape, noise(count(shape), name.length + 1));
const external = (name: string, shape: readonly number[]) =>
  tensorWith({
    ...{ name, dims: shape.map(BigInt), dataType: 1, dataLocation: 1 },
    externalData: Object.entries({ location: "w.bin", offset: "4", length: String(4 * count(shape)) }).map(
      ([key, value]) => ({ key, value }),
    ),
  });

const convNet: GraphParts = {
  inputs: { x: ["n", 2, 5, 5] },
  outputs: ["y"],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["a"], { strides: [1, 1], pads: [1, 1, 1, 1], kernel_shape: [3, 3] }, "conv1"),
    node("BatchNormalization", ["a", "s", "s", "s", "v"], ["n1"], { epsilon: float(0.001) }, "norm"),
    node("Relu", ["n1"], ["r"]),
    node("Conv", ["r", "w2"], ["c"], { group: 2, auto_pad: "SAME_UPPER", dilations: [1, 1] }, "conv2"),
    node("Flatten", ["c"], ["f"]),
    node("Gemm", ["f", "w3", "b3"], ["y"], { transB: 1, alpha: float(0.5), beta: float(2) }, "fc"),
  ],
  initializers: [
    ...[real("w1", [4, 2, 3, 3]), real("b1", [4]), real("s", [4]), tensor("v", [4], [1, 2, 3, 4])],
    ...[real("w2", [4, 2, 2, 2]), real("w3", [3, 100]), real("b3", [3])],
  ],
};
const denseNet: GraphParts = {
  inputs: { x: ["n", 6] },
  outputs: ["y"],
  nodes: [
    node("Constant", [], ["w"], { value: real("", [6, 4]) }),
    node("MatMul", ["x", "w"], ["a"], {}, "m1"),
    node("Identity", ["u"], ["u2"]),
    node("Add", ["a", "bias"], ["b"]),
    node("MatMul", ["b", "u2"], ["y"], {}, "m2"),
  ],
  initializers: [external("u", [4, 3]), real("bias", [4]), int64Tensor("spare", [2], [1, -1])],
};
const quantizedNet: GraphParts = {
  inputs: { x: ["n", 2, 3, 3] },
  outputs: ["y"],
  nodes: [
    node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]),
    node("QLinearConv", ["xq", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["c"], {}, "qconv"),
    node("Flatten", ["c"], ["f"]),
    node("DequantizeLinear", ["f", "ys", "yz"], ["fd"]),
    node("DequantizeLinear", ["v", "vs"], ["vd"], { axis: 1 }),
    node("MatMul", ["fd", "vd"], ["y"], {}, "qfc"),
  ],
  initializers: [
    rawTensor(
      "w",
      [4, 2, 3, 3],
      3,
      Uint8Array.from({ length: 72 }, (_, i) => i * 7),
    ),
    ...[tensor("ws", [4], [0.1, 0.2, 0.3, 0.4]), rawTensor("wz", [4], 3, new Uint8Array(4))],
    ...[
      tensor("xs", [], [0.05]),
      rawTensor("xz", [], 2, Uint8Array.of(9)),
      tensor("ys", [], [0.5]),
      rawTensor("yz", [], 2, Uint8Array.of(3)),
    ],
    ...[rawTensor("v", [4, 2], 3, Uint8Array.from([1, 2, 3, 4, 250, 6, 7, 8])), tensor("vs", [2], [0.1, 0.2])],
  ],
};
const branchNet: GraphParts = {
  inputs: { x: [1, 4] },
  outputs: ["y"],
  nodes: [
    node("If", ["cond"], ["t"], {
      then_branch: graph({ inputs: {}, outputs: ["p"], nodes: [node("MatMul", ["x", "w"], ["p"])] }),
      else_branch: graph({ inputs: {}, outputs: ["q"], nodes: [node("Identity", ["x"], ["q"])] }),
    }),
    node("Conv", ["x3", "k"], ["z"], {}, "conv1d"),
    node("Reshape", ["t", "to"], ["x3"]),
    node("Gemm", ["z2", "w"], ["y"], { transA: 0 }, "g"),
    node("Reshape", ["z", "back"], ["z2"]),
  ],
  initializers: [
    ...[rawTensor("cond", [], 9, Uint8Array.of(1)), real("w", [4, 4]), real("k", [2, 1, 3])],
    ...[int64Tensor("to", [3], [1, 1, 4]), int64Tensor("back", [2], [1, 4])],
    tensorWith({ name: "halves", dims: [3n], dataType: 10, int32Data: [1, 2, 15360] }),
  ],
};
const seeds = [convNet, denseNet, quantizedNet, branchNet].map(model);

const names = fc.constantFrom("x", "a", "b", "c", "y", "w", "u", "k", "", "gone");
const extents = fc.array(
  fc.oneof({ weight: 7, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constantFrom(0, -1, 2 ** 31, 2 ** 53 - 1)),
  { maxLength: 4 },
);
const attributes: fc.Arbitrary<Readonly<Record<string, AttributeValue>>> = fc.dictionary(
  fc.constantFrom(
    "group",
    "strides",
    "pads",
    "dilations",
    "kernel_shape",
    "auto_pad",
    "transA",
    "transB",
    "alpha",
    "axis",
    "value",
  ),
  fc.oneof<fc.Arbitrary<AttributeValue>[]>(
    fc.integer({ min: -2, max: 4 }),
    fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 4 }),
    fc.constantFrom("SAME_LOWER", "VALID", "x"),
    fc.constantFrom(2 ** 31, 2 ** 53 - 1),
    fc.constantFrom(float(NaN), float(1e38)),
  ),
  { maxKeys: 3 },
);
const ops = fc.constantFrom(
  "Conv",
  "Conv",
  "Gemm",
  "MatMul",
  "Relu",
  "Add",
  "Identity",
  "Flatten",
  "BatchNormalization",
  "DequantizeLinear",
  "QLinearMatMul",
  "Constant",
  "If",
  "Nonsense",
);
const graphs = fc.record({
  shape: extents,
  outputs: fc.array(names, { minLength: 0, maxLength: 2 }),
  nodes: fc.array(
    fc.tuple(ops, fc.array(names, { maxLength: 5 }), fc.array(names, { maxLength: 2 }), attributes, names),
    { maxLength: 6 },
  ),
  tensors: fc.array(fc.tuple(names, extents, fc.constantFrom(1, 1, 1, 3, 7, 8, 10, 11, 14, 22, 99)), { maxLength: 4 }),
});

function drawn({
  shape,
  outputs,
  nodes,
  tensors,
}: typeof graphs extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const data = (sizes: readonly number[]) =>
    new Uint8Array(count(sizes) > 0 && count(sizes) < 300 ? 4 * count(sizes) : 0);
  return model({
    inputs: { x: shape },
    outputs,
    nodes: nodes.map(([op, reads, writes, attribute, name]) => node(op, reads, writes, attribute, name)),
    initializers: tensors.map(([name, sizes, type]) => rawTensor(name, sizes, type, data(sizes))),
  });
}

/** ONNX models: opened, and some of those that open run through the whole engine. */
export const onnx: Door<OnnxInput> = {
  name: "onnx",
  weight: 4,
  make(random) {
    const seed = random.pick(seeds);
    const kind = random.integer(0, 9);
    const bytes =
      kind < 6 ? mutateWire(seed, random) : kind < 8 ? mutateBytes(seed, seeds, random) : drawn(sample(graphs, random));
    return { bytes, batchNorm: random.pick(["fold", "fold", "digital"]), isRun: random.chance(0.05) };
  },
  async run({ bytes, batchNorm, isRun }) {
    const file = { name: "net.onnx", model: bytes, readExternal };
    const network = await openNetwork(file, { batchNorm });
    try {
      network.layers.forEach(checkLayer);
      const layerNames = new Set([...network.layers, ...network.skipped].map(({ name }) => name));
      holds(layerNames.size >= network.layers.length, "layers with the same name");
    } finally {
      await network.dispose();
    }
    if (isRun) await checkRun(bytes, batchNorm);
  },
  isRefusal: isInputError,
};

/** Sixty-four floats beside the model. */
async function readExternal(location: string, offset: number, byteCount: number | null): Promise<Uint8Array> {
  if (location !== "w.bin") throw new InputError({ place: location, expected: "a readable file", got: "no such file" });
  return new Uint8Array(Float32Array.from({ length: 64 }, (_, i) => i / 64).buffer).slice(
    offset,
    offset + (byteCount ?? 256),
  );
}

function checkLayer({
  name,
  groupCount,
  matrixRows,
  matrixCols,
  weights,
  bias,
  geometry,
  integers,
}: MatrixLayer): void {
  holds(
    [groupCount, matrixRows, matrixCols].every((size) => Number.isSafeInteger(size) && size > 0),
    `${name}: ${groupCount} of ${matrixRows} x ${matrixCols}`,
  );
  holds(weights.length === groupCount * matrixRows * matrixCols, `${name}: ${weights.length} weights`);
  holds(weights.every(Number.isFinite), `${name}: weights that are no numbers`);
  holds(bias === null || bias.length === groupCount * matrixCols, `${name}: ${bias?.length} biases`);
  holds(
    integers === undefined || integers.values.length === weights.length,
    `${name}: ${integers?.values.length} integers`,
  );
  if (geometry.kind !== "conv") return;
  const { kernel, channelCount, strides, dilations, pads } = geometry;
  holds((kernel[0] * kernel[1] * channelCount) / groupCount === matrixRows, `${name}: ${matrixRows} rows of ${kernel}`);
  const sizes = [...kernel, ...strides, ...dilations, ...pads];
  holds(
    sizes.every((size) => Number.isSafeInteger(size) && size >= 0),
    `${name}: ${sizes}`,
  );
}

/** The whole engine on one drawn sample: bit-serial sums are the integer product, and the laws between schemes hold. */
async function checkRun(bytes: Uint8Array, batchNorm: "fold" | "digital"): Promise<void> {
  const { report } = await simulate({
    workload: { kind: "network", name: "net.onnx", model: bytes, readExternal, syntheticInputsSeed: 1 },
    config: parseConfig([], [`network.batchNorm=${batchNorm}`, "precision.weightBits=8", "precision.activationBits=8"]),
    source: { source: "net.onnx", sha256: "" },
    ...{ schemes: ["naive", "orc", "dof", "orc-dof"], seed: 0, samples: 1, verifyWindows: 3 },
  });
  for (const { name, schemes, windows, macs, matrixRows, matrixCols } of report.layers) {
    const ops = (scheme: "naive" | "orc" | "dof" | "orc-dof"): number => schemes[scheme]!.ouOps;
    holds(
      [windows, macs, ops("naive")].every((value) => Number.isSafeInteger(value) && value >= 0),
      `${name}: ${windows} windows`,
    );
    holds(macs >= windows * matrixRows * matrixCols, `${name}: ${macs} MACs`);
    holds(ops("dof") <= ops("naive"), `${name}: dof ${ops("dof")} above naive ${ops("naive")}`);
  }
  for (const [scheme, { mismatches }] of Object.entries(report.verify?.schemes ?? {})) {
    holds(mismatches === 0, `${mismatches} mismatches of ${scheme}`);
  }
}
