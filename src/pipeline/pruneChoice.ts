import type { Run } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { Faults } from "../model/base/errors.ts";
import { matchGlob } from "../model/base/glob.ts";
import { sum } from "../model/base/numbers.ts";
import type { MatrixLayer } from "../model/ir/layer.ts";
import type { PrunableLayer } from "../model/ir/prune.ts";
import { arraysOf, placeMatrix } from "../stages/map/placeMatrix.ts";
import { outputLayers, permutationPath } from "../stages/network/index.ts";
import type { AxisUse, EditableModel } from "../stages/network/index.ts";

/** A layer, and what may be done with it. */
export interface ChosenLayer extends Pick<MatrixLayer, "name" | "op"> {
  readonly weightCount: number;
  /** Weights that are zero already. */
  readonly zeroCount: number;
  /** null: it is pruned. */
  readonly keptBecause: string | null;
  /** null: its columns may be permuted. */
  readonly inOrderBecause: string | null;
}

/** Which layers of a model are pruned, and what follows their columns. */
export class LayerChoice {
  constructor(
    readonly layers: readonly ChosenLayer[],
    private readonly uses: ReadonlyMap<string, readonly AxisUse[]>,
    private readonly outputs: ReadonlySet<string>,
    private readonly config: Config,
  ) {}

  /** Weights of each layer that are zero before anything is pruned. */
  get zeroCounts(): ReadonlyMap<string, number> {
    return new Map(this.layers.map(({ name, zeroCount }) => [name, zeroCount]));
  }

  isPruned(name: string): boolean {
    return this.layers.some((layer) => layer.name === name && layer.keptBecause === null);
  }

  /** The layers to be pruned, with the weights that they have now. */
  prunable(layers: readonly MatrixLayer[]): (MatrixLayer & PrunableLayer)[] {
    return layers
      .filter(({ name }) => this.isPruned(name))
      .map((layer) => ({
        ...layer,
        colGroups: groupColumns(layer.matrixCols, this.config),
        isOutput: this.outputs.has(layer.name),
      }));
  }

  /** What follows a layer's columns; null: they must stay in order. */
  usesOf(name: string): readonly AxisUse[] | null {
    return this.uses.get(name) ?? null;
  }
}

/**
 * Layers that match the patterns, or all but depthwise ones: those have few weights, and one column a matrix. Where layers
 * share a tensor, none of them is pruned.
 * @throws InputError for patterns that match no layer, and when no layer is left.
 */
export async function chooseLayers(
  model: EditableModel,
  patterns: readonly string[] | undefined,
  config: Config,
): Promise<LayerChoice> {
  const layers = await model.layers();
  const faults = new Faults();
  for (const pattern of patterns ?? []) {
    if (layers.some(({ name }) => matchGlob(pattern, name) !== null)) continue;
    faults.add("--layers", `a layer (${layers.map(({ name }) => name).join(", ")})`, pattern);
  }
  const uses = new Map<string, readonly AxisUse[]>();
  const chosen = layers.map((layer): ChosenLayer => {
    const path = permutationPath(layer, layers, model);
    if ("uses" in path) uses.set(layer.name, path.uses);
    const keptBecause = keepReason(layer, patterns, model);
    const { name, op, weights } = layer;
    return {
      name,
      op,
      weightCount: weights.length,
      zeroCount: countZeros(weights),
      keptBecause,
      inOrderBecause: "reason" in path ? path.reason : null,
    };
  });
  faults.throwIfAny();
  if (!chosen.some(({ keptBecause }) => keptBecause === null)) {
    faults.add(
      "--layers",
      "at least one layer to prune",
      chosen.map(({ name, keptBecause }) => `${name}: ${keptBecause}`).join(", ") || "none",
    );
  }
  faults.throwIfAny();
  return new LayerChoice(chosen, uses, outputLayers(layers, model.graph), config);
}

function keepReason(layer: MatrixLayer, patterns: readonly string[] | undefined, model: EditableModel): string | null {
  if (layer.source === undefined || model.readerCount(layer.source.tensor) > 1) return "weights shared";
  if (patterns !== undefined) return patterns.some((p) => matchGlob(p, layer.name) !== null) ? null : "not chosen";
  const { geometry } = layer;
  const isDepthwise =
    geometry.kind === "conv" && geometry.groupCount > 1 && geometry.groupCount === geometry.channelCount;
  return isDepthwise ? "depthwise" : null;
}

/**
 * Columns by the OU column group in which their first slice lies. Where groups and weights do not divide each other, a
 * group has the columns that begin in it.
 */
function groupColumns(colCount: number, config: Config): Run[] {
  const { codings, slicesPerWeight } = arraysOf(config);
  const blocks = placeMatrix(1, colCount, config).colBlocks.filter(({ coding }) => coding === codings[0]);
  const firstCol = (bitline: number): number => Math.ceil(bitline / Math.max(1, slicesPerWeight));
  const runs = blocks.flatMap(({ groups }) =>
    groups.map(({ start, count }) => ({ start: firstCol(start), count: firstCol(start + count) - firstCol(start) })),
  );
  const filled = runs.filter(({ count }) => count > 0);
  return sum(filled.map(({ count }) => count)) === colCount ? filled : [{ start: 0, count: colCount }];
}

export function countZeros(values: Float32Array | Uint8Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0) count++;
  return count;
}
