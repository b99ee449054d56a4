import { ceilDiv } from "../../model/base/numbers.ts";
import type { FloatTensor, MatrixLayer, NetworkInput, SkippedNode } from "../../model/ir/layer.ts";
import type { MatrixEvaluator, Network } from "../../model/ir/network.ts";
import { checkInputs } from "./checkInputs.ts";
import { FloatRun } from "./inference/floatRun.ts";
import { MixedRun } from "./inference/mixedRun.ts";
import { planSteps } from "./inference/plan.ts";
import { createRuntime } from "./inference/runtime.ts";
import type { Runtime } from "./inference/runtime.ts";
import { joinBatches, sliceBatch } from "./inference/tensors.ts";
import { ModelProtoSchema } from "./onnxMessages.ts";
import { toBinary } from "./protobuf.ts";
import { readModel } from "./readModel.ts";
import type { NetworkFile, OpenOptions } from "./readModel.ts";

/**
 * ONNX file → matrix layers, and inference around them. Tensors inside it are found by name.
 * @throws InputError with every fault of the file: encoding, tensor sizes, names, external data, weights.
 */
export async function openNetwork(file: NetworkFile, options: OpenOptions): Promise<Network> {
  const place = file.name;
  const { proto, runnable, graph, input, mapped, skipped, locations } = await readModel(file, options);
  const model = runnable === null ? file.model : toBinary(ModelProtoSchema, runnable);
  const layers = mapped.map((entry) => entry.layer);
  const { name: inputName, type: inputType } = input;
  const wanted = [...new Set(layers.map((layer) => layer.inputTensor))];
  const readExternalFiles = () =>
    Promise.all(
      (runnable === null ? locations : []).map(async (path) => ({
        path,
        data: await file.readExternal!(path, 0, null),
      })),
    );
  const runtime = createRuntime(options.pace?.signal);
  const { outputs } = graph;
  const floatRun = new FloatRun({ place, model, inputName, inputType, outputs, wanted, readExternalFiles }, runtime);
  const steps = planSteps(graph, mapped);
  const mixedRun = new MixedRun({ place, model: runnable ?? proto, graph, steps, inputName, inputType }, runtime);
  return new OnnxNetwork(place, { name: inputName, shape: input.shape }, layers, skipped, floatRun, mixedRun, runtime);
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
    private readonly runtime: Runtime,
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
    this.runtime.close();
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
