import { describe, expect, test } from "vitest";
import { adcTransfer } from "../../../src/model/arch/adc.ts";
import { Pace } from "../../../src/model/base/pace.ts";
import { FUNCTIONAL_SCHEMES, loadKernels, parseConfig, runTask } from "../../../src/index.ts";
import type { WindowTask } from "../../../src/index.ts";
import { PhaseClock } from "../../../src/pipeline/phases.ts";
import { prepareExecution } from "../../../src/pipeline/prepare.ts";
import { quantizeMatrix } from "../../../src/stages/quantize/quantizeMatrix.ts";
import { inlineExecutor } from "../../../src/stages/simulate/executor.ts";
import {
  addSums,
  allWindows,
  productPieces,
  splitByWork,
  tilesOf,
  windowTile,
} from "../../../src/stages/simulate/pieces.ts";
import { windowsOf } from "../../../src/stages/simulate/windows.ts";
import { Random } from "../../helpers/random.ts";
import { matrixWorkload } from "../../helpers/workload.ts";

const ROWS = 150;
const COLS = 40;
const config = parseConfig([], ["crossbar.rows=64", "crossbar.cols=64"]);
const kernels = await loadKernels();
const random = new Random(5);
const rowOf = (count: number, least: number, most: number) =>
  Array.from({ length: count }, () => (random.chance(0.5) ? 0 : random.integer(least, most)));
const { layer, tensor } = quantizeMatrix(
  matrixWorkload({
    weights: Array.from({ length: ROWS }, () => rowOf(COLS, -99, 99)),
    activations: Array.from({ length: 7 }, () => rowOf(ROWS, 0, 999)),
  }),
  config,
  kernels,
);
const source = windowsOf(layer, tensor!);
const common = { source, format: layer.activations, matrices: layer.matrices };

describe("rows of the integer product", () => {
  const whole = { kind: "product", ...common, rows: { start: 0, count: ROWS } } as const satisfies WindowTask;
  const expected = runTask(kernels, whole, allWindows(source));

  test.each([1, COLS, 17 * COLS, 149 * COLS, ROWS * COLS, 3 * ROWS * COLS])("at most %i products a task", (most) => {
    const { tile, rows } = productPieces(source, COLS, most);
    expect(rows.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i))).toEqual(
      Array.from({ length: ROWS }, (_, row) => row),
    );
    for (const { count } of rows) expect(count * COLS * tile).toBeLessThanOrEqual(Math.max(most, COLS));
    const sums = tilesOf(allWindows(source), tile).flatMap((windows) => [
      ...addSums(rows.map((run) => runTask(kernels, { ...whole, rows: run }, windows))),
    ]);
    expect(sums).toEqual([...expected]);
  });
});

describe("column blocks of the bit-serial product", async () => {
  const pace = new Pace();
  const executable = await prepareExecution(layer, config, kernels, inlineExecutor(kernels), new PhaseClock(), pace);
  const task = {
    ...{ kind: "outputs", ...common, schemes: FUNCTIONAL_SCHEMES, cellBits: config.crossbar.cellBits },
    ...{ blocks: executable.blocks, ouRows: config.ou.rows, adcTransfer: adcTransfer(config) },
  } as const satisfies WindowTask;
  const expected = runTask(kernels, task, allWindows(source));

  test.each([0, 1, 2, 3, 100])("at most %i blocks a task", (most) => {
    const runs = splitByWork(executable.blocks, () => 1, most);
    expect(runs.flat()).toEqual(executable.blocks);
    for (const run of runs) expect(run.length).toBeLessThanOrEqual(Math.max(1, most));
    const parts = runs.map((blocks) => runTask(kernels, { ...task, blocks }, allWindows(source)));
    expect(expected.map((_, scheme) => addSums(parts.map((sums) => sums[scheme]!)))).toEqual(expected);
  });
});

test("work of different sizes is cut before it is too much", () => {
  expect(splitByWork([3, 3, 3, 9, 1, 1, 5], (work) => work, 6)).toEqual([[3, 3], [3], [9], [1, 1], [5]]);
  expect(splitByWork([], () => 1, 6)).toEqual([]);
});

test("a tile has a window at least, and no more than one task gathers", () => {
  expect(windowTile(source, 10, 5)).toBe(1);
  expect(windowTile(source, 10, 45)).toBe(4);
  expect(windowTile(source, 1, 1e9)).toBe(4096);
  expect(windowTile({ ...source, rowCount: 2 ** 19 }, 1, 1e9)).toBe(2);
});
