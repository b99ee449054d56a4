import { readFileSync } from "node:fs";
import { fromBinary as fromBinaryByOther, toBinary as toBinaryByOther } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as own from "../../../src/stages/network/onnxMessages.ts";
import { create, fromBinary, toBinary } from "../../../src/stages/network/protobuf.ts";
import { ModelProtoSchema } from "../../helpers/onnx_pb.ts";
import { graph, model, node, tensor, tensorWith } from "../../helpers/onnx.ts";

const lenet5 = readFileSync(new URL("../../../examples/lenet5/lenet5-ssl.onnx", import.meta.url));

/** Every field of the format, among them lists of all kinds, zeros, and a graph inside a graph. */
const everything = model({
  inputs: { x: ["n", 2, 0] },
  outputs: ["y", "é"],
  nodes: [
    node("If", ["c"], ["y"], {
      then: graph({ inputs: {}, outputs: ["t"], nodes: [node("Relu", ["x"], ["t"], {}, "r", "com.microsoft")] }),
      ints: [0, -1, 2 ** 40],
      float: { float: 0.5 },
      text: "",
      value: tensor("v", [2], [1, -2]),
    }),
  ],
  initializers: [
    tensorWith({ name: "a", dims: [0n, -3n], dataType: 6, int32Data: [0, -1, 2 ** 31 - 1] }),
    tensorWith({ name: "b", int64Data: [-(2n ** 63n)], uint64Data: [2n ** 64n - 1n], doubleData: new Uint8Array(8) }),
    tensorWith({ name: "c", stringData: [new Uint8Array(0), Uint8Array.of(255)], floatData: new Uint8Array(4) }),
    tensorWith({ dataLocation: 1, externalData: [{ key: "location", value: "w.bin" }, { key: "offset" }] }),
  ],
});

/** What the generated code makes of bytes, without its own marks; the reason where it makes nothing of them. */
function readByOther(bytes: Uint8Array): unknown {
  try {
    return stripped(fromBinaryByOther(ModelProtoSchema, bytes));
  } catch {
    return "refused";
  }
}

function readHere(bytes: Uint8Array): unknown {
  try {
    return stripped(fromBinary(own.ModelProtoSchema, bytes));
  } catch {
    return "refused";
  }
}

/** Plain data: enumerable keys in one order, bytes as lists. */
function stripped(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name, inside]) => name !== "$typeName" && inside !== undefined);
  return Object.fromEntries(entries.map(([name, inside]) => [name, stripped(inside)]));
}

describe("messages by their table, and by generated code", () => {
  test.each([
    ["a network of a file", new Uint8Array(lenet5)],
    ["every kind of field", everything],
  ])("%s: the same fields, the same bytes", (_, bytes) => {
    expect(readHere(bytes)).toEqual(readByOther(bytes));
    const written = toBinary(own.ModelProtoSchema, fromBinary(own.ModelProtoSchema, bytes));
    expect(written).toEqual(toBinaryByOther(ModelProtoSchema, fromBinaryByOther(ModelProtoSchema, bytes)));
  });

  test("every cut of a file ends alike", () => {
    for (let end = 0; end < everything.length; end++) {
      const cut = everything.subarray(0, end);
      expect([end, readHere(cut)]).toEqual([end, readByOther(cut)]);
    }
    expect(readHere(everything.subarray(0, -1))).toBe("refused");
  });

  test("so do bytes that were changed", () => {
    fc.assert(
      fc.property(fc.nat(everything.length - 1), fc.nat(255), (at, byte) => {
        const changed = everything.slice();
        changed[at] = byte;
        expect(readHere(changed)).toEqual(readByOther(changed));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test("a message that comes in two pieces is one", () => {
    const more = create(own.GraphProtoSchema, { name: "later", output: [{ name: "z" }] });
    const tail = toBinary(own.ModelProtoSchema, create(own.ModelProtoSchema, { graph: more }));
    const both = new Uint8Array([...everything, ...tail]);
    expect(readHere(both)).toEqual(readByOther(both));
    expect(fromBinary(own.ModelProtoSchema, both).graph).toMatchObject({ name: "later", output: { length: 3 } });
  });

  test("bytes stay slices of the file", () => {
    const { graph } = fromBinary(own.ModelProtoSchema, everything);
    expect(graph!.initializer[1]!.doubleData!.buffer).toBe(everything.buffer);
  });
});
