import type { Config } from "../../model/arch/config.ts";
import { isaacCrossbar, isaacCu, isaacCuPerCrossbar, isaacTile } from "../../model/arch/presets/isaac16.ts";
import { indexBuffer } from "../../model/arch/presets/sre19.ts";
import { sum } from "../../model/base/numbers.ts";
import { mm2FromUm2 } from "../../model/base/units.ts";

/** Area of whole tiles (§10 [isaac16]). DAC and sample-and-hold follow rows and bitlines, the array both, ADCs the crossbars. */
export function tilesArea_mm2(tileCount: number, config: Config): number {
  const { rows, cols, perCu } = config.crossbar;
  const rowRatio = rows / isaacCrossbar.rows;
  const colRatio = cols / isaacCrossbar.cols;
  const perCrossbar_mm2 =
    isaacCuPerCrossbar.adc_mm2 +
    isaacCuPerCrossbar.dac_mm2 * rowRatio +
    isaacCuPerCrossbar.sampleHold_mm2 * colRatio +
    isaacCuPerCrossbar.crossbar_mm2 * rowRatio * colRatio;
  const cu_mm2 = perCu * perCrossbar_mm2 + sum(Object.values(isaacCu));
  return tileCount * (sum(Object.values(isaacTile)) + config.cu.perTile * cu_mm2);
}

/** SRAM of the ORC index; an estimate. */
export function indexArea_mm2(indexBits: number): number {
  return mm2FromUm2(indexBits * indexBuffer.area_um2PerBit);
}
