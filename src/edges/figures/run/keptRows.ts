import { NO_GROUP } from "../../../index.ts";
import type { KeptRows, Report } from "../../../index.ts";
import { layerTitle } from "../../format.ts";
import { VEGA_LITE } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { heatColours } from "../theme.ts";

/** Cells of all panels together. */
const MOST_CELLS = 6000;
const MOST_SIDE = 32;
const PANEL = 90;
const COLUMNS = 4;
const MANY = 8;

/** Share of kept rows over each layer's matrix; null where no map was collected. */
export function keptRowsFigure({ layers }: Report, maps: readonly (KeptRows | null)[]): FigureSpec | null {
  const known = maps.filter((map) => map !== null).length;
  if (known === 0) return null;
  const side = Math.max(4, Math.min(MOST_SIDE, Math.floor(Math.sqrt(MOST_CELLS / known))));
  const values = layers.flatMap((layer, index) => {
    const map = maps[index];
    if (map === null || map === undefined) return [];
    return pool(map, side).map((cell) => ({ layer: layerTitle(layer, layers), ...cell }));
  });
  const titles = layers.map((layer) => layerTitle(layer, layers));
  const unit = { type: "quantitative" as const, axis: null, scale: { domain: [0, 1] } };
  return {
    name: "kept-rows",
    title: "Kept OU rows",
    caption: `Share of the rows that ORC keeps, over the matrix of each layer: rows downwards in blocks of one crossbar, OU column groups to the right; at most ${side} x ${side} cells a layer, each the mean of what lies below it.`,
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      facet: { field: "layer", type: "nominal", sort: titles, title: null },
      columns: known > MANY ? 2 * COLUMNS : COLUMNS,
      spacing: 12,
      spec: {
        width: PANEL,
        height: PANEL,
        // A border of its own colour closes the seams that smooth edges leave.
        mark: { type: "rect", aria: false, strokeWidth: 0.5, stroke: { expr: "scale('color', datum.share)" } },
        encoding: {
          x: { field: "left", ...unit },
          x2: { field: "right" },
          y: { field: "top", ...unit, scale: { domain: [0, 1], reverse: true } },
          y2: { field: "bottom" },
          color: {
            field: "share",
            type: "quantitative",
            title: "rows kept",
            scale: { scheme: heatColours, domain: [0, 1] },
            legend: { format: "%", orient: "top", gradientLength: 140 },
          },
        },
      },
    },
  };
}

interface Cell {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly share: number;
}

/** The map in at most `side` x `side` cells; places 0…1. */
function pool(map: KeptRows, side: number): Cell[] {
  const { matrixCount, rowBlockCount, colBlockCount, groupsPerBlock, rowCount, crossbarRows, counts } = map;
  const height = matrixCount * rowBlockCount;
  const stride = colBlockCount * groupsPerBlock;
  // The last column block may have fewer groups.
  let width = stride;
  while (counts[width - 1] === NO_GROUP) width--;
  const [down, across] = [Math.min(side, height), Math.min(side, width)];
  const kept = new Float64Array(down * across);
  const rows = new Float64Array(down * across);
  for (let y = 0; y < height; y++) {
    const inBlock = Math.min(crossbarRows, rowCount - (y % rowBlockCount) * crossbarRows);
    const row = Math.floor((y * down) / height) * across;
    for (let x = 0; x < width; x++) {
      const count = counts[y * stride + x]!;
      if (count === NO_GROUP) continue;
      const cell = row + Math.floor((x * across) / width);
      kept[cell]! += count;
      rows[cell]! += inBlock;
    }
  }
  return Array.from(kept, (count, cell) => {
    const [x, y] = [cell % across, Math.floor(cell / across)];
    const place = { left: x / across, right: (x + 1) / across, top: y / down, bottom: (y + 1) / down };
    return { ...place, share: rows[cell] === 0 ? NaN : count / rows[cell]! };
  }).filter(({ share }) => !Number.isNaN(share));
}
