import type { OuFormation, SenseOptions } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { QuantizedLayer, WindowSource } from "../../model/ir/quantized.ts";
import { addReads, noReads } from "./disturbed.ts";
import type { DisturbedSums, DisturbedTask, ReadBlock } from "./disturbed.ts";
import type { Executor } from "./executor.ts";
import { addSums, allWindows, join, splitByWork, tilesOf, windowTile } from "./pieces.ts";
import { productOf } from "./runLayer.ts";

/** Tasks of a layer for each thread. */
const PARTS_PER_THREAD = 3;
/** A task packs the cells that it reads anew: fewer windows would not pay for that. */
const LEAST_WINDOWS = 8;
/** Disturbed cells times bit-planes that one task reads. */
const TASK_READS = 2 ** 26;

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

export interface DisturbedLayer extends DisturbedSums {
  /** Σ ideal² and Σ (disturbed - ideal)² of each compared window. */
  readonly signalEnergies: Float64Array;
  readonly noiseEnergies: Float64Array;
}

/** All windows of a source through the disturbed crossbars of a layer; the same on any number of threads. */
export async function disturbLayer(
  { layer, blocks, formation, sense }: ChipLayer,
  { source, firstWindow, comparedWindows }: SourceWindows,
  config: Config,
  executor: Executor,
): Promise<DisturbedLayer> {
  const { bits } = layer.activations;
  const task: Omit<DisturbedTask, "blocks"> = {
    kind: "disturbed",
    source,
    format: layer.activations,
    matrices: layer.matrices,
    formation,
    cellBits: config.crossbar.cellBits,
    sense,
    firstWindow,
  };
  const readsOf = ({ levels }: ReadBlock): number => source.rowCount * levels.bitlines.count * bits;
  const share = Math.ceil(source.windowCount / (PARTS_PER_THREAD * executor.threads));
  const most = windowTile(source, Math.max(...blocks.map(readsOf)), TASK_READS);
  const tile = Math.min(most, Math.max(LEAST_WINDOWS, share));
  const parts = tilesOf(allWindows(source), tile).map(async (windows): Promise<DisturbedSums> => {
    const runs = splitByWork(blocks, (block) => readsOf(block) * windows.length, TASK_READS).map((some) =>
      executor.run({ ...task, blocks: some }, windows, layer.name),
    );
    const read = await Promise.all(runs);
    return {
      sums: addSums(read.map(({ sums }) => sums)),
      reads: read.map(({ reads }) => reads).reduce(addReads, noReads),
    };
  });
  const compared = allWindows(source).filter((window) => firstWindow + window < comparedWindows);
  const [ideal, read] = await Promise.all([productOf(layer, source, compared, executor), Promise.all(parts)]);
  const sums = join(read.map((part) => part.sums));
  return {
    sums,
    reads: read.map(({ reads }) => reads).reduce(addReads, noReads),
    ...energiesOf(sums, ideal, layer.matrices.length * layer.matrices[0]!.colCount),
  };
}

function energiesOf(
  sums: Float64Array,
  ideal: Float64Array,
  perWindow: number,
): Pick<DisturbedLayer, "signalEnergies" | "noiseEnergies"> {
  const signalEnergies = new Float64Array(ideal.length / perWindow);
  const noiseEnergies = new Float64Array(signalEnergies.length);
  for (let i = 0; i < ideal.length; i++) {
    const window = Math.floor(i / perWindow);
    signalEnergies[window]! += ideal[i]! ** 2;
    noiseEnergies[window]! += (sums[i]! - ideal[i]!) ** 2;
  }
  return { signalEnergies, noiseEnergies };
}
