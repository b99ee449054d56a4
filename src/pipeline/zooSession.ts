import type { BulkKernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { withinMemory } from "../model/base/memory.ts";
import { paced } from "../model/base/pace.ts";
import type { Pace } from "../model/base/pace.ts";
import { RandomStream } from "../model/base/rng.ts";
import type { ActivationFormat, CodeTensor, QuantizedLayer } from "../model/ir/quantized.ts";
import type { IngestedLayer } from "../model/ir/report.ts";
import type { ZooWorkload } from "../model/ir/request.ts";
import type { LayerSparsity, ZooChoice, ZooLayer } from "../model/ir/zoo.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../stages/quantize/activations.ts";
import type { ValueRange } from "../stages/quantize/activations.ts";
import { quantizeLayer } from "../stages/quantize/quantizeLayer.ts";
import { InputGenerator, chooseNetwork, generateWeights } from "../stages/zoo/index.ts";
import { weightsOfZoo } from "./ingest.ts";
import type { ZooWeights } from "./ingest.ts";
import type { PhaseClock } from "./phases.ts";
import { chooseLayers } from "./session.ts";
import type { Batch, LayerExtent, LayerSet, Session, WorkloadSession } from "./session.ts";

/** Drawn inputs of one batch that may be held at once. */
const BATCH_BYTES = 64 * 2 ** 20;
const DENSE: LayerSparsity = { zeroRatio: 0 };

/** A network of the zoo, layer by layer: each layer's weights and inputs are drawn when its turn comes, and then go. */
export class ZooSession implements WorkloadSession {
  readonly sampleCount: number;
  readonly skipped = [];
  private readonly weightBuffer: ArrayBuffer;
  /** Elements of it that are not zero any more, at most. */
  private usedCount = 0;

  private constructor(
    private readonly session: Session,
    private readonly workload: ZooWorkload,
    private readonly choice: ZooChoice,
    private readonly weights: ZooWeights,
    /** Layers that are simulated. */
    private readonly chosen: readonly ZooLayer[],
  ) {
    this.sampleCount = session.request.samples ?? 1;
    const most = Math.max(...this.extents.map(({ weightCount }) => weightCount));
    this.weightBuffer = new ArrayBuffer(most * Float32Array.BYTES_PER_ELEMENT);
  }

  /** @throws InputError when there is no such network, or with every fault of the files of its weights. */
  static async open(session: Session, workload: ZooWorkload): Promise<ZooSession> {
    const choice = chooseNetwork(`${workload.name}@${workload.variant}`);
    const weights = await session.clock.timeAsync("load", () =>
      weightsOfZoo(choice.network.layers, workload.weightsFrom),
    );
    return new ZooSession(session, workload, choice, weights, chooseLayers(choice.network.layers, session.request));
  }

  get ingested(): readonly IngestedLayer[] {
    return this.weights.ingested;
  }

  get extents(): readonly LayerExtent[] {
    return this.chosen.map((layer) => ({
      weightCount: layer.groupCount * layer.matrixRows * layer.matrixCols,
      windowCount: layer.windowCount * this.sampleCount,
    }));
  }

  async *sets(): AsyncGenerator<LayerSet> {
    for (const layer of this.chosen) {
      await this.session.pace.step();
      yield await withinMemory(layer.name, () => this.setOf(this.choice.network.layers.indexOf(layer)));
    }
  }

  /** Memory of one layer's weights, the same for all: giving hundreds of megabytes back and taking them anew is slow. */
  private readonly zeros = (count: number): Float32Array => {
    const weights = new Float32Array(this.weightBuffer, 0, count);
    if (this.usedCount > 0) weights.fill(0, 0, Math.min(count, this.usedCount));
    this.usedCount = Math.max(this.usedCount, count);
    return weights;
  };

  accuracy(): null {
    return null;
  }

  async close(): Promise<void> {}

  private async setOf(index: number): Promise<LayerSet> {
    const { clock, config, kernels, pace } = this.session;
    const { network } = this.choice;
    const layer = network.layers[index]!;
    const keys = [this.workload.seed, network.name, index];
    const inputs = clock.time("generate", () => new InputGenerator(layer, network.inputs[index]!, keys));
    const { range, only } = await this.rangeOf(inputs, layer);
    const format = chooseFormat(range, config, `input of ${layer.name}`);
    const windowCount = layer.windowCount * this.sampleCount;
    const { choice, weights, workload } = this;
    const { seed } = workload;
    const entries = await drawEntries(choice, weights, index, seed, format, config, kernels, clock, pace, this.zeros);
    return {
      entries: entries.map((entry) => ({ layer: entry, windowCount })),
      batches: () => this.batches(inputs, layer, format, only),
    };
  }

  /** Range over all samples (§3), which are drawn again to be counted; a batch that is the only one is kept. */
  private async rangeOf(
    inputs: InputGenerator,
    layer: ZooLayer,
  ): Promise<{ range: ValueRange; only: Float32Array | null }> {
    const { clock, kernels } = this.session;
    let range = emptyRange;
    let only: Float32Array | null = null;
    for (const [first, count] of this.runs(inputs)) {
      const values = await this.draw(inputs, first, count);
      range = clock.time("quantise", () => widenRange(range, values, `input of ${layer.name}`, kernels));
      only = count === this.sampleCount ? values : null;
    }
    return { range, only };
  }

  private draw(inputs: InputGenerator, first: number, count: number): Promise<Float32Array> {
    const { clock, pace } = this.session;
    return clock.timeAsync("generate", () => paced(inputs.samples(first, count), pace));
  }

  private async *batches(
    inputs: InputGenerator,
    layer: ZooLayer,
    format: ActivationFormat,
    only: Float32Array | null,
  ): AsyncGenerator<Batch> {
    const { clock, executor, kernels, pace } = this.session;
    for (const [first, count] of this.runs(inputs)) {
      await pace.step();
      const values = only ?? (await this.draw(inputs, first, count));
      const codes = executor.share(clock.time("quantise", () => quantizeActivations(values, format, kernels)));
      const tensor: CodeTensor = { codes, shape: [count, ...layer.inputShape.slice(1)] };
      yield { codesOf: () => tensor };
    }
  }

  /** First sample and sample count of each batch. */
  private *runs({ valuesPerSample }: InputGenerator): Generator<readonly [first: number, count: number]> {
    const most = Math.max(1, Math.floor(BATCH_BYTES / (valuesPerSample * Float32Array.BYTES_PER_ELEMENT)));
    for (let first = 0; first < this.sampleCount; first += most) {
      yield [first, Math.min(most, this.sampleCount - first)];
    }
  }
}

/** One layer with weights drawn (or given) and quantised; each group has a stream of its own. */
export async function drawEntries(
  { network, variant }: ZooChoice,
  given: ZooWeights,
  index: number,
  seed: number,
  format: ActivationFormat,
  config: Config,
  kernels: BulkKernels,
  clock: PhaseClock,
  pace: Pace,
  zeros?: (count: number) => Float32Array,
): Promise<QuantizedLayer[]> {
  const layer = network.layers[index]!;
  const sparsity = variant.sparsity[layer.name] ?? DENSE;
  const streamOf = (group: number) => new RandomStream([seed, network.name, index, "weights", group]);
  const weights = await clock.timeAsync("generate", () =>
    given.replace(layer, () => paced(generateWeights(layer, sparsity, streamOf, zeros), pace)),
  );
  await pace.step();
  const matrixLayer = { ...layer, weights, bias: null, inputTensor: "", outputTensor: "" };
  // Drawn weights are not needed any more: fresh memory for their codes would cost more time than rounding.
  const room = new Int16Array(weights.buffer, 0, weights.length);
  return clock.time("quantise", () => quantizeLayer(matrixLayer, format, config, kernels, room));
}
