import type {
  CountPlan,
  Kernels,
  SegmentTable,
  StreamTable,
  WeightMatrix,
  ZeroCounts,
} from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import { sum } from "../model/base/numbers.ts";
import { paced } from "../model/base/pace.ts";
import type { Pace } from "../model/base/pace.ts";
import type { BlockStreams, CompressedLayer, CountPlans, ExecutableLayer } from "../model/ir/compressed.ts";
import type { KeptRows } from "../model/ir/keptRows.ts";
import type { CrossbarDemand, Placement } from "../model/ir/placement.ts";
import type { LayerOutline, QuantizedLayer } from "../model/ir/quantized.ts";
import type { Scheme } from "../model/schemes/schemes.ts";
import { blockStreams } from "../stages/compress/blockStreams.ts";
import { KeptRowsMap } from "../stages/compress/keptRowsMap.ts";
import { compressLayer } from "../stages/compress/compressLayer.ts";
import type { CountWork } from "../stages/compress/countCosts.ts";
import { chosenPlan } from "../stages/compress/countPlan.ts";
import { denseDemand, placeMatrix } from "../stages/map/placeMatrix.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import { countTile } from "../stages/simulate/countLayer.ts";
import { schemeOus } from "../stages/simulate/schemeOus.ts";
import type { SchemeOus } from "../stages/simulate/schemeOus.ts";
import type { PhaseClock } from "./phases.ts";

/** A layer placed and compressed, before any activation is seen; its weights are not in it. */
export interface PreparedLayer {
  readonly outline: LayerOutline;
  readonly compressed: CompressedLayer;
  readonly demands: { readonly dense: CrossbarDemand; readonly recom: CrossbarDemand; readonly orc: CrossbarDemand };
  readonly zeros: ZeroCounts;
  readonly ousOf: Readonly<Record<Scheme, SchemeOus>>;
  /** null when it is not asked for, or too large. */
  readonly keptRows: KeptRows | null;
}

/** map → compress, for one layer. */
export async function prepareLayer(
  layer: QuantizedLayer,
  config: Config,
  kernels: Kernels,
  clock: PhaseClock,
  pace: Pace,
  wantsKeptRows = false,
): Promise<PreparedLayer> {
  const { matrices } = layer;
  const { rowCount, colCount } = matrices[0]!;
  const structures = clock.time("map", () => matrices.map((matrix) => kernels.countZeros(matrix)));
  const [placement, recomPlacements] = clock.time("map", () => [
    placeMatrix(rowCount, colCount, config),
    matrices.map((matrix, m) => placeRemaining(matrix, structures[m]!, config)),
  ]);
  const keptRows = wantsKeptRows ? KeptRowsMap.of(matrices.length, rowCount, placement, config) : null;
  const compressed = await clock.timeAsync("compress", () =>
    paced(compressLayer(matrices, placement, recomPlacements, config, kernels, keptRows), pace),
  );
  const dense = denseDemand(placement);
  const zeros = {
    zeroCount: sum(structures.map((structure) => structure.zeroCount)),
    zeroRowCount: sum(structures.map((structure) => structure.zeroRowCount)),
    zeroColCount: sum(structures.map((structure) => structure.zeroColCount)),
  };
  return {
    outline: outlineOf(layer),
    compressed,
    demands: {
      dense: addDemands(matrices.map(() => dense)),
      recom: addDemands(recomPlacements.map(denseDemand)),
      orc: compressed.orcDemand,
    },
    zeros,
    ousOf: clock.time("compress", () => schemeOus({ matrices, placement, compressed, zeros, config, kernels })),
    keptRows: keptRows?.build() ?? null,
  };
}

/** compress, for a layer that is to be executed: its index, and its weights where all threads see them. */
export async function prepareExecution(
  layer: QuantizedLayer,
  config: Config,
  kernels: Kernels,
  executor: Executor,
  clock: PhaseClock,
  pace: Pace,
): Promise<ExecutableLayer> {
  const { matrices } = layer;
  const { rowCount, colCount } = matrices[0]!;
  const placement = placeMatrix(rowCount, colCount, config);
  const blocks = await clock.timeAsync("compress", () =>
    paced(blockStreams(matrices, placement, config, kernels), pace),
  );
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

/** compress, for a layer whose windows are counted: how, for the dense and the compressed crossbars. */
export function prepareCounting(
  { outline, compressed }: PreparedLayer,
  windowCount: number,
  config: Config,
  kernels: Kernels,
  executor: Executor,
  clock: PhaseClock,
): CountPlans {
  const { matrices, activations } = outline;
  const work: CountWork = {
    windowCount,
    windowsPerCall: countTile(windowCount, executor.threads),
    bits: activations.bits,
    signed: activations.signed,
    ouRows: config.ou.rows,
    emptyPlaneCycles: config.timing.emptyPlaneCycles,
    hasLanes: kernels.backend === "wasm-simd",
  };
  const plan = (segments: SegmentTable): CountPlan =>
    sharePlan(chosenPlan(segments, matrices.length, matrices[0]!.rowCount, work), executor);
  return clock.time("compress", () => ({ dense: plan(compressed.denseSegments), orc: plan(compressed.orcSegments) }));
}

/** Puts what tasks read where all threads see it. */
function sharePlan(plan: CountPlan, executor: Executor): CountPlan {
  const { records, masks } = plan.segments;
  const segments = { ...plan.segments, records: executor.share(records), masks: executor.share(masks) };
  if (plan.by === "popcounts") return { ...plan, segments };
  const lists = { ...plan.lists, records: executor.share(plan.lists.records) };
  if (plan.by === "slices") {
    const { classes } = plan;
    const shared = { records: executor.share(classes.records), members: executor.share(classes.members) };
    return { ...plan, segments, lists, classes: { ...classes, ...shared } };
  }
  const { table } = plan;
  const shared = {
    blocks: executor.share(table.blocks),
    positions: executor.share(table.positions),
    laneCodes: executor.share(table.laneCodes),
    laneBitlines: executor.share(table.laneBitlines),
    crossbarEnds: executor.share(table.crossbarEnds),
  };
  return { ...plan, segments, lists, table: { ...table, ...shared } };
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
