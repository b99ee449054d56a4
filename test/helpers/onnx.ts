import { create, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";

import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "./onnx_pb.ts";

/** Attribute values: 1 is an integer, float(1) a float. */
export type AttributeValue =
  number | { readonly float: number } | string | readonly number[] | TensorProto | GraphProto;

/** AttributeProto.AttributeType of the format. */
const AttributeType = { FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, GRAPH: 5, INTS: 7 };

export function float(value: number): { readonly float: number } {
  return { float: value };
}

/** float32 tensor in raw_data. */
export function tensor(name: string, shape: readonly number[], values: Iterable<number>): TensorProto {
  const data = Float32Array.from(values);
  return rawTensor(name, shape, 1, new Uint8Array(data.buffer));
}

/** int64 tensor in raw_data. */
export function int64Tensor(name: string, shape: readonly number[], values: readonly number[]): TensorProto {
  const data = BigInt64Array.from(values, BigInt);
  return rawTensor(name, shape, 7, new Uint8Array(data.buffer));
}

export function rawTensor(name: string, shape: readonly number[], dataType: number, rawData: Uint8Array): TensorProto {
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType, rawData });
}

/** Tensor whose data lies in another field than raw_data. */
export function tensorWith(init: MessageInitShape<typeof TensorProtoSchema>): TensorProto {
  return create(TensorProtoSchema, init);
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  name = "",
  domain = "",
): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    ...(name === "" ? {} : { name }),
    ...(domain === "" ? {} : { domain }),
  });
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ("float" in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("$typeName" in value) {
    return value.$typeName === "onnx.TensorProto"
      ? create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value })
      : create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

/** A dimension: a number, or the name of a symbolic one. */
export type Dimension = number | string;

export interface GraphParts {
  readonly inputs: Readonly<Record<string, readonly Dimension[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  /** Element type of the inputs; float by default. */
  readonly inputType?: number;
}

export function graph({ inputs, outputs, nodes, initializers = [], inputType = 1 }: GraphParts): GraphProto {
  return create(GraphProtoSchema, {
    name: "test",
    node: [...nodes],
    initializer: [...initializers],
    input: Object.entries(inputs).map(([name, shape]) =>
      create(ValueInfoProtoSchema, {
        name,
        type: { tensorType: { elemType: inputType, shape: { dim: dims(shape) } } },
      }),
    ),
    output: outputs.map((name) => ({ name })),
  });
}

function dims(shape: readonly Dimension[]): { dimValue?: bigint; dimParam?: string }[] {
  return shape.map((size) => (typeof size === "number" ? { dimValue: BigInt(size) } : { dimParam: size }));
}

/** ONNX bytes of a graph, operator set 17. */
export function model(parts: GraphParts): Uint8Array {
  return modelOf(graph(parts));
}

export function modelOf(proto: GraphProto): Uint8Array {
  const opsetImport = [
    { domain: "", version: 17n },
    { domain: "com.microsoft", version: 1n },
  ];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph: proto }));
}

/** Seeded values in -1…1. */
export function noise(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761) >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 31 - 1) as number;
  });
}
