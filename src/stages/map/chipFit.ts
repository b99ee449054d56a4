import type { Config } from "../../model/arch/config.ts";
import { ceilDiv } from "../../model/base/numbers.ts";
import type { CrossbarDemand } from "../../model/ir/placement.ts";

/** Chip demand of a network: CUs and tiles that hold its crossbars, and whether the chip has them (§5). */
export interface ChipFit {
  readonly crossbars: number;
  readonly cus: number;
  readonly tiles: number;
  /** Used cells / cells of the crossbars taken; null without crossbars. */
  readonly utilisation: number | null;
  readonly fits: boolean;
  /** null when tile.count is "auto". */
  readonly crossbarsAvailable: number | null;
  readonly levers: string[];
}

export function fitOnChip(demand: CrossbarDemand, config: Config): ChipFit {
  const { rows, cols, perCu } = config.crossbar;
  const cus = ceilDiv(demand.crossbarCount, perCu);
  const tiles = ceilDiv(cus, config.cu.perTile);
  const crossbarsAvailable = config.tile.count === "auto" ? null : config.tile.count * config.cu.perTile * perCu;
  const fits = crossbarsAvailable === null || demand.crossbarCount <= crossbarsAvailable;
  return {
    crossbars: demand.crossbarCount,
    cus,
    tiles,
    utilisation: demand.crossbarCount === 0 ? null : demand.usedCellCount / (demand.crossbarCount * rows * cols),
    fits,
    crossbarsAvailable,
    levers: fits
      ? []
      : [
          `tile.count ≥ ${tiles} (or "auto")`,
          "precision.weightBits lower",
          "crossbar.cellBits higher",
          'mapping.packing "layer"',
        ],
  };
}
