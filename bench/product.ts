import { loadKernels } from "../bindings/index.ts";
import { ScalarKernels } from "../bindings/scalar.ts";
import type { BulkKernels, Kernels } from "../bindings/kernels.ts";
import { atOnce } from "../src/model/base/pace.ts";
import { parseConfig } from "../src/index.ts";
import { adcTransfer } from "../src/model/arch/adc.ts";
import { blockStreams } from "../src/stages/compress/blockStreams.ts";
import { placeMatrix } from "../src/stages/map/placeMatrix.ts";
import { runTask } from "../src/stages/simulate/tasks.ts";
import type { OutputsTask } from "../src/stages/simulate/tasks.ts";
import type { CaseResult } from "./counting.ts";
import { denseMatrix } from "./inputs.ts";
import { timeInterleaved } from "./timing.ts";

const ROWS = 128;
const COLS = 256;
const WINDOWS = 512;
const TWIN_WINDOWS = 2;
/** Mean share of ones in a bit-plane: 34 of 128 rows are open. */
const BIT_DENSITY = 0.267;

/** The bit-serial product of orc-dof at 16x16 OUs with an ADC of 5 bits, so that the clip acts; all rows kept. */
export async function benchProduct(rounds: number, seconds: number): Promise<CaseResult> {
  const simd = await loadKernels({ target: "simd" });
  const task = denseTask(simd);
  const pairsPerWindow = (COLS * 16) / 2 / 16;
  const variant = (name: string, kernels: BulkKernels, windows: number) => {
    const indices = Uint32Array.from({ length: windows }, (_, window) => window);
    return { name, windows, run: () => runTask(kernels, task, indices)[0]!.reduce((sum, value) => sum + value, 0) };
  };
  const variants = [
    variant("Wasm, SIMD", simd, WINDOWS),
    variant("Wasm, scalar", await loadKernels({ target: "scalar" }), WINDOWS),
    variant("TypeScript twin", new ScalarKernels(), TWIN_WINDOWS),
  ];
  const timings = timeInterleaved(variants, rounds, seconds);
  if (timings[0]!.checksum !== timings[1]!.checksum) throw new Error("the builds disagree on the product");
  return {
    name: "bit-serial product, orc-dof, 5-bit ADC, 34 of 128 rows open",
    unit: "M (window, group) pairs/s",
    rows: timings.map(({ name, best_s, rme, sampleCount }, index) => ({
      ...{ variant: name, best_s, rme, sampleCount },
      rate: (pairsPerWindow * variants[index]!.windows) / best_s / 1e6,
    })),
  };
}

function denseTask(kernels: Kernels): OutputsTask {
  const config = parseConfig([], ["adc.bits=5"]);
  const { weights: matrix, codes } = denseMatrix(ROWS, COLS, WINDOWS, BIT_DENSITY);
  return {
    kind: "outputs",
    schemes: ["orc-dof"],
    source: { windowCount: WINDOWS, vectorCount: 1, rowCount: ROWS, codes, conv: null },
    format: { bits: 16, signed: false, scale: 1 },
    matrices: [matrix],
    blocks: atOnce(blockStreams([matrix], placeMatrix(ROWS, COLS, config), config, kernels)),
    cellBits: config.crossbar.cellBits,
    ouRows: config.ou.rows,
    adcTransfer: adcTransfer(config),
  };
}
