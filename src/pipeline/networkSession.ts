import { inputError } from "../model/base/errors.ts";
import type { FloatTensor, LayerGeometry, MatrixLayer, SkippedNode } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { ActivationFormat, CodeTensor, QuantizedLayer } from "../model/ir/quantized.ts";
import type { IngestedLayer } from "../model/ir/report.ts";
import type { NetworkWorkload, NumericArray, Predictions } from "../model/ir/request.ts";
import { convOutput, spatialSize } from "../model/ir/convShape.ts";
import { checkInputs, openNetwork } from "../stages/network/index.ts";
import { inputBatch } from "../stages/network/preprocess.ts";
import { syntheticInputs } from "../stages/network/syntheticInputs.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../stages/quantize/activations.ts";
import type { ValueRange } from "../stages/quantize/activations.ts";
import { quantizeLayer } from "../stages/quantize/quantizeLayer.ts";
import { inferBatches } from "./batches.ts";
import { weightsOfNetwork } from "./ingest.ts";
import { inferQuantized, predictClasses, takeLabels } from "./quantizedNetwork.ts";
import { weightCountOf } from "./session.ts";
import type { Batch, LayerExtent, LayerSet, Scored, Session, WorkloadSession } from "./session.ts";

/** What calibration learns of each tensor that feeds a matrix layer. */
interface TensorFacts {
  readonly range: ValueRange;
  /** Shape of one sample. */
  readonly shape: readonly number[];
}

/** A network with its inputs: calibrated and quantised at `open`, then inferred batch by batch. */
export class NetworkSession implements WorkloadSession {
  private readonly predictions: Predictions = { float: [], integer: [] };

  private constructor(
    private readonly session: Session,
    private readonly network: Network,
    readonly ingested: readonly IngestedLayer[],
    private readonly inputs: NumericArray,
    private readonly labels: readonly number[] | null,
    readonly sampleCount: number,
    private readonly batchSize: number,
    private readonly facts: ReadonlyMap<string, TensorFacts>,
    private readonly entriesOf: ReadonlyMap<MatrixLayer, readonly QuantizedLayer[]>,
  ) {}

  static async open(session: Session, workload: NetworkWorkload): Promise<NetworkSession> {
    const { config, clock, request } = session;
    const { file, ingested } = await clock.timeAsync("load", () => weightsOfNetwork(workload, request.source.source));
    const network = await clock.timeAsync("load", () => openNetwork(file, { batchNorm: config.network.batchNorm }));
    try {
      const inputs = workload.inputs ?? fallbackInputs(workload, network, request.samples ?? 1);
      const given = inputs.shape[0] ?? 0;
      const sampleCount = Math.min(request.samples ?? given, given);
      if (sampleCount === 0) throw inputError(inputs.place, "at least one sample", `${given}`);
      const labels = workload.labels === undefined ? null : takeLabels(workload.labels, given, sampleCount);
      for (const array of [inputs, workload.calibration ?? inputs]) {
        const { shape } = inputBatch(array, 0, 1, network.input, config);
        checkInputs({ shape: [array.shape[0]!, ...shape.slice(1)], dtype: array.dtype }, network.input, array.place);
      }
      const calibration = workload.calibration ?? inputs;
      const calibrationCount = workload.calibration?.shape[0] ?? sampleCount;
      const { facts, batchSize } = await clock.timeAsync("infer", () =>
        calibrate(network, calibration, calibrationCount, session),
      );
      const entriesOf = clock.time("quantise", () => quantizeNetwork(network, facts, session));
      return new NetworkSession(session, network, ingested, inputs, labels, sampleCount, batchSize, facts, entriesOf);
    } catch (error) {
      await network.dispose();
      throw error;
    }
  }

  get skipped(): readonly SkippedNode[] {
    return this.network.skipped;
  }

  get extents(): readonly LayerExtent[] {
    return this.entries().map(({ layer, windowCount }) => ({ weightCount: weightCountOf(layer), windowCount }));
  }

  /** All layers in one set: inference gives all their inputs at once. */
  async *sets(): AsyncGenerator<LayerSet> {
    yield { entries: this.entries(), batches: () => this.batches() };
  }

  /** Report entries of all layers, in network order. */
  private entries(): LayerSet["entries"] {
    return [...this.entriesOf.values()].flat().map((layer) => ({
      layer,
      windowCount: this.sampleCount * windowsPerSample(layer.geometry, this.facts.get(layer.inputTensor)!.shape),
    }));
  }

