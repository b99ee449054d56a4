import type { Config } from "../../model/arch/config.ts";
import { adcTransfer } from "../../model/arch/adc.ts";
import type { ExecutableLayer } from "../../model/ir/compressed.ts";
import type { VerifyCounts } from "../../model/ir/counts.ts";
import type { QuantizedLayer, WindowSource } from "../../model/ir/quantized.ts";
import type { FunctionalScheme } from "../../model/ir/report.ts";
import type { Executor } from "./executor.ts";
import { addVerify } from "./tasks.ts";
import type { Execution, TaskResults, WindowTask } from "./tasks.ts";

/** Codes that one task gathers at most: bounds memory, and leaves enough tasks for several threads. */
const TASK_CODES = 1 << 20;
export const TASK_WINDOWS = 4096;
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
  const task = { kind: "verify" as const, ...execution(executable, source, config) };
  const parts = await runTiles(executor, task, windows, gatheredTile(source), executable.layer.name, onWindows);
  return parts.reduce(addVerify, {});
}

/** Accumulators of one scheme over all windows, memory order [window][vector][col]. */
export async function outputsOfLayer(
  executable: ExecutableLayer,
  source: WindowSource,
  scheme: FunctionalScheme,
  config: Config,
  executor: Executor,
): Promise<Float64Array> {
  const task = { kind: "outputs" as const, scheme, ...execution(executable, source, config) };
  return join(
    await runTiles(executor, task, allWindows(source), gatheredTile(source), executable.layer.name, () => {}),
  );
}

/** Plain integer product over all windows, memory order [window][vector][col]. */
export async function productOfLayer(
  layer: QuantizedLayer,
  source: WindowSource,
  executor: Executor,
): Promise<Float64Array> {
  const task = { kind: "product" as const, source, format: layer.activations, matrices: layer.matrices };
  return join(await runTiles(executor, task, allWindows(source), gatheredTile(source), layer.name, () => {}));
}

function execution({ layer, blocks }: ExecutableLayer, source: WindowSource, config: Config): Execution {
  return {
    source,
    format: layer.activations,
    matrices: layer.matrices,
    blocks,
    cellBits: config.crossbar.cellBits,
    ouRows: config.ou.rows,
    adcTransfer: adcTransfer(config),
  };
}

export async function runTiles<T extends WindowTask>(
  executor: Executor,
  task: T,
  windows: Uint32Array,
  tile: number,
  label: string,
  onWindows: OnWindows,
): Promise<TaskResults[T["kind"]][]> {
  const runs: Promise<TaskResults[T["kind"]]>[] = [];
  for (let start = 0; start < windows.length; start += tile) {
    const part = windows.slice(start, start + tile);
    runs.push(
      executor.run(task, part, label).then((result) => {
        onWindows(part.length);
        return result;
      }),
    );
  }
  return Promise.all(runs);
}

/** Windows whose codes one task may gather. */
export function gatheredTile({ vectorCount, rowCount }: WindowSource): number {
  return Math.max(1, Math.min(TASK_WINDOWS, Math.floor(TASK_CODES / (vectorCount * rowCount))));
}

export function allWindows(source: WindowSource): Uint32Array {
  return Uint32Array.from({ length: source.windowCount }, (_, window) => window);
}

export function join(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
