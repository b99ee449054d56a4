import type { FloatTensor, SkippedNode } from "../model/ir/layer.ts";
import type { CodeTensor } from "../model/ir/quantized.ts";
import type { IngestedLayer, Predictions } from "../model/ir/report.ts";
import type { NetworkWorkload } from "../model/ir/request.ts";
import { inputBatch } from "../stages/network/preprocess.ts";
import { quantizeActivations } from "../stages/quantize/activations.ts";
import { openCalibrated, windowsPerSample } from "./calibration.ts";
import type { CalibratedNetwork } from "./calibration.ts";
import { checkLabels, inferQuantized, predictClasses } from "./quantizedNetwork.ts";
import { chooseLayers, weightCountOf } from "./session.ts";
import type { Batch, LayerExtent, LayerSet, Scored, Session, WorkloadSession } from "./session.ts";

/** A network with its inputs: calibrated and quantised at `open`, then inferred batch by batch. */
export class NetworkSession implements WorkloadSession {
  private readonly predictions: Predictions = { float: [], integer: [] };

  private constructor(
    private readonly session: Session,
    private readonly workload: NetworkWorkload,
    private readonly calibrated: CalibratedNetwork,
  ) {}

  static async open(session: Session, workload: NetworkWorkload): Promise<NetworkSession> {
    return new NetworkSession(session, workload, await openCalibrated(session, workload));
  }

  get sampleCount(): number {
    return this.calibrated.sampleCount;
  }

  get ingested(): readonly IngestedLayer[] {
    return this.calibrated.ingested;
  }

  get skipped(): readonly SkippedNode[] {
    return this.calibrated.network.skipped;
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
    const { entriesOf, facts, sampleCount } = this.calibrated;
    const chosen = chooseLayers([...entriesOf.values()].flat(), this.session.request);
    return chosen.map((layer) => ({
      layer,
      windowCount: sampleCount * windowsPerSample(layer.geometry, facts.get(layer.inputTensor)!.shape),
    }));
  }

  /** Infers the samples batch by batch; with labels also scores the float and the quantised network. */
  private async *batches(): AsyncGenerator<Batch> {
    const { clock, config, executor, kernels, pace } = this.session;
    const { network, inputs, sampleCount, batchSize } = this.calibrated;
    for (let first = 0; first < sampleCount; first += batchSize) {
      await pace.step();
      const count = Math.min(batchSize, sampleCount - first);
      const batch = inputBatch(inputs, first, count, network.input, config);
      const { activations, output } = await clock.timeAsync("infer", () => network.infer(batch));
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
    const { predictions } = this;
    const { labels } = this.calibrated;
    if (labels === null) return null;
    const share = (classes: readonly number[]): number =>
      classes.filter((predicted, sample) => predicted === labels[sample]).length / labels.length;
    return {
      accuracy: { samples: labels.length, float: share(predictions.float), integer: share(predictions.integer) },
      predictions,
    };
  }

  close(): Promise<void> {
    return this.calibrated.network.dispose();
  }

  private async score(batch: FloatTensor, output: FloatTensor): Promise<void> {
    const { network, labels, entriesOf } = this.calibrated;
    if (labels === null) return;
    const { clock, executor, kernels } = this.session;
    const quantized = await clock.timeAsync("infer", () =>
      inferQuantized(network, batch, entriesOf, executor, kernels),
    );
    checkLabels(labels, output.values.length / batch.shape[0]!, this.workload);
    this.predictions.float.push(...predictClasses(output));
    this.predictions.integer.push(...predictClasses(quantized));
  }
}
