import { loadKernels } from "../bindings/index.ts";
import type { CountPlan, Formulation, Kernels, SegmentTable, WindowSource } from "../bindings/kernels.ts";
import { atOnce } from "../src/model/base/pace.ts";
import { parseConfig } from "../src/index.ts";
import type { ActivationFormat } from "../src/model/ir/quantized.ts";
import { compressLayer } from "../src/stages/compress/compressLayer.ts";
import type { CountWork } from "../src/stages/compress/countCosts.ts";
import { chosenPlan, countPlan } from "../src/stages/compress/countPlan.ts";
import { placeMatrix } from "../src/stages/map/placeMatrix.ts";
import { drawMatrix, drawSource, mulberry32 } from "./inputs.ts";

/** One plan, made and counted in every way that it can be. */
export interface GridRow {
  readonly name: string;
  readonly windows: number;
  readonly segments: number;
  /** What collapsing equal masks leaves of the segments. */
  readonly lists: number;
  /** Milliseconds to make the plan and to count it; null where it cannot be. */
  readonly best_ms: Readonly<Record<Formulation, number | null>>;
  readonly chosen: Formulation;
  /** Time of the chosen way over that of the fastest one. */
  readonly loss: number;
}

const CHANNELS = 128;
const FILTERS = 256;
/** Sides of the map: 1, 16, 64, 196, 784 and 3136 windows. */
const SIDES = [1, 4, 8, 14, 28, 56];
const WAYS: readonly Formulation[] = ["popcounts", "slices", "table"];

/** Weights kept: single ones, or whole rows of the matrix. */
const PRUNINGS = [
  { text: "single weights, kept 0.05", keptRatio: 0.05, keptRowRatio: 1 },
  { text: "single weights, kept 0.3", keptRatio: 0.3, keptRowRatio: 1 },
  { text: "single weights, kept 0.6", keptRatio: 0.6, keptRowRatio: 1 },
  { text: "whole rows, kept 0.3", keptRatio: 1, keptRowRatio: 0.3 },
];

/** Is the rule of countCosts.ts right? Windows x pruning x packing x density of the activations. */
export async function benchGrid(rounds: number): Promise<GridRow[]> {
  const kernels = await loadKernels({ target: "simd" });
  const random = mulberry32(1);
  const rows: GridRow[] = [];
  for (const packing of ["layer", "crossbar"]) {
    // Popcounts and slices do not care how many activations are zero.
    for (const activationDensity of packing === "layer" ? [0.3] : [0.3, 1]) {
      const config = parseConfig([], [`mapping.packing=${packing}`]);
      for (const { text, keptRatio, keptRowRatio } of PRUNINGS) {
        const matrix = drawMatrix(CHANNELS * 9, FILTERS, keptRatio, random);
        for (let row = 0; row < matrix.rowCount; row++)
          if (random() >= keptRowRatio) matrix.values.fill(0, row * FILTERS, (row + 1) * FILTERS);
        const placement = placeMatrix(matrix.rowCount, matrix.colCount, config);
        const { denseSegments, orcSegments } = atOnce(compressLayer([matrix], placement, [placement], config, kernels));
        const tables: [string, SegmentTable][] = [[`${packing}, ${text}`, orcSegments]];
        if (packing === "layer" && text === PRUNINGS[0]!.text) tables.unshift(["dense", denseSegments]);
        for (const [name, segments] of tables) {
          for (const side of SIDES) {
            const { source, format } = drawSource(
              { channels: CHANNELS, side, kernel: 3, activationDensity },
              random,
              kernels,
            );
            rows.push(gridRow(`${name}, activations ${activationDensity}`, segments, source, format, kernels, rounds));
          }
        }
      }
    }
  }
  return rows;
}

function gridRow(
  name: string,
  segments: SegmentTable,
  source: WindowSource,
  format: ActivationFormat,
  kernels: Kernels,
  rounds: number,
): GridRow {
  const { windowCount, rowCount } = source;
  const work: CountWork = {
    ...{ windowCount, windowsPerCall: 4096, bits: format.bits, signed: format.signed },
    ...{ ouRows: 16, emptyPlaneCycles: 0, hasLanes: true },
  };
  const best_ms: Record<Formulation, number | null> = { popcounts: null, slices: null, table: null };
  let expected: string | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const way of WAYS) {
      const start = performance.now();
      const plan = planned(segments, rowCount, way);
      if (plan === null) continue;
      const totals = kernels.countWindows(source, { start: 0, count: windowCount }, format.bits, [plan], 16, 0);
      best_ms[way] = Math.min(best_ms[way] ?? Infinity, performance.now() - start);
      const found = JSON.stringify(totals);
      if ((expected ??= found) !== found) throw new Error(`${name}: ${way} counts ${found}, expected ${expected}`);
    }
  }
  const chosen = chosenPlan(segments, 1, rowCount, work).by;
  const lists = countPlan(segments, 1, rowCount, "slices");
  return {
    name,
    windows: windowCount,
    segments: segments.segmentCount,
    lists: lists.by === "slices" ? lists.lists.listCount : 0,
    best_ms,
    chosen,
    loss: best_ms[chosen]! / Math.min(...WAYS.map((way) => best_ms[way] ?? Infinity)),
  };
}

/** null where crossbars do not span the same rows. */
function planned(segments: SegmentTable, rowCount: number, way: Formulation): CountPlan | null {
  try {
    return countPlan(segments, 1, rowCount, way);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export const GRID_HEAD = ["plan", "windows", "segments", "lists", ...WAYS.map((way) => `${way} ms`), "rule", "loss"];

export function gridCells({ name, windows, segments, lists, best_ms, chosen, loss }: GridRow): string[] {
  const times = WAYS.map((way) => best_ms[way]?.toPrecision(3) ?? "");
  return [name, String(windows), String(segments), String(lists), ...times, chosen, `${loss.toFixed(2)}x`];
}
