import { zipSync } from "fflate";
import { dump } from "npyjs";
import { describe, expect, test } from "vitest";
import type { WeightsRequest } from "../../../src/index.ts";
import { ingestWeights, openNetwork } from "../../../src/stages/network/index.ts";
import { matchGlob } from "../../../src/model/base/glob.ts";
import { parseRules } from "../../../src/stages/network/weights/rules.ts";
import { model, noise, node, rawTensor, tensor } from "../../helpers/onnx.ts";
import { safetensors } from "../../helpers/safetensors.ts";
import type { StoredTensor } from "../../helpers/safetensors.ts";

/** conv1 [4,3,2,2] → conv2, two groups, [4,2,1,1] → Flatten → fc, Gemm with transB [2,36], of the given element type. */
function network(type = 1, store = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer)): Uint8Array {
  const weights = (name: string, shape: readonly number[]) =>
    rawTensor(
      name,
      shape,
      type,
      store(
        noise(
          shape.reduce((a, b) => a * b, 1),
          name.length,
        ),
      ),
    );
  return model({
    inputs: { x: ["n", 3, 4, 4] },
    outputs: ["y"],
    nodes: [
      node("Conv", ["x", "conv1.weight"], ["a"], {}, "conv1"),
      node("Relu", ["a"], ["b"]),
      node("Conv", ["b", "w2"], ["c"], { group: 2 }, "conv2"),
      node("Flatten", ["c"], ["d"]),
      node("Gemm", ["d", "fc.W"], ["y"], { transB: 1 }, "fc"),
    ],
    initializers: [weights("conv1.weight", [4, 3, 2, 2]), weights("w2", [4, 2, 1, 1]), weights("fc.W", [2, 36])],
    inputType: type,
  });
}

const onnx = network();
const iota = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i + 1);
const f32 = (shape: readonly number[], values = iota(shape.reduce((a, b) => a * b, 1))): StoredTensor => ({
  dtype: "F32",
  shape,
  data: values,
});

const stored = (tensors: Readonly<Record<string, StoredTensor>>, place = "w.safetensors") => ({
  place,
  bytes: safetensors(tensors),
});
const rules = (text: string) => ({ place: "map.yaml", text });
const request = (parts: Partial<WeightsRequest>): WeightsRequest => ({ weights: [], masks: [], ...parts });

/** Weights of each layer, [group][row][col], after ingestion. */
async function weightsAfter(parts: Partial<WeightsRequest>, bytes = onnx): Promise<Record<string, number[]>> {
  const { file } = await ingestWeights({ name: "net.onnx", model: bytes }, request(parts));
  const opened = await openNetwork(file, { batchNorm: "fold" });
  await opened.dispose();
  return Object.fromEntries(opened.layers.map(({ name, weights }) => [name, [...weights]]));
}

/** Column-major values as rows. */
const rowsOf = (values: ArrayLike<number>, rowCount: number, colCount: number): number[] =>
  Array.from({ length: rowCount * colCount }, (_, i) => values[(i % colCount) * rowCount + Math.floor(i / colCount)]!);

