/**
 * The part of the public ONNX format that the import reads or writes; what else a file has survives reading and writing.
 * Names and numbers as in onnx.proto, names in camel case. `floatData` and `doubleData` are bytes: a packed list has
 * the same wire form, and megabytes of weights stay one slice. An explicit zero is written back as it was read.
 */
import { list, one, schemaOf } from "./protobuf.ts";
import type { Message, Schema } from "./protobuf.ts";

export interface ModelProto extends Message {
  irVersion?: bigint | undefined;
  graph?: GraphProto | undefined;
  opsetImport: OperatorSetIdProto[];
  functions: FunctionProto[];
}

export interface OperatorSetIdProto extends Message {
  domain?: string | undefined;
  version?: bigint | undefined;
}

export interface FunctionProto extends Message {
  name?: string | undefined;
  domain?: string | undefined;
}

export interface GraphProto extends Message {
  node: NodeProto[];
  name?: string | undefined;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  sparseInitializer: SparseTensorProto[];
}

export interface NodeProto extends Message {
  input: string[];
  output: string[];
  name?: string | undefined;
  opType?: string | undefined;
  attribute: AttributeProto[];
  domain?: string | undefined;
}

export interface AttributeProto extends Message {
  name?: string | undefined;
  f?: number | undefined;
  i?: bigint | undefined;
  s?: Uint8Array | undefined;
  t?: TensorProto | undefined;
  g?: GraphProto | undefined;
  floats: number[];
  ints: bigint[];
  graphs: GraphProto[];
  type?: number | undefined;
}

export interface TensorProto extends Message {
  dims: bigint[];
  dataType?: number | undefined;
  floatData?: Uint8Array | undefined;
  int32Data: number[];
  stringData: Uint8Array[];
  int64Data: bigint[];
  name?: string | undefined;
  rawData?: Uint8Array | undefined;
  doubleData?: Uint8Array | undefined;
  uint64Data: bigint[];
  externalData: StringStringEntryProto[];
  dataLocation?: number | undefined;
}

export interface SparseTensorProto extends Message {
  values?: TensorProto | undefined;
}

export interface StringStringEntryProto extends Message {
  key?: string | undefined;
  value?: string | undefined;
}

export interface ValueInfoProto extends Message {
  name?: string | undefined;
  type?: TypeProto | undefined;
}

export interface TypeProto extends Message {
  tensorType?: TensorTypeProto | undefined;
}

export interface TensorTypeProto extends Message {
  elemType?: number | undefined;
  shape?: TensorShapeProto | undefined;
}

export interface TensorShapeProto extends Message {
  dim: DimensionProto[];
}

export interface DimensionProto extends Message {
  dimValue?: bigint | undefined;
  dimParam?: string | undefined;
}

export const ModelProtoSchema: Schema<ModelProto> = schemaOf<ModelProto>({
  irVersion: one(1, "int64"),
  graph: one(7, () => GraphProtoSchema),
  opsetImport: list(8, () => OperatorSetIdProtoSchema),
  functions: list(25, () => FunctionProtoSchema),
});

const OperatorSetIdProtoSchema: Schema<OperatorSetIdProto> = schemaOf<OperatorSetIdProto>({
  domain: one(1, "string"),
  version: one(2, "int64"),
});

const FunctionProtoSchema: Schema<FunctionProto> = schemaOf<FunctionProto>({
  name: one(1, "string"),
  domain: one(10, "string"),
});

export const GraphProtoSchema: Schema<GraphProto> = schemaOf<GraphProto>({
  node: list(1, () => NodeProtoSchema),
  name: one(2, "string"),
  initializer: list(5, () => TensorProtoSchema),
  input: list(11, () => ValueInfoProtoSchema),
  output: list(12, () => ValueInfoProtoSchema),
  valueInfo: list(13, () => ValueInfoProtoSchema),
  sparseInitializer: list(15, () => SparseTensorProtoSchema),
});

export const NodeProtoSchema: Schema<NodeProto> = schemaOf<NodeProto>({
  input: list(1, "string"),
  output: list(2, "string"),
  name: one(3, "string"),
  opType: one(4, "string"),
  attribute: list(5, () => AttributeProtoSchema),
  domain: one(7, "string"),
});

const AttributeProtoSchema: Schema<AttributeProto> = schemaOf<AttributeProto>({
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int64"),
  s: one(4, "bytes"),
  t: one(5, () => TensorProtoSchema),
  g: one(6, () => GraphProtoSchema),
  floats: list(7, "float"),
  ints: list(8, "int64"),
  graphs: list(11, () => GraphProtoSchema),
  type: one(20, "int32"),
});

export const TensorProtoSchema: Schema<TensorProto> = schemaOf<TensorProto>({
  dims: list(1, "int64"),
  dataType: one(2, "int32"),
  floatData: one(4, "bytes"),
  int32Data: list(5, "int32"),
  stringData: list(6, "bytes"),
  int64Data: list(7, "int64"),
  name: one(8, "string"),
  rawData: one(9, "bytes"),
  doubleData: one(10, "bytes"),
  uint64Data: list(11, "uint64"),
  externalData: list(13, () => StringStringEntryProtoSchema),
  dataLocation: one(14, "int32"),
});

const SparseTensorProtoSchema: Schema<SparseTensorProto> = schemaOf<SparseTensorProto>({
  values: one(1, () => TensorProtoSchema),
});

export const StringStringEntryProtoSchema: Schema<StringStringEntryProto> = schemaOf<StringStringEntryProto>({
  key: one(1, "string"),
  value: one(2, "string"),
});

const ValueInfoProtoSchema: Schema<ValueInfoProto> = schemaOf<ValueInfoProto>({
  name: one(1, "string"),
  type: one(2, () => TypeProtoSchema),
});

const TypeProtoSchema: Schema<TypeProto> = schemaOf<TypeProto>({
  tensorType: one(1, () => TensorTypeProtoSchema),
});

const TensorTypeProtoSchema: Schema<TensorTypeProto> = schemaOf<TensorTypeProto>({
  elemType: one(1, "int32"),
  shape: one(2, () => TensorShapeProtoSchema),
});

const TensorShapeProtoSchema: Schema<TensorShapeProto> = schemaOf<TensorShapeProto>({
  dim: list(1, () => DimensionProtoSchema),
});

const DimensionProtoSchema: Schema<DimensionProto> = schemaOf<DimensionProto>({
  dimValue: one(1, "int64"),
  dimParam: one(2, "string"),
});
