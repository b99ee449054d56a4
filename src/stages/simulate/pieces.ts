import type { Run } from "../../../bindings/kernels.ts";
import type { WindowSource } from "../../model/ir/quantized.ts";

// How work is cut into tasks. A task takes some tens of milliseconds at most, whatever the layer: then others get their
// turn, and an abort takes effect.

/** Codes that one task gathers at most: bounds memory, and leaves enough tasks for several threads. */
const TASK_CODES = 1 << 20;
export const TASK_WINDOWS = 4096;
/** Multiplications of one task. */
const TASK_PRODUCTS = 2 ** 26;

/** Windows whose codes one task may gather. */
function gatheredTile({ vectorCount, rowCount }: WindowSource): number {
  return Math.max(1, Math.min(TASK_WINDOWS, Math.floor(TASK_CODES / (vectorCount * rowCount))));
}

/** Windows of one task where each takes `perWindow` of the `most` that a task does. */
export function windowTile(source: WindowSource, perWindow: number, most: number): number {
  return Math.max(1, Math.min(gatheredTile(source), Math.floor(most / Math.max(1, perWindow))));
}

/** Windows and rows of one task of the integer product, all columns and vectors. */
export function productPieces(
  source: WindowSource,
  colCount: number,
  most = TASK_PRODUCTS,
): { readonly tile: number; readonly rows: readonly Run[] } {
  const { rowCount, vectorCount } = source;
  const perRow = Math.max(1, colCount * vectorCount);
  const step = Math.max(1, Math.floor(most / perRow));
  const rows: Run[] = [];
  for (let start = 0; start < rowCount; start += step) rows.push({ start, count: Math.min(step, rowCount - start) });
  return { tile: windowTile(source, perRow * Math.min(step, rowCount), most), rows };
}

/** Runs of items that have at most `limit` together, one item at least. */
export function splitByWork<T>(items: readonly T[], workOf: (item: T) => number, limit: number): T[][] {
  const runs: T[][] = [];
  let work = Infinity;
  for (const item of items) {
    work += workOf(item);
    if (work > limit) {
      runs.push([]);
      work = workOf(item);
    }
    runs.at(-1)!.push(item);
  }
  return runs;
}

/** `windows` in tiles. */
export function tilesOf(windows: Uint32Array, tile: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(windows.length / tile) }, (_, i) => windows.slice(i * tile, (i + 1) * tile));
}

export function allWindows(source: WindowSource): Uint32Array {
  return Uint32Array.from({ length: source.windowCount }, (_, window) => window);
}

/** Sums of the parts of a layer. */
export function addSums(parts: readonly Float64Array[]): Float64Array {
  const [total, ...others] = parts;
  for (const part of others) for (let i = 0; i < part.length; i++) total![i]! += part[i]!;
  return total!;
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
