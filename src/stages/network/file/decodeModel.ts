import { inputError } from "../../../model/base/errors.ts";
import { ModelProtoSchema } from "../onnxMessages.ts";
import type { GraphProto, ModelProto } from "../onnxMessages.ts";
import { fromBinary } from "../protobuf.ts";

/** A decoded model that has a graph. */
export interface DecodedModel {
  readonly proto: ModelProto;
  readonly graph: GraphProto;
}

/** ONNX bytes → messages; tensors stay slices of `bytes`. @throws InputError when they are no whole ONNX model. */
export function decodeModel(bytes: Uint8Array, place: string): DecodedModel {
  const proto = parse(bytes, place);
  if (proto.graph === undefined) throw inputError(place, "an ONNX model", `${bytes.length} bytes without a graph`);
  if (proto.opsetImport.length === 0) throw inputError(place, "an ONNX model with opset_import", "none (truncated?)");
  return { proto, graph: proto.graph };
}

function parse(bytes: Uint8Array, place: string): ModelProto {
  if (bytes.length === 0) throw inputError(place, "an ONNX model", "an empty file");
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw inputError(place, "a whole ONNX model", `${bytes.length} bytes that do not decode (${reason})`, error);
  }
}
