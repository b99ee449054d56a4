import { loadKernels } from "../../bindings/index.ts";
import type { Kernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { sum } from "../model/base/numbers.ts";
import type { FloatTensor, SkippedNode } from "../model/ir/layer.ts";
import type { Network } from "../model/ir/network.ts";
import type { QuantizedLayer } from "../model/ir/quantized.ts";
import type { IngestedLayer, LayerReport, Report } from "../model/ir/report.ts";
import type { NetworkWorkload, SimulateRequest, ZooWorkload, Workload } from "../model/ir/request.ts";
import { checkInputs, openNetwork } from "../stages/network/index.ts";
import { inputBatch } from "../stages/network/preprocess.ts";
import { quantizeLayer } from "../stages/quantize/quantizeLayer.ts";
import { quantizeMatrix } from "../stages/quantize/quantizeMatrix.ts";
import { zeroSegmentRatios } from "../stages/compress/zeroSegments.ts";
import { ratio, weightReport } from "../stages/report/layerReport.ts";
import { chooseNetwork } from "../stages/zoo/index.ts";
import { weightsOfNetwork, weightsOfZoo } from "./ingest.ts";
import { windowsPerSample } from "./calibration.ts";
import { Pace } from "../model/base/pace.ts";
import { PhaseClock } from "./phases.ts";
import { prepareLayer } from "./prepare.ts";
import { drawEntries } from "./zooSession.ts";

/** A layer as its weights and shapes are, before any input. */
export interface InspectLayer extends Pick<
  LayerReport,
  "name" | "op" | "group" | "matrixRows" | "matrixCols" | "matrixCount" | "crossbars" | "utilisation" | "orc"
> {
  /** `zeroSegmentRatios`: share of all-zero OU rows by weights per OU column group, "1", "2", "4", … (§6). */
  weights: LayerReport["weights"] & { zeroSegmentRatios: Record<string, number> };
  /** OU operations of one bit-plane of one window (§7), which the weights alone decide; their ratio is what ORC gains. */
  ouOps: { naive: number; orc: number };
  /** null when ORC leaves nothing. */
  orcGain: number | null;
  /** Windows and multiplications of one sample (of all windows for a matrix workload); null when the shapes are open. */
  windows: number | null;
  macs: number | null;
}

/** Shapes of tensors by name. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** What `sre inspect` tells of a workload. */
export interface InspectReport {
  network: Report["network"];
  layers: InspectLayer[];
  skipped: readonly SkippedNode[];
  /** Only where weights or masks were given beside the network. */
  weightsFrom?: readonly IngestedLayer[];
}

/** Layer table of a workload: what it is made of and which crossbars it takes; nothing is simulated. */
export async function inspect(
  request: Pick<SimulateRequest, "config" | "source"> & { readonly workload: Workload },
): Promise<InspectReport> {
  const { workload, config, source } = request;
  const kernels = await loadKernels();
  const network = { name: workload.name, ...source };
  if (workload.kind === "matrix") {
    const { layer } = quantizeMatrix(workload, config, kernels);
    return {
      network,
      layers: [await inspectLayer(layer, workload.activations?.shape[0] ?? null, config, kernels)],
      skipped: [],
    };
  }
  if (workload.kind === "zoo") return { network, ...(await inspectZoo(workload, config, kernels)) };
  return { network, ...(await inspectNetwork(workload, source.source, config, kernels)) };
}

async function inspectZoo(
  { name, variant, seed, weightsFrom }: ZooWorkload,
  config: Config,
  kernels: Kernels,
): Promise<Omit<InspectReport, "network">> {
  const choice = chooseNetwork(`${name}@${variant}`);
  const format = { bits: config.precision.activationBits, signed: false, scale: 1 };
  const weights = await weightsOfZoo(choice.network.layers, weightsFrom);
  const layers: InspectLayer[] = [];
  for (const [index, { windowCount }] of choice.network.layers.entries()) {
    const clock = new PhaseClock();
    for (const entry of await drawEntries(choice, weights, index, seed, format, config, kernels, clock, new Pace()))
      layers.push(await inspectLayer(entry, windowCount, config, kernels));
  }
  return { layers, skipped: [], ...ingestedReport(weights.ingested) };
}

function ingestedReport(ingested: readonly IngestedLayer[]): Pick<InspectReport, "weightsFrom"> {
  return ingested.length === 0 ? {} : { weightsFrom: ingested };
}

async function inspectNetwork(
  workload: NetworkWorkload,
  place: string,
  config: Config,
  kernels: Kernels,
): Promise<Omit<InspectReport, "network">> {
  const { file, ingested } = await weightsOfNetwork(workload, place);
  const network = await openNetwork(file, { batchNorm: config.network.batchNorm });
  try {
    const layers = await inspectLayers(network, await sampleShapes(network, workload, config), config, kernels);
    return { layers, skipped: network.skipped, ...ingestedReport(ingested) };
  } finally {
    await network.dispose();
  }
}

/** Layer table of an open network. `shapes`: those of the layers' inputs, by tensor (see `sampleShapes`). */
export async function inspectLayers(
  network: Network,
  shapes: TensorShapes | null,
  config: Config,
  kernels: Kernels,
): Promise<InspectLayer[]> {
  const format = { bits: config.precision.activationBits, signed: false, scale: 1 };
  const layers: InspectLayer[] = [];
  for (const layer of network.layers) {
    const shape = shapes?.get(layer.inputTensor);
    const windows = shape === undefined ? null : windowsPerSample(layer.geometry, shape);
    for (const entry of quantizeLayer(layer, format, config, kernels))
      layers.push(await inspectLayer(entry, windows, config, kernels));
  }
  return layers;
}

/** Shapes of the layers' inputs for one sample; null when the network leaves them open and no input is given. */
export async function sampleShapes(
  network: Network,
  workload: NetworkWorkload,
  config: Config,
): Promise<TensorShapes | null> {
  const [batch, ...rest] = network.input.shape;
  const sampleCount = batch ?? 1;
  const { inputs } = workload;
  if (inputs !== undefined) {
    const { shape } = inputBatch(inputs, 0, 1, network.input, config);
    checkInputs({ shape: [inputs.shape[0]!, ...shape.slice(1)], dtype: inputs.dtype }, network.input, inputs.place);
    return shapesOf(await network.infer(inputBatch(inputs, 0, sampleCount, network.input, config)));
  }
  if (rest.includes(null)) return null;
  const shape = [sampleCount, ...(rest as number[])];
  return shapesOf(await network.infer({ shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)) }));
}

function shapesOf({ activations }: { activations: ReadonlyMap<string, FloatTensor> }): TensorShapes {
  return new Map([...activations].map(([name, { shape }]) => [name, shape]));
}

async function inspectLayer(
  layer: QuantizedLayer,
  windows: number | null,
  config: Config,
  kernels: Kernels,
): Promise<InspectLayer> {
  const clock = new PhaseClock();
  const { outline, compressed, demands, zeros } = await prepareLayer(layer, config, kernels, clock, new Pace());
  const described = weightReport({ layer: outline, demands, zeros, orc: compressed.orc }, config);
  const { matrixRows, matrixCols, matrixCount } = described;
  const naive = sum(kernels.countFixedOus(compressed.denseSegments, config.ou.rows));
  const orc = sum(kernels.countFixedOus(compressed.orcSegments, config.ou.rows));
  return {
    ...described,
    weights: { ...described.weights, zeroSegmentRatios: zeroSegmentRatios(layer.matrices) },
    ouOps: { naive, orc },
    orcGain: ratio(naive, orc),
    windows,
    macs: windows === null ? null : windows * matrixCount * matrixRows * matrixCols,
  };
}
