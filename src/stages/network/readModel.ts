import { Pace, paced } from "../../model/base/pace.ts";
import { Faults } from "../../model/base/errors.ts";
import type { NetworkInput, SkippedNode } from "../../model/ir/layer.ts";
import type { NetworkWorkload } from "../../model/ir/request.ts";
import { decodeModel } from "./file/decodeModel.ts";
import { inlineExternal, isExternal } from "./file/externalData.ts";
import { readGraph } from "./file/graph.ts";
import type { Graph } from "./file/graph.ts";
import { lowerQuantized } from "./file/lowerQuantized.ts";
import { extractLayers } from "./layers/extract.ts";
import type { MappedLayer } from "./layers/extract.ts";
import type { GraphProto, ModelProto, StringStringEntryProto, TensorProto, ValueInfoProto } from "./onnxMessages.ts";

/** The parts of a network workload that the import reads. */
export type NetworkFile = Pick<NetworkWorkload, "name" | "model" | "readExternal">;

export interface OpenOptions {
  /** Batch normalisation behind Conv or Gemm: folded into weights and bias, or left to the digital side. */
  readonly batchNorm: "fold" | "digital";
  /** Of the run that opens it; its signal stops inference, too, in the middle of a model where there are threads. */
  readonly pace?: Pace;
}

/** A graph input with its element type. */
export interface TypedInput extends NetworkInput {
  readonly type: number;
}

/** What an ONNX file says, external data read. */
export interface ReadModel {
  readonly proto: ModelProto;
  readonly graph: Graph;
  /** The model whose graph that is, where operators were written as their definition; null: the file's. */
  readonly runnable: ModelProto | null;
  readonly input: TypedInput;
  readonly mapped: readonly MappedLayer[];
  readonly skipped: readonly SkippedNode[];
  /** Tensors whose data lay outside, and where. */
  readonly external: ReadonlyMap<TensorProto, StringStringEntryProto[]>;
  /** The files that they came from. */
  readonly locations: readonly string[];
}

/** @throws InputError with every fault of the file: encoding, tensor sizes, names, external data, weights. */
export async function readModel(file: NetworkFile, options: OpenOptions): Promise<ReadModel> {
  const place = file.name;
  const { proto, graph: graphProto } = decodeModel(file.model, place);
  const faults = new Faults();
  const { external, locations } = await inlineAll(graphProto, file, faults);
  const input = readInput(graphProto, place, faults);
  if (graphProto.output.length === 0) faults.add(place, "a graph output", "none");
  const written = readGraph(graphProto, place, faults);
  const lowered = lowerQuantized(written);
  // Its faults are those of the graph as it is written.
  const graph = lowered === null ? written : readGraph(lowered.proto, place, new Faults(), lowered.quantized);
  const functionOps = new Set(proto.functions.map(({ domain, name }) => `${domain ?? ""}:${name ?? ""}`));
  const reasons = lowered?.reasons ?? new Map<string, string>();
  const { batchNorm, pace = new Pace() } = options;
  const { mapped, skipped } = await paced(extractLayers(graph, functionOps, reasons, batchNorm, place, faults), pace);
  faults.throwIfAny();
  const runnable = lowered === null ? null : { ...proto, graph: lowered.proto };
  return { proto, graph, runnable, input: input!, mapped, skipped, external, locations };
}

/** Moves external tensors into the decoded graph. */
async function inlineAll(
  graph: GraphProto,
  file: NetworkFile,
  faults: Faults,
): Promise<Pick<ReadModel, "external" | "locations">> {
  const external = new Map<TensorProto, StringStringEntryProto[]>();
  const locations = new Set<string>();
  for (const tensor of graph.initializer.filter(isExternal)) {
    const entries = tensor.externalData;
    try {
      locations.add(await inlineExternal(tensor, `${file.name}, initialiser ${tensor.name ?? ""}`, file.readExternal));
      external.set(tensor, entries);
    } catch (error) {
      faults.addFrom(error);
    }
  }
  return { external, locations: [...locations] };
}

/** The one graph input that is no initialiser; undefined after adding a fault. */
function readInput(graph: GraphProto, place: string, faults: Faults): TypedInput | undefined {
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  const inputs = graph.input.filter((input) => !constants.has(input.name));
  const [input] = inputs;
  if (input === undefined) faults.add(place, "a graph input", "none");
  else if (inputs.length > 1) faults.add(place, "one graph input", inputs.map(({ name }) => name).join(", "));
  else return typedInput(input, `${place}, input ${input.name ?? ""}`, faults);
  return undefined;
}

function typedInput(input: ValueInfoProto, place: string, faults: Faults): TypedInput | undefined {
  const tensor = input.type?.tensorType;
  const sizes = tensor?.shape?.dim.map((dimension) => Number(dimension.dimValue ?? 0n)) ?? [];
  if (sizes.length === 0) faults.add(place, "a tensor with a batch axis", "no shape");
  // Some exporters write a symbolic size as 0 or -1.
  const shape = sizes.map((size) => (size > 0 ? size : null));
  return { name: input.name ?? "", shape, type: tensor?.elemType ?? 0 };
}
