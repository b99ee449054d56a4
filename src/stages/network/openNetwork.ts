import { Faults, InputError } from "../../model/base/errors.ts";
import { ceilDiv } from "../../model/base/numbers.ts";
import type { FloatTensor, MatrixLayer, NetworkInput, SkippedNode } from "../../model/ir/layer.ts";
import type { MatrixEvaluator, Network } from "../../model/ir/network.ts";
import type { NetworkWorkload } from "../../model/ir/request.ts";
import { decodeModel } from "./file/decodeModel.ts";
import { inlineExternal, isExternal } from "./file/externalData.ts";
import { readGraph } from "./file/graph.ts";
import { checkInputs } from "./checkInputs.ts";
import { FloatRun } from "./inference/floatRun.ts";
import { MixedRun } from "./inference/mixedRun.ts";
import { planSteps } from "./inference/plan.ts";
import { joinBatches, sliceBatch } from "./inference/tensors.ts";
import { extractLayers } from "./layers/extract.ts";
import type { GraphProto, ValueInfoProto } from "./onnx_pb.ts";

/** The parts of a network workload that the import reads. */
export type NetworkFile = Pick<NetworkWorkload, "name" | "model" | "readExternal">;

export interface OpenOptions {
  /** Batch normalisation behind Conv or Gemm: folded into weights and bias, or left to the digital side. */
  readonly batchNorm: "fold" | "digital";
}

/**
 * ONNX file → matrix layers, and inference around them. Tensors inside it are found by name.
 * @throws InputError with every fault of the file: encoding, tensor sizes, names, external data, weights.
 */
export async function openNetwork(file: NetworkFile, options: OpenOptions): Promise<Network> {
  const place = file.name;
  const { proto: model, graph: graphProto } = decodeModel(file.model, place);
  const faults = new Faults();
  const locations = await inlineAll(graphProto, file, faults);
  const input = readInput(graphProto, place, faults);
  if (graphProto.output.length === 0) faults.add(place, "a graph output", "none");
  const graph = readGraph(graphProto, place, faults);
  const functionOps = new Set(model.functions.map(({ domain, name }) => `${domain ?? ""}:${name ?? ""}`));
  const { mapped, skipped } = extractLayers(graph, functionOps, options.batchNorm, place, faults);
  faults.throwIfAny();

  const layers = mapped.map((entry) => entry.layer);
  const inputType = input!.type;
  const inputName = input!.name;
  const wanted = [...new Set(layers.map((layer) => layer.inputTensor))];
  const readExternalFiles = () =>
    Promise.all(locations.map(async (path) => ({ path, data: await file.readExternal!(path, 0, null) })));
  const floatRun = new FloatRun({
    ...{ place, model: file.model, inputName, inputType, outputs: graph.outputs, wanted, readExternalFiles },
  });
  const steps = planSteps(graph, mapped);
  const mixedRun = new MixedRun({ place, model, graph, steps, inputName, inputType });
  return new OnnxNetwork(place, { name: inputName, shape: input!.shape }, layers, skipped, floatRun, mixedRun);
}

class OnnxNetwork implements Network {
  readonly name: string;
  readonly input: NetworkInput;
  readonly layers: readonly MatrixLayer[];
  readonly skipped: readonly SkippedNode[];
  private readonly floatRun: FloatRun;
  private readonly mixedRun: MixedRun;

  constructor(
    name: string,
    input: NetworkInput,
    layers: readonly MatrixLayer[],
    skipped: readonly SkippedNode[],
    floatRun: FloatRun,
    mixedRun: MixedRun,
  ) {
    this.name = name;
    this.input = input;
    this.layers = layers;
    this.skipped = skipped;
    this.floatRun = floatRun;
    this.mixedRun = mixedRun;
  }

  async infer(batch: FloatTensor): Promise<{ activations: ReadonlyMap<string, FloatTensor>; output: FloatTensor }> {
    const runs: Map<string, FloatTensor>[] = [];
    for (const slice of this.slices(batch)) runs.push(await this.floatRun.run(slice));
    const joined = new Map<string, FloatTensor>();
    for (const name of runs[0]!.keys()) {
      const parts = runs.map((run) => run.get(name)!);
      joined.set(name, this.join(parts, batch, `tensor ${name}`));
    }
    const output = joined.get(this.floatRun.outputName)!;
    const activations = new Map(this.layers.map(({ inputTensor }) => [inputTensor, joined.get(inputTensor)!]));
    return { activations, output };
  }

  async inferWith(batch: FloatTensor, evaluate: MatrixEvaluator): Promise<FloatTensor> {
    const outputs: FloatTensor[] = [];
    for (const slice of this.slices(batch)) outputs.push(await this.mixedRun.run(slice, evaluate));
    return this.join(outputs, batch, "graph output");
  }

  async dispose(): Promise<void> {
    await Promise.all([this.floatRun.close(), this.mixedRun.close()]);
  }

  /** A symbolic batch takes all samples at once, a fixed one that many at a time. */
  private slices(batch: FloatTensor): FloatTensor[] {
    checkInputs(batch, this.input);
    const perSlice = this.samplesPerSlice(batch);
    const sliceCount = ceilDiv(batch.shape[0]!, perSlice);
    return Array.from({ length: sliceCount }, (_, index) => sliceBatch(batch, index * perSlice, perSlice));
  }

  private join(parts: readonly FloatTensor[], batch: FloatTensor, what: string): FloatTensor {
    return joinBatches(parts, this.samplesPerSlice(batch), batch.shape[0]!, `${this.name}, ${what}`);
  }

  private samplesPerSlice(batch: FloatTensor): number {
    return this.input.shape[0] ?? batch.shape[0]!;
  }
}

/** Moves external tensors into the decoded graph; returns the files that they came from. */
async function inlineAll(graph: GraphProto, file: NetworkFile, faults: Faults): Promise<string[]> {
  const locations = new Set<string>();
  for (const tensor of graph.initializer.filter(isExternal)) {
    try {
      locations.add(await inlineExternal(tensor, `${file.name}, initialiser ${tensor.name ?? ""}`, file.readExternal));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      error.faults.forEach((fault) => faults.add(fault.place, fault.expected, fault.got));
    }
  }
  return [...locations];
}

interface TypedInput extends NetworkInput {
  readonly type: number;
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
