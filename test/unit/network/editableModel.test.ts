import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { ExternalDataReader } from "../../../src/model/ir/network.ts";
import { EditableModel } from "../../../src/stages/network/edit/editableModel.ts";
import { openNetwork } from "../../../src/stages/network/index.ts";
import { ModelProtoSchema } from "../../helpers/onnx_pb.ts";
import type { TensorProto } from "../../helpers/onnx_pb.ts";
import { graph, model, modelOf, node, rawTensor, tensor, tensorWith } from "../../helpers/onnx.ts";

/** y = x · w, one weight matrix [2, 2] of some storage. */
function product(w: TensorProto, inputType = 1): Uint8Array {
  return model({
    inputs: { x: ["n", 2] },
    outputs: ["y"],
    nodes: [node("MatMul", ["x", "w"], ["y"], {}, "fc")],
    initializers: [w, tensor("other", [1], [7])],
    inputType,
  });
}

const file = (bytes: Uint8Array) => ({ name: "net.onnx", model: bytes });
const float32 = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

async function weightsOf(bytes: Uint8Array, readExternal?: ExternalDataReader): Promise<number[]> {
  const network = await openNetwork(
    { ...file(bytes), ...(readExternal ? { readExternal } : {}) },
    { batchNorm: "fold" },
  );
  await network.dispose();
  return [...network.layers[0]!.weights];
}

describe("an edited model", () => {
  test("differs from the original in the edited bytes alone", async () => {
    for (const w of [
      tensor("w", [2, 2], [1, 2, 3, 4]),
      tensorWith({ name: "w", dims: [2n, 2n], dataType: 1, floatData: float32([1, 2, 3, 4]) }),
    ]) {
      const bytes = product(w);
      const editable = await EditableModel.open(file(bytes));
      editable.tensor("w").bytes.fill(0, 4, 8);
      const { model: edited, data } = editable.encode("unused.data");
      expect(data).toBeNull();
      expect(edited).toEqual(editable.toFile().model);
      expect(await weightsOf(edited)).toEqual([1, 0, 3, 4]);
      expect(await weightsOf(bytes)).toEqual([1, 2, 3, 4]);
      const changed = [...edited.keys()].filter((at) => edited[at] !== bytes[at]);
      expect(edited.length).toBe(bytes.length);
      // 2.0 is 00 00 00 40.
      expect(changed).toHaveLength(1);
    }
  });

  test("that nobody edited is the original", async () => {
    const bytes = product(tensor("w", [2, 2], [1, 2, 3, 4]));
    expect((await EditableModel.open(file(bytes))).encode("unused.data").model).toEqual(bytes);
  });

  test("keeps fields that the import does not know", async () => {
    // Field 14 of the model (metadata_props), and field 99, which nobody knows, inside the weight tensor.
    const decoded = fromBinary(
      ModelProtoSchema,
      product(tensorWith({ name: "w", dims: [2n, 2n], dataType: 10, int32Data: [0x3c00, 0x4000, 0x4200, 0x4400] })),
    );
    decoded.$unknown = [{ no: 14, wireType: 2, data: Uint8Array.of(2, 10, 0) }];
    decoded.graph!.initializer[0]!.$unknown = [{ no: 99, wireType: 0, data: Uint8Array.of(5) }];
    const editable = await EditableModel.open(file(toBinary(ModelProtoSchema, decoded)));
    editable.tensor("w").bytes.fill(0, 0, 2);
    const edited = fromBinary(ModelProtoSchema, editable.encode("unused.data").model);
    expect(edited.$unknown).toEqual(decoded.$unknown);
    expect(edited.graph!.initializer[0]!.$unknown).toEqual(decoded.graph!.initializer[0]!.$unknown);
    expect(await weightsOf(editable.toFile().model)).toEqual([0, 2, 3, 4]);
  });

  test.each([
    [
      "float16 in raw_data",
      rawTensor("w", [2, 2], 10, new Uint8Array(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400).buffer)),
    ],
    [
      "float16 in int32_data",
      tensorWith({ name: "w", dims: [2n, 2n], dataType: 10, int32Data: [0x3c00, 0x4000, 0x4200, 0x4400] }),
    ],
    [
      "double in double_data",
      tensorWith({
        name: "w",
        dims: [2n, 2n],
        dataType: 11,
        doubleData: new Uint8Array(Float64Array.of(1, 2, 3, 4).buffer),
      }),
    ],
  ])("%s", async (_, w) => {
    const editable = await EditableModel.open(file(product(w, w.dataType!)));
    const { bytes, itemBytes, shape } = editable.tensor("w");
    expect([shape, bytes.length]).toEqual([[2, 2], 4 * itemBytes]);
    bytes.fill(0, 2 * itemBytes, 3 * itemBytes);
    expect(await weightsOf(editable.encode("unused.data").model)).toEqual([1, 2, 0, 4]);
  });

  test("weights of a Constant node", async () => {
    const bytes = modelOf(
      graph({
        inputs: { x: ["n", 2] },
        outputs: ["y"],
        nodes: [
          node("Constant", [], ["w"], { value: tensor("", [2, 2], [1, 2, 3, 4]) }),
          node("MatMul", ["x", "w"], ["y"]),
        ],
      }),
    );
    const editable = await EditableModel.open(file(bytes));
    editable.tensor("w").bytes.fill(0, 0, 4);
    expect(await weightsOf(editable.encode("unused.data").model)).toEqual([0, 2, 3, 4]);
    expect([...(await editable.layers())[0]!.weights]).toEqual([0, 2, 3, 4]);
  });

  test("counts the readers of a constant under all its names", async () => {
    const bytes = model({
      inputs: { x: ["n", 2] },
      outputs: ["y"],
      nodes: [node("Identity", ["w"], ["v"]), node("MatMul", ["x", "w"], ["h"]), node("MatMul", ["h", "v"], ["y"])],
      initializers: [tensor("w", [2, 2], [1, 2, 3, 4])],
    });
    const editable = await EditableModel.open(file(bytes));
    expect([editable.readerCount("w"), editable.readerCount("v")]).toEqual([2, 2]);
  });
});

