import type { Config } from "../model/arch/config.ts";
import { ShareTally } from "../model/base/distribution.ts";
import { sum } from "../model/base/numbers.ts";
import type { CrossbarDemand } from "../model/ir/placement.ts";
import type { LayerPipeline, PipelineReport, PlacementReport, Report, Scheme } from "../model/ir/report.ts";
import { PLACEMENTS } from "../model/schemes/rule.ts";
import type { PlacementName } from "../model/schemes/rule.ts";
import { ruleOf } from "../model/schemes/schemes.ts";
import { chipArea, tilesArea } from "../stages/cost/area.ts";
import { cuBusy } from "../stages/cost/cuBusy.ts";
import { balancePipeline } from "../stages/cost/pipeline.ts";
import type { PipelineResult } from "../stages/cost/pipeline.ts";
import { fitOnChip } from "../stages/map/chipFit.ts";
import { schemeCycle_ns } from "../stages/report/layerReport.ts";
import type { LayerFindings } from "../stages/report/layerReport.ts";
import type { PipelineFindings } from "../stages/report/totals.ts";
import { addDemands } from "./prepare.ts";

/** A layer, and what is known of each of its crossbars. */
export interface ChipLayer extends LayerFindings {
  /** Used cells of each crossbar. */
  readonly crossbarUse: Record<PlacementName, ShareTally>;
  /** OU cycles of each crossbar; null unless collected. */
  readonly crossbarWork: Record<Scheme, Float64Array> | null;
}

/** Demand of the network in its three placements, and the chip. */
export function areaReport(layers: readonly ChipLayer[], config: Config): Report["area"] {
  const indexBits = sum(layers.map(({ orc }) => orc.indexBits));
  const placements = {
    dense: placementReport("dense", layers, 0, config),
    recom: placementReport("recom", layers, 0, config),
    orc: placementReport("orc", layers, indexBits, config),
  };
  const { crossbars, tiles, area_mm2 } = placements.orc;
  const { count } = config.tile;
  const chipTiles = count === "auto" ? Math.max(...PLACEMENTS.map((name) => placements[name].tiles)) : count;
  const chip = { tiles: chipTiles, crossbars: chipTiles * config.cu.perTile * config.crossbar.perCu };
  return {
    ...{ crossbars, tiles, area_mm2, indexBuffer_bits: indexBits, placements },
    chip: { ...chip, ...chipArea(chipTiles, config) },
  };
}

function placementReport(
  name: PlacementName,
  layers: readonly ChipLayer[],
  indexBits: number,
  config: Config,
): PlacementReport {
  const demand: CrossbarDemand = addDemands(layers.map(({ demands }) => demands[name]));
  const use = new ShareTally();
  for (const layer of layers) use.merge(layer.crossbarUse[name]);
  const fit = fitOnChip(demand, config);
  return { ...fit, ...tilesArea(fit.tiles, indexBits, config), crossbarUse: use.build() };
}

/** The pipeline of one scheme: as a whole, and each of its layers; null when one copy does not fit. */
export interface SchemePipeline {
  readonly whole: PipelineFindings | null;
  readonly layers: readonly (LayerPipeline | null)[];
}

/** Steady state of a scheme when all layers work at once (§7). */
export function schemePipeline(
  scheme: Scheme,
  layers: readonly ChipLayer[],
  placements: Report["area"]["placements"],
  sampleCount: number,
  config: Config,
): SchemePipeline {
  const { placement: placementName } = ruleOf(scheme);
  const placement = placements[placementName];
  const crossbarsAvailable = placement.crossbarsAvailable ?? placement.crossbars;
  const cycle_ns = schemeCycle_ns(scheme, config);
  const crossbarsOf = (layer: ChipLayer): number => layer.demands[placementName].crossbarCount;
  const result = balancePipeline(
    layers.map((layer) => ({
      name: entryName(layer.layer),
      crossbars: crossbarsOf(layer),
      latencyPerSample_ns: (layer.schemes[scheme].latencyCycles * cycle_ns) / sampleCount,
      windowsPerSample: layer.windowCount / sampleCount,
    })),
    crossbarsAvailable,
  );
  if (result === null) return { whole: null, layers: layers.map(() => null) };
  const { pipelined_ns, limitedBy, limit, copies } = result;
  const busy_ns = layers.map((layer) => (layer.schemes[scheme].ouOps * cycle_ns) / sampleCount);
  const taken = layers.map((layer, index) => copies[index]! * crossbarsOf(layer));
  const busyRatio = (busy: number, crossbars: number): number | null =>
    crossbars === 0 || pipelined_ns === 0 ? null : busy / (crossbars * pipelined_ns);
  const crossbars = sum(taken);
  const report: PipelineReport = {
    ...{ limit, crossbars, crossbarsAvailable, busyRatio: busyRatio(sum(busy_ns), crossbars) },
    ...cuBusyOf(scheme, layers, result, sampleCount, config),
  };
  return {
    whole: { pipelined_ns, limitedBy, report },
    layers: layers.map((layer, index) => ({
      copies: copies[index]!,
      timePerSample_ns: (layer.schemes[scheme].latencyCycles * cycle_ns) / (sampleCount * copies[index]!),
      busyRatio: busyRatio(busy_ns[index]!, taken[index]!),
    })),
  };
}

/** Nothing where it is not known what each crossbar does. */
function cuBusyOf(
  scheme: Scheme,
  layers: readonly ChipLayer[],
  { copies, pipelined_ns }: PipelineResult,
  sampleCount: number,
  config: Config,
): Pick<PipelineReport, "cuBusy"> {
  const works = layers.flatMap(({ crossbarWork }) => (crossbarWork === null ? [] : [crossbarWork[scheme]]));
  if (works.length < layers.length || pipelined_ns === 0) return {};
  const perCycle_ns = schemeCycle_ns(scheme, config) / sampleCount;
  const busy = works.map((work, index) => ({
    busy_ns: work.map((cycles) => cycles * perCycle_ns),
    copies: copies[index]!,
  }));
  return { cuBusy: cuBusy(busy, config.crossbar.perCu, pipelined_ns) };
}

function entryName({ name, group, op }: { name: string; group: number | "all"; op: string }): string {
  return group === "all" || group === 0 || op !== "Conv" ? name : `${name}.${group}`;
}
