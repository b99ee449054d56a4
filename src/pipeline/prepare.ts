import type { CountPlan, Kernels, StreamTable, WeightMatrix, ZeroCounts } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { sum } from "../model/base/numbers.ts";
import type { BlockStreams, CompressedLayer, CountPlans, ExecutableLayer } from "../model/ir/compressed.ts";
import type { KeptRows } from "../model/ir/keptRows.ts";
import type { CrossbarDemand, Placement } from "../model/ir/placement.ts";
import type { LayerOutline, QuantizedLayer } from "../model/ir/quantized.ts";
import { blockStreams } from "../stages/compress/blockStreams.ts";
import { KeptRowsMap } from "../stages/compress/keptRowsMap.ts";
import { compressLayer } from "../stages/compress/compressLayer.ts";
import { countPlan } from "../stages/compress/countPlan.ts";
import { denseDemand, placeMatrix } from "../stages/map/placeMatrix.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import type { PhaseClock } from "./phases.ts";

/** A layer placed and compressed, before any activation is seen; its weights are not in it. */
export interface PreparedLayer {
  readonly outline: LayerOutline;
  readonly compressed: CompressedLayer;
  readonly plans: CountPlans;
  readonly demands: { readonly dense: CrossbarDemand; readonly recom: CrossbarDemand; readonly orc: CrossbarDemand };
  readonly zeros: ZeroCounts;
  /** null when it is not asked for, or too large. */
  readonly keptRows: KeptRows | null;
}

/** map → compress, for one layer. */
export function prepareLayer(
  layer: QuantizedLayer,
  config: Config,
  kernels: Kernels,
  executor: Executor,
  clock: PhaseClock,
  wantsKeptRows = false,
): PreparedLayer {
  const { matrices } = layer;
  const { rowCount, colCount } = matrices[0]!;
  const structures = clock.time("map", () => matrices.map((matrix) => kernels.countZeros(matrix)));
  const [placement, recomPlacements] = clock.time("map", () => [
    placeMatrix(rowCount, colCount, config),
    matrices.map((matrix, m) => placeRemaining(matrix, structures[m]!, config)),
  ]);
  const keptRows = wantsKeptRows ? KeptRowsMap.of(matrices.length, rowCount, placement, config) : null;
  const compressed = clock.time("compress", () =>
    compressLayer(matrices, placement, recomPlacements, config, kernels, keptRows),
  );
  const dense = denseDemand(placement);
  return {
    outline: outlineOf(layer),
    compressed,
    plans: clock.time("compress", () => countPlans(compressed, matrices.length, rowCount, executor)),
    demands: {
      dense: addDemands(matrices.map(() => dense)),
      recom: addDemands(recomPlacements.map(denseDemand)),
      orc: compressed.orcDemand,
    },
    zeros: {
      zeroCount: sum(structures.map((structure) => structure.zeroCount)),
      zeroRowCount: sum(structures.map((structure) => structure.zeroRowCount)),
      zeroColCount: sum(structures.map((structure) => structure.zeroColCount)),
    },
    keptRows: keptRows?.build() ?? null,
  };
}

/** compress, for a layer that is to be executed: its index, and its weights where all threads see them. */
export function prepareExecution(
  layer: QuantizedLayer,
  config: Config,
  kernels: Kernels,
  executor: Executor,
  clock: PhaseClock,
): ExecutableLayer {
  const { matrices } = layer;
  const { rowCount, colCount } = matrices[0]!;
  const placement = placeMatrix(rowCount, colCount, config);
  const blocks = clock.time("compress", () => blockStreams(matrices, placement, config, kernels));
  const shared = matrices.map((matrix) => ({ ...matrix, values: executor.share(matrix.values) }));
  return { layer: { ...layer, matrices: shared }, blocks: blocks.map((block) => shareStreams(block, executor)) };
}

function outlineOf(layer: QuantizedLayer): LayerOutline {
  const matrices = layer.matrices.map(({ rowCount, colCount, weightBits }) => ({ rowCount, colCount, weightBits }));
  return { ...layer, matrices };
}

/** What `recom` leaves of a matrix, placed. */
function placeRemaining(matrix: WeightMatrix, zeros: ZeroCounts, config: Config): Placement {
  return placeMatrix(matrix.rowCount - zeros.zeroRowCount, matrix.colCount - zeros.zeroColCount, config);
}

function countPlans(
  { denseSegments, orcSegments }: CompressedLayer,
  vectorCount: number,
  rowCount: number,
  executor: Executor,
): CountPlans {
  return {
    dense: sharePlan(countPlan(denseSegments, vectorCount, rowCount), executor),
    orc: sharePlan(countPlan(orcSegments, vectorCount, rowCount), executor),
  };
}

/** Puts what tasks read where all threads see it. */
function sharePlan(plan: CountPlan, executor: Executor): CountPlan {
  const { segments } = plan;
  return {
    ...plan,
    segments: { ...segments, records: executor.share(segments.records), masks: executor.share(segments.masks) },
    offsets: executor.share(plan.offsets),
    lists: executor.share(plan.lists),
    classes: executor.share(plan.classes),
    members: executor.share(plan.members),
    rowGroups: executor.share(plan.rowGroups),
    rowBitlines: executor.share(plan.rowBitlines),
  };
}

function shareStreams(block: BlockStreams, executor: Executor): BlockStreams {
  const share = (table: StreamTable): StreamTable => ({
    ...table,
    records: executor.share(table.records),
    entries: executor.share(table.entries),
  });
  return { ...block, dense: share(block.dense), orc: share(block.orc) };
}

export function addDemands(demands: readonly CrossbarDemand[]): CrossbarDemand {
  return {
    crossbarCount: sum(demands.map((demand) => demand.crossbarCount)),
    usedCellCount: sum(demands.map((demand) => demand.usedCellCount)),
  };
}