describe("a model with external data", () => {
  const entry = (key: string, value: string) => ({ $typeName: "onnx.StringStringEntryProto" as const, key, value });
  const outside = (name: string, location: string, offset: number) =>
    tensorWith({
      name,
      dims: [2n, 2n],
      dataType: 1,
      dataLocation: 1,
      externalData: [entry("location", location), entry("offset", String(offset)), entry("length", "16")],
    });
  const bytes = model({
    inputs: { x: ["n", 2] },
    outputs: ["y"],
    nodes: [node("MatMul", ["x", "w"], ["h"], {}, "fc1"), node("MatMul", ["h", "v"], ["y"], {}, "fc2")],
    initializers: [outside("w", "net.data", 4), outside("v", "net.data", 24)],
  });
  const stored = float32([0, 1, 2, 3, 4, 0, 5, 6, 7, 8]);
  const reader =
    (files: Readonly<Record<string, Uint8Array>>): ExternalDataReader =>
    async (location, offset, count) =>
      files[location]!.subarray(offset, count === null ? undefined : offset + count);
  const open = () => EditableModel.open({ ...file(bytes), readExternal: reader({ "net.data": stored }) });

  async function allWeights(edited: Uint8Array, readExternal: ExternalDataReader): Promise<number[][]> {
    const network = await openNetwork({ ...file(edited), readExternal }, { batchNorm: "fold" });
    // The runtime reads the data, too.
    const { output } = await network.infer({ shape: [1, 2], values: Float32Array.of(1, 0) });
    await network.dispose();
    return [...network.layers.map(({ weights }) => [...weights]), [...output.values]];
  }

  test("is written with one data file of a new name, each tensor at a page of its own", async () => {
    const editable = await open();
    editable.tensor("w").bytes.fill(0, 0, 4);
    const { model: edited, data } = editable.encode("pruned.onnx.data");
    expect(data!.length).toBe(4096 + 16);
    expect(await allWeights(edited, reader({ "pruned.onnx.data": data! }))).toEqual([
      [0, 2, 3, 4],
      [5, 6, 7, 8],
      [14, 16],
    ]);
    expect(stored).toEqual(float32([0, 1, 2, 3, 4, 0, 5, 6, 7, 8]));
    // Encoding does not use the model up.
    expect(editable.encode("pruned.onnx.data").model).toEqual(edited);
  });

  test("keeps what was not edited outside where it only goes on in memory", async () => {
    const editable = await open();
    editable.tensor("w").bytes.fill(0, 0, 4);
    const { model: edited } = editable.toFile();
    const decoded = fromBinary(ModelProtoSchema, edited).graph!.initializer;
    expect(decoded.map(({ dataLocation, rawData }) => [dataLocation, rawData?.length])).toEqual([
      [undefined, 16],
      [1, undefined],
    ]);
    expect(await allWeights(edited, reader({ "net.data": stored }))).toEqual([
      [0, 2, 3, 4],
      [5, 6, 7, 8],
      [14, 16],
    ]);
  });
});
