import { loadKernels } from "../bindings/index.ts";
import type { DeviceLevels, DisturbedOptions, Kernels } from "../bindings/kernels.ts";
import { atOnce } from "../src/model/base/pace.ts";
import { parseConfig } from "../src/index.ts";
import { blockStreams } from "../src/stages/compress/blockStreams.ts";
import { placeMatrix } from "../src/stages/map/placeMatrix.ts";
import type { CaseResult } from "./counting.ts";
import { denseMatrix } from "./inputs.ts";
import { timeInterleaved } from "./timing.ts";

const ROWS = 128;
const COLS = 256;
const WINDOWS = 512;
/** Mean share of ones in a bit-plane: 34 of 128 rows are open. */
const BIT_DENSITY = 0.267;
const ADC_BITS = 6;
const TABLE_SAMPLES = 32_000;

/** The product of orc-dof at 16x16 OUs, 2-bit cells, read from disturbed cells and from a table; all rows kept. */
export async function benchDevice(rounds: number, seconds: number): Promise<CaseResult> {
  const kernels = await loadKernels({ target: "simd" });
  const { weights, planes, cells, blocks } = denseLayer(kernels);
  const key = [1, 2] as const;
  const options: DisturbedOptions = {
    formation: "dynamic",
    ouRows: 16,
    adc: { mode: "clip", topCode: 2 ** ADC_BITS - 1 },
    offset: 0,
    readSigma: 0,
    signed: false,
    weights,
    cells,
    key,
    windows: Uint32Array.from({ length: WINDOWS }, (_, window) => window),
    statsStride: 1,
  };
  const programmed = blocks.map(({ levels, streams }) => ({
    levels,
    streams,
    floats: kernels.programCells(levels, device, key),
    fixed: kernels.programCellsFixed(levels, device, key),
  }));
  const table = kernels.buildSensingTable({ ...options, device, sampleCount: TABLE_SAMPLES }, key);
  const adcTransfer = Int32Array.from({ length: 49 }, (_, sum) => sum);
  type Block = (typeof programmed)[number];
  const variant = (name: string, multiply: (block: Block, sums: Float64Array) => unknown) => ({
    name,
    run: () => {
      const sums = new Float64Array(WINDOWS * COLS);
      for (const block of programmed) multiply(block, sums);
      return sums.reduce((total, sum) => total + sum, 0);
    },
  });
  const floats = (name: string, changes: Partial<DisturbedOptions>) =>
    variant(name, ({ streams, floats: values, levels }, sums) =>
      kernels.mvmDisturbed(planes, streams, values, levels, { ...options, ...changes }, sums),
    );
  const fixed = (name: string, changes: Partial<DisturbedOptions>) =>
    variant(name, ({ streams, fixed: values, levels }, sums) =>
      kernels.mvmDisturbedFixed(planes, streams, values, levels, { ...options, ...changes }, sums),
    );
  const timings = timeInterleaved(
    [
      variant("ideal cells", ({ streams, levels }, sums) =>
        kernels.mvmBitSerial(planes, streams, levels, { ...options, adcTransfer }, sums),
      ),
      floats("f32 cells", {}),
      floats("f32 cells, one window in 16 counted", { statsStride: 16 }),
      floats("f32 cells, read noise", { readSigma: 0.1 }),
      fixed("i16 cells", {}),
      fixed("i16 cells, one window in 16 counted", { statsStride: 16 }),
      variant("sensing table", ({ streams, levels }, sums) =>
        kernels.mvmTable(planes, streams, levels, table, options, sums),
      ),
    ],
    rounds,
    seconds,
  );
  const pairs = ((COLS * 8) / 16) * WINDOWS;
  return {
    name: "disturbed product, orc-dof, 6-bit ADC, 34 of 128 rows open",
    unit: "M (window, group) pairs/s",
    rows: timings.map(({ name, best_s, rme, sampleCount }) => ({
      ...{ variant: name, best_s, rme, sampleCount },
      rate: pairs / best_s / 1e6,
    })),
  };
}

/** On/off ratio 19, 0.1 of the natural logarithm. */
const device: DeviceLevels = {
  base: Float32Array.of(0, 1, 2, 3),
  span: Float32Array.of(1 / 6, 7 / 6, 13 / 6, 19 / 6),
  sigma: new Float32Array(4).fill(0.1),
  stuckLow: 0,
  stuckHigh: 0,
};

function denseLayer(kernels: Kernels) {
  const config = parseConfig([], [`adc.bits=${ADC_BITS}`]);
  const { weights, codes } = denseMatrix(ROWS, COLS, WINDOWS, BIT_DENSITY);
  const cells = { cellBits: config.crossbar.cellBits, coding: "offset" } as const;
  const placed = atOnce(blockStreams([weights], placeMatrix(ROWS, COLS, config), config, kernels));
  return {
    weights,
    cells,
    planes: kernels.packBitPlanes(codes, { windowCount: WINDOWS, vectorCount: 1, rowCount: ROWS, bits: 16 }),
    blocks: placed.map(({ block, orc }) => ({
      streams: orc,
      levels: kernels.encodeCells(weights, cells, block.bitlines),
    })),
  };
}
