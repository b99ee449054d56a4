import type { CellBlock, DrawKey, Kernels, SensingTable } from "../../../bindings/kernels.ts";
import { adcBits } from "../../model/arch/adc.ts";
import type { CodedDevice } from "../../model/arch/device.ts";
import type { Config } from "../../model/arch/config.ts";
import type { Steps } from "../../model/base/pace.ts";
import { RandomStream } from "../../model/base/rng.ts";
import type { DisturbedScheme, Engine } from "../../model/ir/accuracy.ts";
import type { ExecutableLayer } from "../../model/ir/compressed.ts";
import type { ProgrammedCells, ReadBlock } from "../../stages/simulate/disturbed.ts";
import type { ChipLayer } from "../../stages/simulate/disturbLayer.ts";
import type { Executor } from "../../stages/simulate/executor.ts";

/** A layer ready to be programmed: its index, and the levels of its cells. */
export interface BlankLayer extends ExecutableLayer {
  readonly levels: readonly ReadBlock["levels"][];
}

/** Levels of every column block of a layer, where all threads see them; a step for each. */
export function* blankLayer(
  executable: ExecutableLayer,
  config: Config,
  kernels: Kernels,
  executor: Executor,
): Steps<BlankLayer> {
  const levels: ReadBlock["levels"][] = [];
  for (const { matrixIndex, block } of executable.blocks) {
    const cells = { cellBits: config.crossbar.cellBits, coding: block.coding };
    const encoded = kernels.encodeCells(executable.layer.matrices[matrixIndex]!, cells, block.bitlines);
    levels.push({ ...encoded, levels: executor.share(encoded.levels) });
    yield;
  }
  return { ...executable, levels };
}

/** Two words of every draw on one array of one chip; devices share them, so that their curves differ by quality alone. */
function drawKey(seed: number, chip: number, layer: string, matrixIndex: number, coding: string): DrawKey {
  const stream = new RandomStream([seed, "chip", chip, layer, matrixIndex, coding]);
  return [stream.int32() >>> 0, stream.int32() >>> 0];
}

/** The cells of one layer on one chip, programmed once; null for the table engine, which has none. */
export interface ProgrammedLayer {
  readonly keys: readonly DrawKey[];
  readonly cells: readonly (ProgrammedCells | null)[];
}

/** A step for each column block. */
export function* programLayer(
  { layer, blocks, levels }: BlankLayer,
  device: CodedDevice,
  engine: Engine,
  seed: number,
  chip: number,
  kernels: Kernels,
  executor: Executor,
): Steps<ProgrammedLayer> {
  const keys = blocks.map(({ matrixIndex, block }) =>
    drawKey(seed, chip, `${layer.name}.${layer.group}`, matrixIndex, block.coding),
  );
  const program = (block: CellBlock, key: DrawKey): ProgrammedCells | null => {
    if (engine === "table") return null;
    if (engine === "cells") {
      const programmed = kernels.programCells(block, device, key);
      return { engine, block: { ...programmed, values: executor.share(programmed.values) } };
    }
    const programmed = kernels.programCellsFixed(block, device, key);
    return { engine, block: { ...programmed, values: executor.share(programmed.values) } };
  };
  const cells: (ProgrammedCells | null)[] = [];
  for (const [i, block] of levels.entries()) {
    cells.push(program(block, keys[i]!));
    yield;
  }
  return { keys, cells };
}

/** How a scheme opens rows: streams, formation, and H of the OU (isaac: the whole crossbar, losslessly converted). */
export function senseConfig(scheme: DisturbedScheme, openWordlines: number, config: Config): Config {
  if (scheme !== "isaac") return { ...config, ou: { ...config.ou, rows: openWordlines } };
  return {
    ...config,
    ou: { ...config.ou, rows: config.crossbar.rows },
    adc: { ...config.adc, bits: "auto" },
  };
}

/** A programmed layer under one scheme. `table`: what every read is drawn from, instead of cells. */
export function chipLayer(
  blank: BlankLayer,
  programmed: ProgrammedLayer,
  table: SensingTable | null,
  scheme: DisturbedScheme,
  device: CodedDevice,
  config: Config,
): ChipLayer {
  const streams = scheme === "orc" || scheme === "orc-dof" ? "orc" : "dense";
  const blocks = blank.blocks.map((blockStreams, i): ReadBlock => ({
    matrixIndex: blockStreams.matrixIndex,
    coding: blockStreams.block.coding,
    levels: blank.levels[i]!,
    streams: blockStreams[streams],
    key: programmed.keys[i]!,
    cells: programmed.cells[i] ?? { engine: "table", table: table! },
  }));
  return {
    layer: blank.layer,
    blocks,
    formation: scheme === "dof" || scheme === "orc-dof" ? "dynamic" : "fixed",
    sense: senseOptions(device, config),
  };
}

/** What a read adds to its cells, at the OU of a configuration (§8, §9). */
export function senseOptions(device: CodedDevice, config: Config): ChipLayer["sense"] {
  return {
    ouRows: config.ou.rows,
    adc: { mode: config.adc.mode, topCode: 2 ** adcBits(config) - 1 },
    offset: device.offset,
    readSigma: device.readSigma,
  };
}
