import { inputError } from "../../model/base/errors.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";
import type { PrunableLayer, PruneSpec } from "../../model/ir/prune.ts";
import { clearUnits, gridOf, scoreUnits } from "./grid.ts";
import type { Grid } from "./grid.ts";
import { keepNOfM, keptMask } from "./nOfM.ts";
import { CutWalk, selectUnits } from "./selectUnits.ts";
import type { UnitTable } from "./selectUnits.ts";
import { removeLines } from "./ssl.ts";

/**
 * Which weights stay: one mask a layer, [group][row][col], 1 = kept. Exactly round(sparsity · weights) of them are zero
 * afterwards, those that were zero before included: where pieces do not add up to it, the last one is cut. ("n:m": at least
 * that many, when the layers had zeros.) Weights themselves are not touched.
 * @throws InputError when more weights are zero already, or too few may be removed.
 */
export function pruneLayers(layers: readonly PrunableLayer[], spec: PruneSpec): Uint8Array[] {
  if (spec.method === "n:m") return keepNOfM(layers, spec.nOfM);
  if (spec.scope === "layer") return layers.flatMap((layer) => pruneTogether([layer], spec));
  return pruneTogether(layers, spec);
}

/** Weights of the layers that are zero when `sparsity` is reached. */
export function zeroTarget(layers: readonly PrunableLayer[], sparsity: number): number {
  return Math.round(sparsity * layers.reduce((total, { weights }) => total + weights.length, 0));
}

function pruneTogether(layers: readonly PrunableLayer[], spec: PruneSpec): Uint8Array[] {
  const target = zeroTarget(layers, spec.sparsity);
  const zeros = layers.reduce((total, { weights }) => total + countZeros(weights), 0);
  const total = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  const place = layers.length === 1 ? `sparsity of ${layers[0]!.name}` : "sparsity";
  if (zeros > target) throw inputError(place, `at least ${zeros / total}, which are zero already`, `${spec.sparsity}`);
  const masks = removeLeast(layers, spec, target, zeros);
  if (masks !== null) return masks;
  throw inputError(place, `less, so that ${spec.method} leaves a row and a column of each layer`, `${spec.sparsity}`);
}

function removeLeast(
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  target: number,
  zeros: number,
): Uint8Array[] | null {
  if (spec.method === "ssl-rows") return removeLines(layers, ["row"], target);
  if (spec.method === "ssl-cols") return removeLines(layers, ["col"], target);
  if (spec.method === "ssl") return removeLines(layers, ["row", "col"], target);
  return spec.method === "magnitude"
    ? removeElements(layers, target - zeros)
    : removeUnits(layers, unitGrids(layers, spec), target - zeros);
}

/** Grids of the methods whose pieces do not overlap. */
export function unitGrids(layers: readonly PrunableLayer[], { method, block }: PruneSpec): Grid[] {
  return layers.map((layer) => {
    const rows = cutIntoRuns(layer.matrixRows, method === "block" ? block.rows : 1);
    return gridOf(layer, rows, method === "block" ? cutIntoRuns(layer.matrixCols, block.cols) : layer.colGroups);
  });
}

function removeElements(layers: readonly PrunableLayer[], count: number): Uint8Array[] | null {
  const tables = layers.map(({ weights }): UnitTable => ({
    keys: new Uint32Array(weights.buffer, weights.byteOffset, weights.length),
    counts: null,
  }));
  const cut = selectUnits(tables, count);
  if (cut === null) return null;
  const walk = new CutWalk(cut);
  return layers.map(({ weights }, index) => {
    const mask = keptMask(weights);
    for (let at = 0; at < mask.length; at++) if (walk.removedOf(tables[index]!, at) === 1) mask[at] = 0;
    return mask;
  });
}

function removeUnits(layers: readonly PrunableLayer[], grids: readonly Grid[], count: number): Uint8Array[] | null {
  const tables = layers.map((layer, index) => scoreUnits(layer, grids[index]!));
  const cut = selectUnits(tables, count);
  if (cut === null) return null;
  const walk = new CutWalk(cut);
  return layers.map((layer, index) => {
    const mask = keptMask(layer.weights);
    const table = tables[index]!;
    clearUnits(mask, layer, grids[index]!, table.counts!, (unit) => walk.removedOf(table, unit));
    return mask;
  });
}

function countZeros(weights: Float32Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] === 0) count++;
  return count;
}
