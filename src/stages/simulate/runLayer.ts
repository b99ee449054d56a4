import type { Config } from "../../model/arch/config.ts";
import { adcTransfer } from "../../model/arch/adc.ts";
import { sum } from "../../model/base/numbers.ts";
import type { BlockStreams, ExecutableLayer } from "../../model/ir/compressed.ts";
import type { Mismatches, VerifyCounts } from "../../model/ir/counts.ts";
import type { QuantizedLayer, WindowSource } from "../../model/ir/quantized.ts";
import { FUNCTIONAL_SCHEMES } from "../../model/ir/report.ts";
import type { FunctionalScheme } from "../../model/ir/report.ts";
import type { Executor } from "./executor.ts";
import { addSums, allWindows, join, productPieces, splitByWork, tilesOf, windowTile } from "./pieces.ts";
import { addVerify } from "./tasks.ts";
import type { OutputsTask, TaskResults, WindowTask } from "./tasks.ts";

/** Cells times bit-planes times schemes that one task reads. */
const TASK_READS = 2 ** 29;

/** Fewer windows would not pay for the encoding of their cells. */
const LEAST_WINDOWS = 32;

/** Called as windows are finished. Throws to stop. */
export type OnWindows = (windowCount: number) => void;

/** Executes the OU schemes bit-serially on some windows and compares with the integer product (§8). */
export async function verifyLayer(
  executable: ExecutableLayer,
  source: WindowSource,
  windows: Uint32Array,
  config: Config,
  executor: Executor,
  onWindows: OnWindows,
): Promise<VerifyCounts> {
  const work = executionOf(executable, source, FUNCTIONAL_SCHEMES, config);
  const parts = tilesOf(windows, work.tile).map(async (tile) => {
    const expected = productOf(executable.layer, source, tile, executor);
    const [ideal, sums] = await Promise.all([expected, execute(work, executable, tile, executor)]);
    onWindows(tile.length);
    return Object.fromEntries(FUNCTIONAL_SCHEMES.map((scheme, i) => [scheme, compareSums(sums[i]!, ideal)]));
  });
  return (await Promise.all(parts)).reduce<VerifyCounts>(addVerify, {});
}

/** Accumulators of one scheme over all windows, memory order [window][vector][col]. */
export async function outputsOfLayer(
  executable: ExecutableLayer,
  source: WindowSource,
  scheme: FunctionalScheme,
  config: Config,
  executor: Executor,
): Promise<Float64Array> {
  const work = executionOf(executable, source, [scheme], config);
  const parts = tilesOf(allWindows(source), work.tile).map(async (tile) => execute(work, executable, tile, executor));
  return join((await Promise.all(parts)).map(([sums]) => sums!));
}

/** Plain integer product over all windows, memory order [window][vector][col]. */
export function productOfLayer(layer: QuantizedLayer, source: WindowSource, executor: Executor): Promise<Float64Array> {
  return productOf(layer, source, allWindows(source), executor);
}

/** Plain integer product over some windows. */
export async function productOf(
  layer: QuantizedLayer,
  source: WindowSource,
  windows: Uint32Array,
  executor: Executor,
): Promise<Float64Array> {
  const { matrices, activations: format, name } = layer;
  const { tile, rows } = productPieces(source, matrices[0]!.colCount);
  const parts = tilesOf(windows, tile).map(async (part) => {
    const ofRows = rows.map((run) =>
      executor.run({ kind: "product", source, format, matrices, rows: run }, part, name),
    );
    return addSums(await Promise.all(ofRows));
  });
  return join(await Promise.all(parts));
}

/** How a layer is executed: windows of a tile, and the tasks of each. */
interface ExecutionWork {
  readonly tile: number;
  readonly tasks: readonly OutputsTask[];
}

/** All blocks to a task, or where that leaves it few windows, some: a task encodes the cells of its blocks anew. */
function executionOf(
  { layer, blocks }: ExecutableLayer,
  source: WindowSource,
  schemes: readonly FunctionalScheme[],
  config: Config,
): ExecutionWork {
  const readsOf = ({ block }: BlockStreams): number =>
    source.rowCount * block.bitlines.count * layer.activations.bits * schemes.length;
  const ofAll = windowTile(source, sum(blocks.map(readsOf)), TASK_READS);
  const ofOne = windowTile(source, Math.max(...blocks.map(readsOf)), TASK_READS);
  const tile = Math.min(ofOne, Math.max(LEAST_WINDOWS, ofAll));
  const task: Omit<OutputsTask, "blocks"> = {
    kind: "outputs",
    schemes,
    source,
    format: layer.activations,
    matrices: layer.matrices,
    cellBits: config.crossbar.cellBits,
    ouRows: config.ou.rows,
    adcTransfer: adcTransfer(config),
  };
  const runs = splitByWork(blocks, (block) => readsOf(block) * tile, TASK_READS);
  return { tile, tasks: runs.map((some) => ({ ...task, blocks: some })) };
}

/** Sums of each scheme over some windows. */
async function execute(
  { tasks }: ExecutionWork,
  { layer }: ExecutableLayer,
  windows: Uint32Array,
  executor: Executor,
): Promise<Float64Array[]> {
  const parts = await Promise.all(tasks.map((task) => executor.run(task, windows, layer.name)));
  return parts[0]!.map((_, scheme) => addSums(parts.map((sums) => sums[scheme]!)));
}

function compareSums(got: Float64Array, expected: Float64Array): Mismatches {
  let mismatches = 0;
  let maxAbsError = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i]! - expected[i]!);
    if (error === 0) continue;
    mismatches++;
    maxAbsError = Math.max(maxAbsError, error);
  }
  return { mismatches, maxAbsError };
}

export async function runTiles<T extends WindowTask>(
  executor: Executor,
  task: T,
  windows: Uint32Array,
  tile: number,
  label: string,
  onWindows: OnWindows,
): Promise<TaskResults[T["kind"]][]> {
  return Promise.all(
    tilesOf(windows, tile).map(async (part) => {
      const result = await executor.run(task, part, label);
      onWindows(part.length);
      return result;
    }),
  );
}
