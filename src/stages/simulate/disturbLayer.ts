import type { OuFormation, SenseOptions } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { QuantizedLayer, WindowSource } from "../../model/ir/quantized.ts";
import { addReads, noReads } from "./disturbed.ts";
import type { DisturbedSums, DisturbedTask, ReadBlock } from "./disturbed.ts";
import type { Executor } from "./executor.ts";
import { allWindows, gatheredTile, join, runTiles } from "./runLayer.ts";

/** Tasks of a layer for each thread. */
const PARTS_PER_THREAD = 3;
/** A task packs the cells that it reads anew: fewer windows would not pay for that. */
const LEAST_WINDOWS = 8;

/** A layer on one chip under one scheme. */
export interface ChipLayer {
  readonly layer: QuantizedLayer;
  readonly blocks: readonly ReadBlock[];
  readonly formation: OuFormation;
  readonly sense: SenseOptions;
}

/** The windows of a source, and where they stand in the whole layer. */
export interface SourceWindows {
  readonly source: WindowSource;
  readonly firstWindow: number;
  /** Windows of the whole layer that are compared with the ideal product. */
  readonly comparedWindows: number;
}

/** All windows of a source through the disturbed crossbars of a layer; the same on any number of threads. */
export async function disturbLayer(
  { layer, blocks, formation, sense }: ChipLayer,
  { source, firstWindow, comparedWindows }: SourceWindows,
  config: Config,
  executor: Executor,
): Promise<DisturbedSums> {
  const task: DisturbedTask = {
    kind: "disturbed",
    source,
    format: layer.activations,
    matrices: layer.matrices,
    blocks,
    formation,
    cellBits: config.crossbar.cellBits,
    sense,
    firstWindow,
    comparedWindows,
  };
  const share = Math.ceil(source.windowCount / (PARTS_PER_THREAD * executor.threads));
  const tile = Math.min(gatheredTile(source), Math.max(LEAST_WINDOWS, share));
  const parts = await runTiles(executor, task, allWindows(source), tile, layer.name, () => {});
  return {
    sums: join(parts.map(({ sums }) => sums)),
    reads: parts.map(({ reads }) => reads).reduce(addReads, noReads),
    signalEnergies: join(parts.map(({ signalEnergies }) => signalEnergies)),
    noiseEnergies: join(parts.map(({ noiseEnergies }) => noiseEnergies)),
  };
}
