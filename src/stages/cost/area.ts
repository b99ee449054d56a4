import type { Config } from "../../model/arch/config.ts";
import {
  isaacCrossbar,
  isaacCu,
  isaacCuPerCrossbar,
  isaacHyperTransport_mm2,
  isaacTile,
} from "../../model/arch/presets/isaac16.ts";
import { indexBuffer } from "../../model/arch/presets/sre19.ts";
import { ceilDiv, sum } from "../../model/base/numbers.ts";
import { mm2FromUm2 } from "../../model/base/units.ts";
import type { AreaByComponent_mm2 } from "../../model/ir/report.ts";

/** An area and the parts whose sum it is. */
export interface Area {
  readonly area_mm2: number;
  readonly areaByComponent_mm2: AreaByComponent_mm2;
}

/** Whole tiles and the SRAM that holds an index (§10). */
export function tilesArea(tileCount: number, indexBits: number, config: Config): Area {
  return addUp({ ...tileParts_mm2(tileCount, config), indexBuffer: indexArea_mm2(indexBits) });
}

/**
 * A chip of some tiles: its links, and in every crossbar room for the index of all its rows, since replicas may lie
 * anywhere. Decoders and wordline generators have no published area and are not in it.
 */
export function chipArea(tileCount: number, config: Config): Area {
  const { rows, cols, perCu } = config.crossbar;
  const { indexBits } = config.sparsity;
  const entries = tileCount * config.cu.perTile * perCu * rows * ceilDiv(cols, config.ou.cols);
  const indexBuffer_mm2 = indexArea_mm2(indexBits === "unlimited" ? 0 : entries * indexBits);
  return addUp({
    ...tileParts_mm2(tileCount, config),
    indexBuffer: indexBuffer_mm2,
    hyperTransport: isaacHyperTransport_mm2,
  });
}

function addUp(parts: AreaByComponent_mm2): Area {
  return { area_mm2: sum(Object.values(parts)), areaByComponent_mm2: parts };
}

/** Parts of tiles [isaac16]. DAC and sample-and-hold follow rows and bitlines, the array both, ADCs the crossbars. */
function tileParts_mm2(tileCount: number, config: Config): AreaByComponent_mm2 {
  const { rows, cols, perCu } = config.crossbar;
  const rowRatio = rows / isaacCrossbar.rows;
  const colRatio = cols / isaacCrossbar.cols;
  const cuCount = tileCount * config.cu.perTile;
  const crossbarCount = cuCount * perCu;
  return {
    edram: tileCount * isaacTile.edram_mm2,
    bus: tileCount * isaacTile.bus_mm2,
    router: tileCount * isaacTile.router_mm2,
    sigmoid: tileCount * isaacTile.sigmoid_mm2,
    tileShiftAdd: tileCount * isaacTile.shiftAdd_mm2,
    maxPool: tileCount * isaacTile.maxPool_mm2,
    tileOutputRegister: tileCount * isaacTile.outputRegister_mm2,
    adc: crossbarCount * isaacCuPerCrossbar.adc_mm2,
    dac: crossbarCount * isaacCuPerCrossbar.dac_mm2 * rowRatio,
    sampleHold: crossbarCount * isaacCuPerCrossbar.sampleHold_mm2 * colRatio,
    crossbar: crossbarCount * isaacCuPerCrossbar.crossbar_mm2 * rowRatio * colRatio,
    shiftAdd: cuCount * isaacCu.shiftAdd_mm2,
    inputRegister: cuCount * isaacCu.inputRegister_mm2,
    outputRegister: cuCount * isaacCu.outputRegister_mm2,
  };
}

/** SRAM of the ORC index; an estimate. */
function indexArea_mm2(indexBits: number): number {
  return mm2FromUm2(indexBits * indexBuffer.area_um2PerBit);
}
