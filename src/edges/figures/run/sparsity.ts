import type { LayerReport, Report } from "../../../index.ts";
import { layerTitle } from "../../format.ts";
import { ROW_HEADER, VEGA_LITE } from "../figure.ts";
import type { FigureSpec } from "../figure.ts";
import { heatColours, partColours, schemeScale } from "../theme.ts";

const CELL_STEP = 18;
const WIDTH = 320;
const HEIGHT = 180;
const PANEL_WIDTH = 190;
/** Columns of a heat map of open rows: taller OUs have several heights in one. */
const MOST_COLUMNS = 32;
const DYNAMIC = ["dof", "orc-dof"] as const;

/** Where the zeros are: in bit-planes, in OUs, and what their index costs. */
export function sparsityFigures(report: Report): FigureSpec[] {
  const seen = report.layers.some(({ openRows }) => openRows !== undefined);
  return [
    bitPlaneFigure(report),
    ...(seen ? [openRowFigure(report), openRowLayerFigure(report)] : []),
    indexFigure(report),
  ];
}

function bitPlaneFigure({ layers }: Report): FigureSpec {
  const values = layers.flatMap((layer) =>
    layer.activations.planeOneRatios.map((share, plane) => ({ layer: layerTitle(layer, layers), plane, share })),
  );
  return {
    name: "bit-planes",
    title: "Bit-plane occupancy",
    caption:
      "Share of ones in each bit-plane of a layer's input (0 is the least significant; of signed inputs the top plane is the sign). Dynamic OU formation skips the zeros.",
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      width: { step: CELL_STEP },
      height: { step: CELL_STEP },
      mark: { type: "rect", aria: false },
      encoding: {
        x: { field: "plane", type: "ordinal", sort: "descending", title: "bit-plane", axis: { labelAngle: 0 } },
        y: { field: "layer", type: "nominal", sort: null, title: null },
        color: shareColour("share of ones"),
      },
    },
  };
}

function openRowFigure(report: Report): FigureSpec {
  const values = DYNAMIC.flatMap((scheme) => {
    const counts = new Array<number>(report.config.ou.rows).fill(0);
    for (const layer of report.layers) {
      // Layers have different numbers of windows, and not all of them were looked at.
      const weight = layer.openRows === undefined ? 0 : layer.windows / layer.openRows.windows;
      for (const [index, count] of (layer.openRows?.[scheme] ?? []).entries()) counts[index]! += weight * count;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : counts.map((count, index) => ({ scheme, rows: index + 1, share: count / total }));
  });
  return {
    name: "open-rows",
    title: "Open rows of an OU operation",
    caption: `Of all OU operations of the network, how many open 1 … ${report.config.ou.rows} rows with input 1. ${sampledWords(report.layers)}`,
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      facet: { row: { field: "scheme", type: "nominal", title: null, header: ROW_HEADER } },
      spacing: 12,
      spec: {
        width: WIDTH,
        height: HEIGHT / 2,
        mark: { type: "bar", binSpacing: 1 },
        encoding: {
          x: {
            field: "rows",
            type: "ordinal",
            title: "open rows",
            axis: { labelAngle: 0, labelOverlap: "greedy" },
          },
          y: { field: "share", type: "quantitative", title: "OU operations", axis: { format: "%", tickCount: 4 } },
          color: { field: "scheme", type: "nominal", scale: schemeScale(DYNAMIC), legend: null },
        },
      },
    },
  };
}

function openRowLayerFigure({ layers, config }: Report): FigureSpec {
  const perColumn = Math.ceil(config.ou.rows / MOST_COLUMNS);
  const values = DYNAMIC.flatMap((scheme) =>
    layers.flatMap((layer) => {
      const counts = layer.openRows?.[scheme] ?? [];
      const total = counts.reduce((sum, count) => sum + count, 0);
      const columns = new Map<number, number>();
      for (const [index, count] of counts.entries()) {
        const rows = (Math.floor(index / perColumn) + 1) * perColumn;
        columns.set(rows, (columns.get(rows) ?? 0) + (total === 0 ? 0 : count / total));
      }
      return [...columns].map(([rows, share]) => ({ scheme, layer: layerTitle(layer, layers), rows, share }));
    }),
  );
  return {
    name: "open-rows-layers",
    title: "Open rows, layer by layer",
    caption: `Share of a layer's OU operations by the rows that they open${perColumn > 1 ? ` (${perColumn} heights to a column, named by the largest)` : ""}. Full OUs lie at the right. ${sampledWords(layers)}`,
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      facet: { column: { field: "scheme", type: "nominal", title: null } },
      spec: {
        width: { step: Math.max(6, Math.min(CELL_STEP, Math.floor((PANEL_WIDTH * perColumn) / config.ou.rows))) },
        height: { step: CELL_STEP },
        mark: { type: "rect", aria: false },
        encoding: {
          x: { field: "rows", type: "ordinal", title: "open rows", axis: { labelAngle: 0, labelOverlap: "greedy" } },
          y: { field: "layer", type: "nominal", sort: null, title: null },
          color: shareColour("share of OU operations"),
        },
      },
    },
  };
}

function indexFigure({ layers, config }: Report): FigureSpec {
  const kinds = [`index of ${config.sparsity.indexBits} bits`, "plain bitmap", "fillers among kept rows"];
  const values = layers.flatMap((layer) => {
    const { indexBits, bitmapBits, weightBitsKept, fillerRows, keptRows } = layer.orc;
    const shares = [share(indexBits, weightBitsKept), share(bitmapBits, weightBitsKept), share(fillerRows, keptRows)];
    return shares.map((value, index) => ({ layer: layerTitle(layer, layers), kind: kinds[index]!, value }));
  });
  return {
    name: "index-overhead",
    title: "Index overhead of ORC",
    caption:
      "Bits of the index, and of a plain bitmap in its place, against the kept weight bits; and the share of kept rows that are fillers, which the index needs to bridge long gaps.",
    spec: {
      $schema: VEGA_LITE,
      data: { values },
      width: { step: layers.length > 24 ? 5 : layers.length > 6 ? 10 : 18 },
      height: HEIGHT,
      mark: "bar",
      encoding: {
        x: {
          field: "layer",
          type: "nominal",
          sort: null,
          title: null,
          axis: layers.length > 8 ? { labelAngle: -60 } : { labelAngle: 0 },
        },
        xOffset: { field: "kind", type: "nominal", sort: kinds },
        y: { field: "value", type: "quantitative", title: null, axis: { format: "~%", tickCount: 5 } },
        color: {
          field: "kind",
          type: "nominal",
          title: null,
          scale: { domain: kinds, range: [partColours[0]!, partColours[1]!, partColours[5]!] },
          legend: { orient: "top", columns: 1 },
        },
      },
    },
  };
}

function shareColour(title: string) {
  return {
    field: "share",
    type: "quantitative" as const,
    title,
    scale: { scheme: heatColours as "viridis", domainMin: 0 },
    legend: { format: "~%", orient: "top" as const, gradientLength: 120 },
  };
}

/** How many windows the open rows were counted on. */
function sampledWords(layers: readonly LayerReport[]): string {
  const seen = layers.flatMap(({ openRows }) => openRows?.windows ?? []);
  if (layers.every(({ openRows, windows }) => openRows?.windows === windows)) return "Counted on every window.";
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const number = least === most ? String(most) : `${least} to ${most}`;
  return `Counted exactly on ${number} windows of each layer, spread evenly.`;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
