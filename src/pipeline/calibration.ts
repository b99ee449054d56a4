import { inputError } from "../model/base/errors.ts";
import { withinMemory } from "../model/base/memory.ts";
import type { LayerGeometry, MatrixLayer } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { ActivationFormat, QuantizedLayer } from "../model/ir/quantized.ts";
import type { IngestedLayer } from "../model/ir/report.ts";
import type { NetworkWorkload, NumericArray } from "../model/ir/request.ts";
import { convOutput, spatialSize } from "../model/ir/convShape.ts";
import { checkInputs, openNetwork } from "../stages/network/index.ts";
import { inputBatch } from "../stages/network/preprocess.ts";
import { syntheticInputs } from "../stages/network/syntheticInputs.ts";
import { chooseFormat, emptyRange, widenRange } from "../stages/quantize/activations.ts";
import type { ValueRange } from "../stages/quantize/activations.ts";
import { quantizeLayer } from "../stages/quantize/quantizeLayer.ts";
import { inferBatches } from "./batches.ts";
import { weightsOfNetwork } from "./ingest.ts";
import { takeLabels } from "./quantizedNetwork.ts";
import type { Session } from "./session.ts";

/** What calibration learns of each tensor that feeds a matrix layer. */
interface TensorFacts {
  readonly range: ValueRange;
  /** Shape of one sample. */
  readonly shape: readonly number[];
}

/** A network with its inputs, calibrated and quantised. */
export interface CalibratedNetwork {
  readonly network: Network;
  readonly ingested: readonly IngestedLayer[];
  readonly inputs: NumericArray;
  readonly labels: readonly number[] | null;
  readonly sampleCount: number;
  /** Samples whose float activations may be held at once. */
  readonly batchSize: number;
  readonly facts: ReadonlyMap<string, TensorFacts>;
  readonly entriesOf: ReadonlyMap<MatrixLayer, readonly QuantizedLayer[]>;
}

/** What opening a network takes of a session. */
export type CalibrationSession = Pick<Session, "config" | "kernels" | "clock" | "pace"> & {
  readonly request: { readonly source: { readonly source: string }; readonly samples?: number };
};

/** The network is open: dispose of it. @throws InputError for a bad network, inputs or labels. */
export async function openCalibrated(
  session: CalibrationSession,
  workload: NetworkWorkload,
): Promise<CalibratedNetwork> {
  const { config, clock, request, pace } = session;
  const { file, ingested } = await clock.timeAsync("load", () => weightsOfNetwork(workload, request.source.source));
  const network = await clock.timeAsync("load", () => openNetwork(file, { batchNorm: config.network.batchNorm, pace }));
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
    await pace.step();
    const { facts, batchSize } = await clock.timeAsync("infer", () =>
      calibrate(network, calibration, calibrationCount, session),
    );
    const entriesOf = await quantizeNetwork(network, facts, session);
    return { network, ingested, inputs, labels, sampleCount, batchSize, facts, entriesOf };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}

/** Ranges and shapes of every matrix layer's input over the calibration samples; also how many samples fit in a batch. */
async function calibrate(
  network: Network,
  inputs: NumericArray,
  sampleCount: number,
  { config, kernels, pace }: CalibrationSession,
): Promise<{ facts: Map<string, TensorFacts>; batchSize: number }> {
  const facts = new Map<string, TensorFacts>();
  let batchSize = 1;
  for await (const { activations, nextSize } of inferBatches(network, inputs, sampleCount, config)) {
    for (const [name, tensor] of activations) {
      await pace.step();
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

async function quantizeNetwork(
  network: Network,
  facts: ReadonlyMap<string, TensorFacts>,
  { config, kernels, clock, pace }: CalibrationSession,
): Promise<Map<MatrixLayer, readonly QuantizedLayer[]>> {
  const formats = new Map<string, ActivationFormat>();
  const steps = new Map(network.layers.map(({ inputTensor, inputScale }) => [inputTensor, inputScale]));
  for (const [name, { range }] of facts) {
    formats.set(name, chooseFormat(range, config, `tensor ${name}`, steps.get(name)));
  }
  const entriesOf = new Map<MatrixLayer, readonly QuantizedLayer[]>();
  for (const layer of network.layers) {
    await pace.step();
    const quantize = () => quantizeLayer(layer, formats.get(layer.inputTensor)!, config, kernels);
    entriesOf.set(layer, await withinMemory(layer.name, () => clock.time("quantise", quantize)));
  }
  return entriesOf;
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
