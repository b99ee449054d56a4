import type { PrunableLayer } from "../../model/ir/prune.ts";

/**
 * Keeps the N largest of each M adjacent rows of a column. What is left at the end of a column (fewer than M rows) loses
 * its share, rounded so that all layers together lose 1 - N/M of their weights. Zeros that are there already count.
 */
export function keepNOfM(layers: readonly PrunableLayer[], [n, m]: readonly [number, number]): Uint8Array[] {
  const masks = layers.map(({ weights }) => keptMask(weights));
  /** Ends of columns that may lose one weight more, and which. */
  const spare: { layer: number; at: number; magnitude: number }[] = [];
  let owed = 0;
  layers.forEach((layer, index) => {
    const { groupCount, matrixRows, matrixCols, weights } = layer;
    const mask = masks[index]!;
    const share = ((matrixRows % m) * (m - n)) / m;
    owed += groupCount * matrixCols * (share - Math.floor(share));
    for (let group = 0; group < groupCount; group++) {
      for (let start = 0; start < matrixRows; start += m) {
        const rows = Math.min(m, matrixRows - start);
        const quota = Math.floor((rows * (m - n)) / m);
        for (let col = 0; col < matrixCols; col++) {
          const first = (group * matrixRows + start) * matrixCols + col;
          const zeros = clearLeast(mask, weights, first, rows, matrixCols, quota);
          if (rows === m || zeros > quota) continue;
          const at = leastKept(mask, weights, first, rows, matrixCols);
          if (at >= 0) spare.push({ layer: index, at, magnitude: Math.abs(weights[at]!) });
        }
      }
    }
  });
  spare.sort((a, b) => a.magnitude - b.magnitude);
  for (const { layer, at } of spare.slice(0, Math.round(owed))) masks[layer]![at] = 0;
  return masks;
}

/** Clears the least of `count` elements, `stride` apart, until `quota` of them are zero; gives how many are zero. */
function clearLeast(
  mask: Uint8Array,
  weights: Float32Array,
  first: number,
  count: number,
  stride: number,
  quota: number,
): number {
  let zeros = 0;
  for (let i = 0, at = first; i < count; i++, at += stride) zeros += 1 - mask[at]!;
  for (; zeros < quota; zeros++) mask[leastKept(mask, weights, first, count, stride)] = 0;
  return zeros;
}

/** The element of least magnitude that is kept, the first of equal ones; -1 when there is none. */
function leastKept(mask: Uint8Array, weights: Float32Array, first: number, count: number, stride: number): number {
  let least = Infinity;
  let found = -1;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    if (mask[at] === 0 || Math.abs(weights[at]!) >= least) continue;
    least = Math.abs(weights[at]!);
    found = at;
  }
  return found;
}

/** 1 where a weight is not zero. */
export function keptMask(weights: Float32Array): Uint8Array {
  const mask = new Uint8Array(weights.length);
  for (let i = 0; i < mask.length; i++) mask[i] = weights[i] === 0 ? 0 : 1;
  return mask;
}
