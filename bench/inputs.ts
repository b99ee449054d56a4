import type { CountPlan, Formulation, Kernels, SegmentTable, WeightMatrix } from "../bindings/kernels.ts";
import { atOnce } from "../src/model/base/pace.ts";
import { parseConfig } from "../src/index.ts";
import type { Config } from "../src/index.ts";
import type { ActivationFormat, LayerOutline, WindowSource } from "../src/model/ir/quantized.ts";
import { compressLayer } from "../src/stages/compress/compressLayer.ts";
import { countPlan } from "../src/stages/compress/countPlan.ts";
import { placeMatrix } from "../src/stages/map/placeMatrix.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../src/stages/quantize/activations.ts";
import { windowsOf } from "../src/stages/simulate/windows.ts";

/** A convolution to count: real-valued activations, quantised; weights kept at random. */
export interface LayerCase {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
  readonly kernel: number;
  readonly filters: number;
  /** Share of the weights that is not zero, independently drawn. */
  readonly keptRatio: number;
  /** Share of the activations that is not zero; half-normal where it is not. */
  readonly activationDensity: number;
  readonly packing: "layer" | "crossbar";
}

/** 784 windows of 4608 rows each: three densities, and one of them packed within each crossbar. */
export const layerCases: readonly LayerCase[] = [
  { name: "dense activations, kept 0.3", keptRatio: 0.3, activationDensity: 1, packing: "layer" as const },
  { name: "half activations, kept 0.3", keptRatio: 0.3, activationDensity: 0.5, packing: "layer" as const },
  { name: "half activations, kept 0.08", keptRatio: 0.08, activationDensity: 0.5, packing: "layer" as const },
  {
    name: "dense activations, kept 0.3, in crossbars",
    keptRatio: 0.3,
    activationDensity: 1,
    packing: "crossbar" as const,
  },
  {
    name: "0.3 activations, kept 0.6, in crossbars",
    keptRatio: 0.6,
    activationDensity: 0.3,
    packing: "crossbar" as const,
  },
].map((change) => ({ channels: 512, side: 28, kernel: 3, filters: 512, ...change }));

export interface PreparedCase {
  readonly name: string;
  readonly config: Config;
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly orc: SegmentTable;
  /** dof and orc-dof, as one pass counts them. */
  readonly plans: readonly CountPlan[];
  readonly popcountPlans: readonly CountPlan[];
  /** orc-dof by code table; null where crossbars span different rows. */
  readonly tablePlans: readonly CountPlan[] | null;
}

/** Seeded: the same case on every machine. */
export function prepareCase(layer: LayerCase, kernels: Kernels): PreparedCase {
  const config = parseConfig([], [`mapping.packing=${layer.packing}`]);
  const random = mulberry32(1);
  const matrix = drawMatrix(layer.channels * layer.kernel ** 2, layer.filters, layer.keptRatio, random);
  const { source, format } = drawSource(layer, random, kernels);
  return prepareLayer(layer.name, config, source, format, matrix, kernels);
}

/** 16-bit weights none of which is zero, and windows of 16 bits each of which is set with a probability of `bitDensity`. */
export function denseMatrix(
  rowCount: number,
  colCount: number,
  windowCount: number,
  bitDensity: number,
): { weights: WeightMatrix; codes: Uint16Array } {
  const random = mulberry32(2);
  const values = Int16Array.from({ length: rowCount * colCount }, () => Math.floor(random() * 65536) - 32768);
  const codes = Uint16Array.from({ length: windowCount * rowCount }, () => {
    let code = 0;
    for (let plane = 0; plane < 16; plane++) code |= Number(random() < bitDensity) << plane;
    return code;
  });
  return { weights: { values, rowCount, colCount, weightBits: 16 }, codes };
}

/** 16-bit weights, each kept with the same probability. */
export function drawMatrix(rowCount: number, colCount: number, keptRatio: number, random: () => number): WeightMatrix {
  const values = new Int16Array(rowCount * colCount);
  for (let i = 0; i < values.length; i++) {
    if (random() < keptRatio) values[i] = Math.floor(random() * 20000) - 10000;
  }
  return { values, rowCount, colCount, weightBits: 16 };
}

/** Windows of a convolution, and the format of their codes. */
export function drawSource(
  layer: Pick<LayerCase, "channels" | "side" | "kernel" | "activationDensity">,
  random: () => number,
  kernels: Kernels,
): { source: WindowSource; format: ActivationFormat } {
  const pixels = new Float32Array(layer.channels * layer.side ** 2);
  for (let i = 0; i < pixels.length; i++) {
    if (random() < layer.activationDensity) pixels[i] = Math.abs(normal(random));
  }
  const format = chooseFormat(widenRange(emptyRange, pixels, "bench", kernels), parseConfig([], []), "bench");
  const outline: LayerOutline = {
    name: "bench",
    op: "Conv",
    group: 0,
    matrices: [{ rowCount: layer.channels * layer.kernel ** 2, colCount: 0, weightBits: 16 }],
    weightScale: 1,
    activations: format,
    firstChannel: 0,
    inputTensor: "",
    geometry: {
      kind: "conv",
      channelCount: layer.channels,
      kernel: [layer.kernel, layer.kernel],
      strides: [1, 1],
      dilations: [1, 1],
      autoPad: "NOTSET",
      pads: [1, 1, 1, 1],
      groupCount: 1,
    },
  };
  const codes = quantizeActivations(pixels, format, kernels);
  return { source: windowsOf(outline, { codes, shape: [1, layer.channels, layer.side, layer.side] }), format };
}

/** Segments and plans of a layer whose windows are known. */
export function prepareLayer(
  name: string,
  config: Config,
  source: WindowSource,
  format: ActivationFormat,
  matrix: WeightMatrix,
  kernels: Kernels,
): PreparedCase {
  const placement = placeMatrix(matrix.rowCount, matrix.colCount, config);
  const { denseSegments, orcSegments } = atOnce(compressLayer([matrix], placement, [placement], config, kernels));
  const dense = countPlan(denseSegments, 1, matrix.rowCount, "slices");
  const orc = (by: Formulation): CountPlan => countPlan(orcSegments, 1, matrix.rowCount, by);
  const popcountPlans = [countPlan(denseSegments, 1, matrix.rowCount, "popcounts"), orc("popcounts")];
  return {
    ...{ name, config, source, format, orc: orcSegments },
    plans: [dense, orc("slices")],
    popcountPlans,
    tablePlans: config.mapping.packing === "crossbar" ? [dense, orc("table")] : null,
  };
}

export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box–Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
