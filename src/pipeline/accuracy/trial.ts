import type { ReadStats } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { LayerErrors, TrialResult } from "../../model/ir/accuracy.ts";
import type { FloatTensor, MatrixLayer } from "../../model/ir/layer.ts";
import { inputBatch } from "../../stages/network/preprocess.ts";
import { quantizeActivations } from "../../stages/quantize/activations.ts";
import { addReads, noReads } from "../../stages/simulate/disturbed.ts";
import { disturbLayer } from "../../stages/simulate/disturbLayer.ts";
import type { ChipLayer } from "../../stages/simulate/disturbLayer.ts";
import { outputTensor } from "../../stages/simulate/outputTensor.ts";
import { windowsOf } from "../../stages/simulate/windows.ts";
import type { CalibratedNetwork } from "../calibration.ts";
import type { AccuracySession } from "./session.ts";
import { ScoreTally } from "./scores.ts";

/** Samples whose layer outputs are compared with the ideal products. */
const COMPARED_SAMPLES = 8;

/** Runs all samples through one chip under one scheme: crossbars disturbed, digital operators in float (§9). */
export async function runTrial(
  session: AccuracySession,
  layersOf: ReadonlyMap<MatrixLayer, readonly ChipLayer[]>,
  config: Config,
  onSamples: (sampleCount: number) => void,
): Promise<TrialResult> {
  const { calibrated, executor, kernels, pace } = session;
  const { network, inputs, labels, sampleCount } = calibrated;
  const score = new ScoreTally(labels!, session.workload);
  const errors = new Map<ChipLayer, LayerTotals>();
  for (const layer of [...layersOf.values()].flat()) errors.set(layer, { reads: noReads, signal: 0, noise: 0 });
  for (let first = 0; first < sampleCount; first += session.batchSize) {
    await pace.step();
    const count = Math.min(session.batchSize, sampleCount - first);
    const release = executor.mark();
    const output = await network.inferWith(
      inputBatch(inputs, first, count, network.input, config),
      async (matrixLayer, input) => {
        const chipLayers = layersOf.get(matrixLayer)!;
        const codes = executor.share(quantizeActivations(input.values, chipLayers[0]!.layer.activations, kernels));
        const sums = await Promise.all(
          chipLayers.map((chipLayer) => runLayer(chipLayer, codes, input, first, config, session, errors)),
        );
        return outputTensor(matrixLayer, input, sums);
      },
    );
    release();
    score.add(output);
    onSamples(count);
  }
  return { ...score.total(), layers: [...errors].map(([{ layer }, totals]) => errorsOf(layer, totals, calibrated)) };
}

interface LayerTotals {
  reads: ReadStats;
  signal: number;
  noise: number;
}

async function runLayer(
  chipLayer: ChipLayer,
  codes: Uint16Array,
  input: FloatTensor,
  firstSample: number,
  config: Config,
  { executor }: AccuracySession,
  errors: ReadonlyMap<ChipLayer, LayerTotals>,
): Promise<Parameters<typeof outputTensor>[2][number]> {
  const source = windowsOf(chipLayer.layer, { codes, shape: input.shape });
  const perSample = source.windowCount / input.shape[0]!;
  const { sums, reads, signalEnergies, noiseEnergies } = await disturbLayer(
    chipLayer,
    { source, firstWindow: firstSample * perSample, comparedWindows: COMPARED_SAMPLES * perSample },
    config,
    executor,
  );
  const totals = errors.get(chipLayer)!;
  totals.reads = addReads(totals.reads, reads);
  for (const energy of signalEnergies) totals.signal += energy;
  for (const energy of noiseEnergies) totals.noise += energy;
  return { entry: chipLayer.layer, source, sums };
}

function errorsOf(layer: ChipLayer["layer"], totals: LayerTotals, { entriesOf }: CalibratedNetwork): LayerErrors {
  const siblings = [...entriesOf.values()].find((entries) => entries.some(({ name }) => name === layer.name))!;
  return {
    name: siblings.length > 1 ? `${layer.name}.${layer.group}` : layer.name,
    ...totals.reads,
    signalEnergy: totals.signal,
    noiseEnergy: totals.noise,
  };
}