describe("weights by name", () => {
  test("of the layer's own tensor, of the layer, or of the layer with a suffix; the rest stays", async () => {
    const before = await weightsAfter({ weights: [stored({ nothing: f32([1]), "conv1.weight": f32([4, 3, 2, 2]) })] });
    expect(before["conv1"]).toEqual(rowsOf(iota(48), 12, 4));
    const after = await weightsAfter({ weights: [stored({ conv2: f32([4, 2, 1, 1]), "fc.weight": f32([2, 36]) })] });
    // Two groups: columns 1, 2 of rows 1, 2 and columns 3, 4.
    expect(after["conv2"]).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect(after["fc"]).toEqual(rowsOf(iota(72), 36, 2));
    expect(after["conv1"]).not.toEqual(before["conv1"]);
  });

  test("a filter's rows may be flat, and the groups of a layer stand in files of their own", async () => {
    const mtx = (name: string, rows: string) => ({
      place: `dir/${name}.mtx`,
      bytes: new TextEncoder().encode(`%%MatrixMarket matrix array integer general\n2 2\n${rows}`),
    });
    const { ingested, file } = await ingestWeights(
      { name: "net.onnx", model: onnx },
      request({ weights: [mtx("conv2_1", "1\n2\n3\n4"), mtx("conv2_2", "5\n6\n7\n8")] }),
    );
    expect(ingested).toEqual([{ layer: "conv2", weights: ["dir/conv2_1.mtx", "dir/conv2_2.mtx"], mask: [] }]);
    const opened = await openNetwork(file, { batchNorm: "fold" });
    await opened.dispose();
    // An MTX row is a filter: [[1, 3], [2, 4]] gives rows [1, 2] and [3, 4] of the first group.
    expect([...opened.layers[1]!.weights]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("from npz, npy and another ONNX file", async () => {
    const npy = new Uint8Array(dump(iota(48), [4, 3, 2, 2]));
    const npz = zipSync({ "conv1.weight.npy": npy });
    for (const file of [
      { place: "w.npz", bytes: npz },
      { place: "conv1.npy", bytes: npy },
    ]) {
      expect((await weightsAfter({ weights: [file] }))["conv1"]).toEqual(rowsOf(iota(48), 12, 4));
    }
    const other = model({
      inputs: { x: [1] },
      outputs: ["x"],
      nodes: [],
      initializers: [tensor("w2", [4, 2, 1, 1], iota(8))],
    });
    expect((await weightsAfter({ weights: [{ place: "o.onnx", bytes: other }] }))["conv2"]).toEqual([
      1, 3, 2, 4, 5, 7, 6, 8,
    ]);
  });

  test.each([
    ["F16", Uint16Array.of(0x3c00, 0, 0xc100, 0, 0, 0, 0, 0)],
    ["BF16", Uint16Array.of(0x3f80, 0, 0xc020, 0, 0, 0, 0, 0)],
    ["F64", Float64Array.of(1, 0, -2.5, 0, 0, 0, 0, 0)],
  ])("%s", async (dtype, data) => {
    const { conv2 } = await weightsAfter({ weights: [stored({ conv2: { dtype, shape: [4, 2, 1, 1], data } })] });
    expect(conv2).toEqual([1, -2.5, 0, 0, 0, 0, 0, 0]);
  });

  test.each([
    ["I8", Int8Array.of(-128, 127, 0, 0, 0, 0, 0, 1)],
    ["I16", Int16Array.of(-128, 127, 0, 0, 0, 0, 0, 1)],
  ])("%s", async (dtype, data) => {
    const { conv2 } = await weightsAfter({ weights: [stored({ conv2: { dtype, shape: [4, 2, 1, 1], data } })] });
    expect(conv2).toEqual([-128, 0, 127, 0, 0, 0, 0, 1]);
  });

  test("go into the element type that the network has", async () => {
    const half = network(10, (values) => new Uint8Array(Uint16Array.from(values, () => 0x3c00).buffer));
    const { conv2, fc } = await weightsAfter(
      { weights: [stored({ conv2: f32([4, 2, 1, 1], Float32Array.of(0.1, 0, 0, 0, 0, 0, 0, 2)) })] },
      half,
    );
    // 0.1 is no half: the nearest one.
    expect(conv2).toEqual([0.0999755859375, 0, 0, 0, 0, 0, 0, 2]);
    expect(new Set(fc)).toEqual(new Set([1]));
    await expect(
      weightsAfter({ weights: [stored({ conv2: f32([4, 2, 1, 1], iota(8).fill(1e6)) })] }, half),
    ).rejects.toThrow("w.safetensors:conv2: expected values that float16 holds, got 1000000 at index 0");
  });
});

describe("rules", () => {
  test("patterns, transposes and a layer that is kept", async () => {
    const map = rules(`
schema: 1
rules:
  - { layer: fc, keep: true }
  - { layer: "conv2", tensor: ["l2/a", "l2/b"], transpose: true }
  - { layer: "conv*", tensor: "l$1/kernel", transpose: [3, 2, 0, 1] }
`);
    const hwio = f32([2, 2, 3, 4]);
    const { conv1, conv2, fc } = await weightsAfter({
      weights: [
        stored({
          "l1/kernel": hwio,
          "l2/a": f32([2, 2], Float32Array.of(1, 2, 3, 4)),
          "l2/b": f32([2, 2], Float32Array.of(5, 6, 7, 8)),
          "fc.W": f32([2, 36]),
        }),
      ],
      rules: map,
    });
    // Keras order: row (channel, ky, kx) of the matrix is kernel[ky][kx][channel].
    const expected = [0, 1, 2].flatMap((channel) =>
      [0, 1].flatMap((ky) =>
        [0, 1].flatMap((kx) => [0, 1, 2, 3].map((filter) => ((ky * 2 + kx) * 3 + channel) * 4 + filter + 1)),
      ),
    );
    expect(conv1).toEqual(expected);
    expect(conv2).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(fc).not.toEqual(rowsOf(iota(72), 36, 2));
  });

  test("globs and captures", () => {
    expect(matchGlob("a*.b*", "a1.b/2")).toEqual(["1", "/2"]);
    expect([matchGlob("a.b", "axb"), matchGlob("a", "ab"), matchGlob("(*", "(x")]).toEqual([null, null, ["x"]]);
  });

  test("every fault of a rule file, by line and column", () => {
    const text = `schema: 1
rules:
  - { layer: conv1, tensors: a }
  - { layer: conv2, tensor: a, keep: true }
  - { layer: conv3 }
  - { layer: conv4, tensor: a, transpose: [0, 2] }
`;
    const faultsOf = (yaml: string): string => {
      try {
        parseRules(rules(yaml));
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(faultsOf(text)).toBe(
      "map.yaml:3:5 rules.0: expected a list of rules, each with layer, and tensor, mask or keep, got unknown key tensors",
    );
    expect(faultsOf(text.replace("tensors:", "tensor:"))).toBe(
      [
        "map.yaml:4:5: expected tensor or mask, or keep: true, got both",
        "map.yaml:5:5: expected tensor or mask, or keep: true, got neither",
        "map.yaml:6:5 transpose: expected each axis once, from 0 on, got [0,2]",
      ].join("\n"),
    );
    expect(faultsOf("rules: [")).toMatch(/^map\.yaml:1:\d+: expected valid YAML, got /);
    expect(faultsOf("rules: []")).toMatch(/^map\.yaml:1:8 rules: expected a list of rules/);
  });

  test("tells every fault at once", async () => {
    const map = rules(
      "rules:\n  - { layer: conv1, tensor: absent }\n  - { layer: conv2, tensor: [a, a, a] }\n  - { layer: fc, tensor: b }\n  - { layer: fc9, tensor: b }\n",
    );
    await expect(weightsAfter({ weights: [stored({ a: f32([1]), b: f32([36, 2]) })], rules: map })).rejects.toThrow(
      [
        "map.yaml:5:5 layer: expected a layer (conv1, conv2, fc), got fc9",
        "map.yaml:2:5 layer conv1: expected a tensor of the files (a, b), got absent",
        "map.yaml:3:5 layer conv2: expected 1 or 2 tensors, one or one a group, got 3",
        "w.safetensors:b: expected shape [2,36] for layer fc, got [36,2]",
      ].join("\n"),
    );
  });
});

describe("faults of the files", () => {
  test.each([
    [
      "no tensor that fits a layer",
      { weights: [stored({ x: f32([1]), y: f32([1]) })] },
      "--weights-from: expected tensors for at least one layer (conv1.weight, w2, fc.W), got x, y",
    ],
    [
      "a wrong shape",
      { weights: [stored({ conv1: f32([4, 3, 4]) })] },
      "w.safetensors:conv1: expected shape [4,3,2,2] or [4,12] for layer conv1, got [4,3,4]",
    ],
    [
      "a name in two files",
      { weights: [stored({ conv1: f32([1]) }), stored({ conv1: f32([1]) }, "v.safetensors")] },
      "v.safetensors: expected names that no other file has, got conv1, also in w.safetensors",
    ],
    [
      "weights that are no numbers",
      { weights: [stored({ conv2: f32([4, 2], iota(8).fill(NaN, 3)) })] },
      "w.safetensors:conv2: expected finite weights for layer conv2, got NaN at index 3",
    ],
    [
      "a mask of other numbers",
      { masks: [stored({ conv2: f32([4, 2], iota(8)) })] },
      "w.safetensors:conv2: expected a mask of 0 and 1, got 2 at index 1",
    ],
    ["a file of nothing known", { weights: [{ place: "w.bin", bytes: Uint8Array.of(1, 2, 3) }] }, "w.bin: expected "],
    [
      "a damaged file of a known name",
      { weights: [{ place: "w.safetensors", bytes: Uint8Array.of(1, 2, 3) }] },
      "w.safetensors: expected a safetensors header length of 8 bytes, got 3 bytes in all",
    ],
  ])("%s", async (_, parts, message) => {
    await expect(weightsAfter(parts)).rejects.toThrow(message);
  });

  test("two layers that share a tensor cannot be given two", async () => {
    const tied = model({
      inputs: { x: ["n", 2] },
      outputs: ["y"],
      nodes: [node("MatMul", ["x", "w"], ["h"], {}, "a"), node("MatMul", ["h", "w"], ["y"], {}, "b")],
      initializers: [tensor("w", [2, 2], [1, 2, 3, 4])],
    });
    await expect(weightsAfter({ weights: [stored({ w: f32([2, 2]) })] }, tied)).rejects.toThrow(
      "layer b: expected weights of its own, got tensor w, shared with a",
    );
  });
});

describe("masks", () => {
  const mask = { dtype: "BOOL", shape: [4, 2, 1, 1], data: Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 0) };

  test("over the network's own weights, and over others", async () => {
    const own = (await weightsAfter({ weights: [stored({ fc: f32([2, 36]) })] }))["conv2"]!;
    for (const name of ["conv2", "w2_mask", "conv2.mask"]) {
      const { conv2 } = await weightsAfter({ masks: [stored({ [name]: mask })] });
      expect(conv2).toEqual(own.map((value, i) => ([1, 1, 0, 1, 0, 1, 1, 0][i] === 1 ? value : 0)));
    }
    const { conv2 } = await weightsAfter({
      weights: [stored({ conv2: f32([4, 2]) })],
      masks: [stored({ conv2: mask }, "m.safetensors")],
    });
    expect(conv2).toEqual([1, 3, 0, 4, 0, 7, 6, 0]);
  });

  test("by rule, transposed as the weights are", async () => {
    const map = rules("rules:\n  - { layer: fc, tensor: k, mask: m, transpose: true }\n");
    const values = Uint8Array.from({ length: 72 }, (_, i) => i % 2);
    const { fc } = await weightsAfter({
      weights: [stored({ k: f32([36, 2]) })],
      masks: [stored({ m: { dtype: "U8", shape: [36, 2], data: values } }, "m.safetensors")],
      rules: map,
    });
    expect(fc).toEqual([...iota(72)].map((value, i) => (i % 2 === 1 ? value : 0)));
  });
});
