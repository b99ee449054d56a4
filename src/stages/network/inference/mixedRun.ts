import type { Tensor } from "onnxruntime-web";

import { inputError } from "../../../model/base/errors.ts";
import { convOutput } from "../../../model/ir/convShape.ts";
import type { FloatTensor, MatrixLayer } from "../../../model/ir/layer.ts";
import type { MatrixEvaluator } from "../../../model/ir/network.ts";
import type { Graph } from "../file/graph.ts";
import type { ModelProto } from "../onnxMessages.ts";
import { product, showShape } from "../shape.ts";
import type { Segment, Step } from "./plan.ts";
import { tensorConstructor } from "./ortRuntime.ts";
import type { Runtime, RuntimeSession } from "./runtime.ts";
import { segmentModel } from "./segmentModel.ts";
import { elementTypeNumber, fromFloats, toFloats } from "./tensors.ts";

/** What a mixed run needs to know of the network. */
export interface MixedRunSource {
  readonly place: string;
  readonly model: ModelProto;
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly inputName: string;
  readonly inputType: number;
}

/** The network with its matrix layers evaluated by a callback and everything between them by ONNX Runtime. */
export class MixedRun {
  private readonly source: MixedRunSource;
  private readonly sessions = new Map<string, Promise<RuntimeSession>>();

  constructor(
    source: MixedRunSource,
    private readonly runtime: Runtime,
  ) {
    this.source = source;
  }

  /** First graph output. */
  async run(batch: FloatTensor, evaluate: MatrixEvaluator): Promise<FloatTensor> {
    const { place, graph, steps, inputName, inputType } = this.source;
    const constructor = await tensorConstructor();
    const values = new Map<string, Tensor>();
    values.set(inputName, fromFloats(constructor, batch, inputType, `${place}, inputs`));
    for (const [index, step] of steps.entries()) {
      if (step.kind === "digital") {
        await this.runSegment(step, index, values);
      } else {
        const input = values.get(step.layer.inputTensor)!;
        const output = await evaluateLayer(step.layer, toFloats(input, `${place}, node ${step.layer.name}`), evaluate);
        // The nodes behind expect the element type that the layer itself would have produced: that of its input.
        const tensor = fromFloats(
          constructor,
          output,
          elementTypeNumber(input.type),
          `${place}, node ${step.layer.name}`,
        );
        values.set(step.layer.outputTensor, tensor);
      }
      step.lastUses.forEach((name) => values.delete(name));
    }
    const output = values.get(graph.outputs[0]!);
    if (output === undefined) throw inputError(`${place}, graph output`, "a computed tensor", "a constant");
    return toFloats(output, `${place}, graph output`);
  }

  private async runSegment(segment: Segment, index: number, values: Map<string, Tensor>): Promise<void> {
    const { place, model, graph } = this.source;
    const feeds = Object.fromEntries(segment.inputs.map((name) => [name, values.get(name)!]));
    const types = segment.inputs.map((name) => elementTypeNumber(feeds[name]!.type));
    const key = [index, ...types].join(" ");
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = this.runtime.open(segmentModel(model, graph, segment, types), place);
      this.sessions.set(key, session);
    }
    const results = await (await session).run(feeds, segment.outputs);
    for (const name of segment.outputs) values.set(name, results[name]!);
  }

  async close(): Promise<void> {
    const sessions = await Promise.allSettled(this.sessions.values());
    this.sessions.clear();
    for (const opened of sessions) if (opened.status === "fulfilled") await opened.value.release();
  }
}

async function evaluateLayer(layer: MatrixLayer, input: FloatTensor, evaluate: MatrixEvaluator): Promise<FloatTensor> {
  const shape = layerOutputShape(layer, input.shape);
  const { values, shape: given } = await evaluate(layer, input);
  if (values.length !== product(shape)) {
    throw new RangeError(`evaluator of ${layer.name}: expected shape ${showShape(shape)}, got ${showShape(given)}`);
  }
  return { shape, values };
}

/** Shape that the node has in the graph; a one-dimensional convolution keeps its three axes. */
function layerOutputShape(layer: MatrixLayer, inputShape: readonly number[]): number[] {
  const channelCount = layer.groupCount * layer.matrixCols;
  if (layer.geometry.kind === "dense") return [...inputShape.slice(0, -1), channelCount];
  const [sampleCount = 0, , ...spatial] = inputShape;
  const flat = spatial.length === 1;
  const { outHeight, outWidth } = convOutput(layer.geometry, [flat ? 1 : spatial[0]!, spatial.at(-1)!]);
  return [sampleCount, channelCount, ...(flat ? [outWidth] : [outHeight, outWidth])];
}
