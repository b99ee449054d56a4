import type { NumericArray } from "../../src/index.ts";
import { chooseNetwork } from "../../src/stages/zoo/index.ts";
import { model, node, noise, tensor } from "../helpers/onnx.ts";
import type { NodeProto, TensorProto } from "../helpers/onnx_pb.ts";

const CLASSES = 10;

/** A network with labelled inputs. */
export interface LabelledNetwork {
  readonly model: Uint8Array;
  readonly inputs: NumericArray;
  readonly labels: NumericArray;
}

/** The convolutions of VGG-16, for images of any size, with three of ten weights kept, and a dense layer behind their mean, as an ONNX file. */
export function vggConvolutions(sampleCount: number, side = 224): LabelledNetwork {
  const nodes: NodeProto[] = [];
  const weights: TensorProto[] = [];
  let last = "x";
  let channels = 3;
  const push = (op: string, inputs: readonly string[], attributes = {}): void => {
    const output = `t${nodes.length}`;
    nodes.push(node(op, [last, ...inputs], [output], attributes, inputs[0] ?? ""));
    last = output;
  };
  const layers = chooseNetwork("vgg16").network.layers.filter(({ op }) => op === "Conv");
  for (const [index, { name, matrixRows, matrixCols }] of layers.entries()) {
    const scale = Math.sqrt(20 / matrixRows);
    const values = noise(matrixRows * matrixCols, index + 1).map((value) =>
      Math.abs(value) < 0.7 ? 0 : value * scale,
    );
    weights.push(tensor(name, [matrixCols, channels, 3, 3], values));
    push("Conv", [name], { pads: [1, 1, 1, 1] });
    push("Relu", []);
    if (/(1_2|2_2|3_3|4_3|5_3)$/.test(name)) push("MaxPool", [], { kernel_shape: [2, 2], strides: [2, 2] });
    channels = matrixCols;
  }
  push("GlobalAveragePool", []);
  push("Flatten", []);
  weights.push(tensor("classes", [channels, CLASSES], noise(channels * CLASSES, 99)));
  push("Gemm", ["classes"]);
  const parts = { inputs: { x: ["n", 3, side, side] }, outputs: [last], nodes, initializers: weights };
  return { model: model(parts), ...labelled(sampleCount, [3, side, side]) };
}

/** Two convolutions and a dense layer, a few milliseconds of work. */
export function smallNetwork(sampleCount: number, seed: number): LabelledNetwork {
  const sparse = (count: number, salt: number) =>
    noise(count, seed * 10 + salt).map((value) => (Math.abs(value) < 0.6 ? 0 : value));
  const nodes = [
    node("Conv", ["x", "w1"], ["a"], {}, "conv1"),
    node("Relu", ["a"], ["b"]),
    node("Conv", ["b", "w2"], ["c"], { strides: [2, 2], group: 2 }, "conv2"),
    node("Relu", ["c"], ["d"]),
    node("Flatten", ["d"], ["e"]),
    node("Gemm", ["e", "w3"], ["y"], {}, "fc"),
  ];
  const initializers = [
    tensor("w1", [4, 1, 3, 3], sparse(36, 1)),
    tensor("w2", [6, 2, 2, 2], sparse(48, 2)),
    tensor("w3", [54, CLASSES], sparse(540, 3)),
  ];
  const parts = { inputs: { x: ["n", 1, 8, 8] }, outputs: ["y"], nodes, initializers };
  return { model: model(parts), ...labelled(sampleCount, [1, 8, 8]) };
}

function labelled(sampleCount: number, shape: readonly number[]): Omit<LabelledNetwork, "model"> {
  const perSample = shape.reduce((a, b) => a * b, 1);
  return {
    inputs: { place: "inputs", dtype: "f4", shape: [sampleCount, ...shape], values: noise(sampleCount * perSample, 7) },
    labels: {
      place: "labels",
      dtype: "i4",
      shape: [sampleCount],
      values: Int32Array.from({ length: sampleCount }, (_, sample) => sample % CLASSES),
    },
  };
}
