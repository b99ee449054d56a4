import type { MatrixLayer } from "../../../model/ir/layer.ts";
import type { Graph } from "../file/graph.ts";
import { product } from "../shape.ts";
import type { AxisUse, ChannelPath } from "./channelPaths.ts";
import { channelPath } from "./channelPaths.ts";
import type { EditableModel, EditableTensor } from "./editableModel.ts";

/** Side of the square tiles in which a matrix is walked: its mask and its tensor may have opposite orders. */
const TILE = 32;

/** `channelPath`, and also a reason where a constant that would have to follow is read elsewhere, too. */
export function permutationPath(layer: MatrixLayer, layers: readonly MatrixLayer[], model: EditableModel): ChannelPath {
  const path = channelPath(layer, layers, model.graph);
  if ("reason" in path) return path;
  const constantOf = (use: AxisUse): unknown => model.graph.constants.get(use.tensor);
  const counts = new Map<unknown, number>();
  for (const use of path.uses) counts.set(constantOf(use), (counts.get(constantOf(use)) ?? 0) + 1);
  const shared = path.uses.find((use) => model.readerCount(use.tensor) > 1 || (counts.get(constantOf(use)) ?? 0) > 1);
  return shared === undefined ? path : { reason: `tensor ${shared.tensor} is shared` };
}

/** Puts a layer's columns in a new order (new column j is old column order[j]) and undoes it in their readers. */
export function permuteColumns(model: EditableModel, uses: readonly AxisUse[], order: Uint32Array): void {
  for (const use of uses) permuteAxis(model.tensor(use.tensor), use, order);
}

function permuteAxis(
  { bytes, shape, itemBytes }: EditableTensor,
  { axis, offset, unit }: AxisUse,
  order: Uint32Array,
): void {
  const innerBytes = product(shape.slice(axis + 1)) * itemBytes;
  const [unitBytes, stepBytes] = [unit * innerBytes, shape[axis]! * innerBytes];
  const outer = product(shape.slice(0, axis));
  const before = new Uint8Array(order.length * unitBytes);
  for (let slice = 0; slice < outer; slice++) {
    const start = slice * stepBytes + offset * innerBytes;
    before.set(bytes.subarray(start, start + before.length));
    for (let c = 0; c < order.length; c++) {
      const from = order[c]! * unitBytes;
      bytes.set(before.subarray(from, from + unitBytes), start + c * unitBytes);
    }
  }
}

/** Makes the weights of a layer zero where `mask` ([group][row][col]) is 0. @throws RangeError for a layer of no file. */
export function zeroWeights(model: EditableModel, layer: MatrixLayer, mask: Uint8Array): void {
  const { source, groupCount, matrixRows, matrixCols } = layer;
  if (source === undefined) throw new RangeError(`${layer.name} has no weights in the file`);
  const { bytes, itemBytes } = model.tensor(source.tensor);
  const isFilters = source.order === "filters";
  const size = matrixRows * matrixCols;
  const clear = (first: number, row: number, col: number): void => {
    if (mask[first + row * matrixCols + col] !== 0) return;
    const element = first + (isFilters ? col * matrixRows + row : row * matrixCols + col);
    for (let byte = element * itemBytes; byte < (element + 1) * itemBytes; byte++) bytes[byte] = 0;
  };
  for (let first = 0; first < groupCount * size; first += size) {
    for (let row0 = 0; row0 < matrixRows; row0 += TILE) {
      const rowEnd = Math.min(matrixRows, row0 + TILE);
      for (let col0 = 0; col0 < matrixCols; col0 += TILE) {
        const colEnd = Math.min(matrixCols, col0 + TILE);
        for (let row = row0; row < rowEnd; row++) for (let col = col0; col < colEnd; col++) clear(first, row, col);
      }
    }
  }
}

/**
 * Names of the layers whose outputs reach the network's without passing another matrix layer: each of their columns means
 * something outside.
 */
export function outputLayers(layers: readonly MatrixLayer[], graph: Graph): Set<string> {
  const names = new Set(layers.map(({ name }) => name));
  const found = new Set<string>();
  for (const { name, outputTensor } of layers) {
    const seen = new Set([outputTensor]);
    const pending = [outputTensor];
    for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
      if (graph.outputs.includes(tensor)) found.add(name);
      for (const node of graph.consumers.get(tensor) ?? []) {
        if (names.has(node.name)) continue;
        for (const written of node.writes) {
          if (!seen.has(written)) pending.push(written);
          seen.add(written);
        }
      }
    }
  }
  return found;
}