  /** Infers the samples batch by batch; with labels also scores the float and the quantised network. */
  private async *batches(): AsyncGenerator<Batch> {
    const { clock, config, executor, kernels, signal } = this.session;
    for (let first = 0; first < this.sampleCount; first += this.batchSize) {
      signal?.throwIfAborted();
      const count = Math.min(this.batchSize, this.sampleCount - first);
      const batch = inputBatch(this.inputs, first, count, this.network.input, config);
      const { activations, output } = await clock.timeAsync("infer", () => this.network.infer(batch));
      await this.score(batch, output);
      const codes = new Map<string, CodeTensor>();
      yield {
        codesOf: (entry) => {
          const name = entry.inputTensor;
          const known = codes.get(name);
          if (known !== undefined) return known;
          const tensor = activations.get(name)!;
          const made = clock.time("quantise", () => quantizeActivations(tensor.values, entry.activations, kernels));
          const shared = { codes: executor.share(made), shape: tensor.shape };
          codes.set(name, shared);
          return shared;
        },
      };
    }
  }

  /** Scores against the labels, once all batches are through; null without labels. */
  accuracy(): Scored | null {
    const { labels, predictions } = this;
    if (labels === null) return null;
    const share = (classes: readonly number[]): number =>
      classes.filter((predicted, sample) => predicted === labels[sample]).length / labels.length;
    return {
      accuracy: { samples: labels.length, float: share(predictions.float), integer: share(predictions.integer) },
      predictions,
    };
  }

  close(): Promise<void> {
    return this.network.dispose();
  }

  private async score(batch: FloatTensor, output: FloatTensor): Promise<void> {
    if (this.labels === null) return;
    const { clock, executor, kernels } = this.session;
    const quantized = await clock.timeAsync("infer", () =>
      inferQuantized(this.network, batch, this.entriesOf, executor, kernels),
    );
    this.checkClasses(output.values.length / batch.shape[0]!);
    this.predictions.float.push(...predictClasses(output));
    this.predictions.integer.push(...predictClasses(quantized));
  }

  /** @throws InputError when a label names no class of the output. */
  private checkClasses(classCount: number): void {
    const { labels, session } = this;
    const sample = labels!.findIndex((label) => label < 0 || label >= classCount);
    if (sample < 0 || session.request.workload.kind !== "network") return;
    const place = session.request.workload.labels?.place ?? "labels";
    throw inputError(`${place}[${sample}]`, `class in 0..${classCount - 1}`, String(labels![sample]));
  }
}

/** Ranges and shapes of every matrix layer's input over the calibration samples; also how many samples fit in a batch. */
async function calibrate(
  network: Network,
  inputs: NumericArray,
  sampleCount: number,
  { config, kernels, signal }: Session,
): Promise<{ facts: Map<string, TensorFacts>; batchSize: number }> {
  const facts = new Map<string, TensorFacts>();
  let batchSize = 1;
  for await (const { activations, nextSize } of inferBatches(network, inputs, sampleCount, config)) {
    signal?.throwIfAborted();
    for (const [name, tensor] of activations) {
      const range = facts.get(name)?.range ?? emptyRange;
      facts.set(name, {
        range: widenRange(range, tensor.values, name === network.input.name ? inputs.place : `tensor ${name}`, kernels),
        shape: facts.get(name)?.shape ?? [1, ...tensor.shape.slice(1)],
      });
    }
    batchSize = nextSize;
  }
  return { facts, batchSize };
}

function quantizeNetwork(
  network: Network,
  facts: ReadonlyMap<string, TensorFacts>,
  { config, kernels }: Session,
): Map<MatrixLayer, readonly QuantizedLayer[]> {
  const formats = new Map<string, ActivationFormat>();
  const steps = new Map(network.layers.map(({ inputTensor, inputScale }) => [inputTensor, inputScale]));
  for (const [name, { range }] of facts) {
    formats.set(name, chooseFormat(range, config, `tensor ${name}`, steps.get(name)));
  }
  return new Map(
    network.layers.map((layer) => [layer, quantizeLayer(layer, formats.get(layer.inputTensor)!, config, kernels)]),
  );
}

/** Windows of one sample whose input tensor has the given shape (§2). */
export function windowsPerSample(geometry: LayerGeometry, shape: readonly number[]): number {
  if (geometry.kind === "dense") return shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const { outHeight, outWidth } = convOutput(geometry, spatialSize(shape));
  return outHeight * outWidth;
}

function fallbackInputs(workload: NetworkWorkload, network: Network, sampleCount: number): NumericArray {
  if (workload.syntheticInputsSeed === undefined) {
    throw inputError(workload.name, "inputs (--inputs FILE, or --synthetic-inputs SEED)", "none");
  }
  return syntheticInputs(network.input, sampleCount, workload.syntheticInputsSeed);
}
