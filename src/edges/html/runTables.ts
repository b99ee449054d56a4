import type { LayerReport, Report, Scheme, SchemeTotals } from "../../index.ts";
import { formatArea, formatCount, formatEnergy, formatRatio, formatTime, layerTitle } from "../format.ts";
import { totalsCells, layerSchemeCells } from "../tableCells.ts";
import { markup, table } from "./markup.ts";
import type { Markup } from "./markup.ts";

const entriesOf = (report: Report): [Scheme, SchemeTotals][] =>
  Object.entries(report.totals) as [Scheme, SchemeTotals][];

export function totalsTable(report: Report): Markup {
  const head = ["scheme", "OU operations", "cycles", "latency", "pipelined, per sample", "energy", "speed-up"];
  return table(
    [{ head: "scheme", isText: true }, ...head.slice(1), "latency speed-up", "energy saved", "at estimated prices"],
    entriesOf(report).map(([scheme, sums]) => [scheme, ...totalsCells(sums)]),
    `All layers, ${formatCount(report.samples)} ${report.samples === 1 ? "sample" : "samples"}`,
  );
}

export function layerTable({ layers }: Report): Markup {
  return table(
    [
      { head: "layer", isText: true },
      { head: "op", isText: true },
      ...["rows x cols", "windows", "MACs", "crossbars dense", "with ORC", "zero weights", "zero rows", "zero cols"],
      ...["zero OU rows", "kept rows", "fillers", "index bits", "against kept weight bits", "zero inputs", "one bits"],
    ],
    layers.map((layer) => [layerTitle(layer, layers), layer.op, ...layerCells(layer)]),
    "Layers",
  );
}

function layerCells(layer: LayerReport): string[] {
  const { matrixRows, matrixCols, matrixCount, weights, orc, activations } = layer;
  return [
    `${matrixCount > 1 ? `${matrixCount} of ` : ""}${matrixRows} x ${matrixCols}`,
    formatCount(layer.windows),
    formatCount(layer.macs),
    formatCount(layer.crossbars.dense),
    formatCount(layer.crossbars.orc),
    formatRatio(weights.zeroRatio),
    formatRatio(weights.zeroRowRatio),
    formatRatio(weights.zeroColRatio),
    formatRatio(weights.ouRowZeroRatio),
    formatCount(orc.keptRows),
    formatCount(orc.fillerRows),
    formatCount(orc.indexBits),
    formatRatio(orc.weightBitsKept === 0 ? null : orc.indexBits / orc.weightBitsKept),
    formatRatio(activations.zeroRatio),
    formatRatio(activations.oneBitRatio),
  ];
}

export function layerSchemeTable({ layers }: Report): Markup {
  return table(
    [
      { head: "layer", isText: true },
      { head: "scheme", isText: true },
      ...["OU operations", "cycles", "latency", "energy", "speed-up", "latency speed-up", "energy saved"],
    ],
    layers.flatMap((layer) =>
      Object.entries(layer.schemes).map(([scheme, sums]) => [
        layerTitle(layer, layers),
        scheme,
        ...layerSchemeCells(sums),
      ]),
    ),
    "Layers under each scheme",
  );
}

export function energyTable(report: Report): Markup {
  const totals = entriesOf(report);
  const names = Object.keys(totals[0]?.[1].energyByComponent_pJ ?? {});
  return table(
    [{ head: "component", isText: true }, ...totals.map(([scheme]) => scheme)],
    [
      ...names.map((name) => [name, ...totals.map(([, sums]) => formatEnergy(sums.energyByComponent_pJ[name]))]),
      ["sum", ...totals.map(([, { energy_pJ }]) => formatEnergy(energy_pJ))],
    ],
    "Energy of all samples by component",
  );
}

export function pricesTable({ prices }: Report): Markup {
  return table(
    [
      { head: "price", isText: true },
      "pJ",
      { head: "for each", isText: true },
      { head: "", isText: true },
      { head: "source", isText: true },
    ],
    Object.entries(prices).map(([name, { price_pJ, unit, estimate, source }]) => [
      name,
      String(price_pJ),
      unit,
      estimate ? markup`<span class="warn">estimate</span>` : "",
      source,
    ]),
  );
}

const LIMITS = {
  crossbars: "another copy needs more crossbars than are left",
  windows: "it has a copy for each window of a sample",
  empty: "it takes no crossbar: only the fill of the pipeline is left",
};

export function pipelineTable(report: Report): Markup {
  return table(
    [
      { head: "scheme", isText: true },
      ...["sequential, per sample", "pipelined, per sample"],
      { head: "limited by", isText: true },
      { head: "because", isText: true },
      ...["crossbars taken", "of", "busy", "busiest CU", "idlest CU"],
    ],
    entriesOf(report).map(([scheme, { latency_ns, pipelined_ns, pipelineLimitedBy, pipeline }]) => [
      scheme,
      formatTime(latency_ns / report.samples),
      formatTime(pipelined_ns),
      pipelineLimitedBy ?? "–",
      pipeline === null ? "one copy does not fit on the chip" : LIMITS[pipeline.limit],
      formatCount(pipeline?.crossbars),
      formatCount(pipeline?.crossbarsAvailable),
      formatRatio(pipeline?.busyRatio),
      formatRatio(pipeline?.cuBusy?.max),
      formatRatio(pipeline?.cuBusy?.min),
    ]),
    "Latency, and what limits the pipeline; busy: share of the time in which a crossbar opens an OU",
  );
}

export function copiesTable({ layers, totals }: Report): Markup {
  const schemes = Object.keys(totals) as Scheme[];
  return table(
    [{ head: "layer", isText: true }, ...schemes],
    layers.map((layer) => [
      layerTitle(layer, layers),
      ...schemes.map((scheme) => {
        const pipeline = layer.schemes[scheme]?.pipeline ?? null;
        return pipeline === null ? "–" : `${formatCount(pipeline.copies)} (${formatRatio(pipeline.busyRatio)})`;
      }),
    ]),
    "Copies of each layer, and how busy their crossbars are",
  );
}

export function placementTable({ area }: Report): Markup {
  return table(
    [
      { head: "placement", isText: true },
      ...["crossbars", "CUs", "tiles", "area", "cells used", "least", "most"],
      { head: "fits", isText: true },
    ],
    Object.entries(area.placements).map(([name, placement]) => [
      name,
      formatCount(placement.crossbars),
      formatCount(placement.cus),
      formatCount(placement.tiles),
      formatArea(placement.area_mm2),
      formatRatio(placement.utilisation),
      formatRatio(placement.crossbarUse?.min),
      formatRatio(placement.crossbarUse?.max),
      placement.fits ? "yes" : markup`<span class="warn">no; levers: ${placement.levers.join(", ")}</span>`,
    ]),
    "One copy of the network in each placement",
  );
}

export function areaTable({ area }: Report): Markup {
  const wholes = [...Object.entries(area.placements), ["whole chip", area.chip] as const];
  const names = Object.keys(area.chip.areaByComponent_mm2);
  return table(
    [{ head: "component", isText: true }, ...wholes.map(([name, { tiles }]) => `${name}, ${formatCount(tiles)} tiles`)],
    [
      ...names.map((name) => [
        name === "indexBuffer" ? "indexBuffer (estimate)" : name,
        ...wholes.map(([, { areaByComponent_mm2, area_mm2 }]) => {
          const own = areaByComponent_mm2[name];
          return own === undefined
            ? "–"
            : `${formatArea(own)} (${formatRatio(area_mm2 === 0 ? null : own / area_mm2)})`;
        }),
      ]),
      ["sum", ...wholes.map(([, { area_mm2 }]) => formatArea(area_mm2))],
    ],
    "Area by component. Index buffers: of a placement what its index fills, of the chip room for every row of every crossbar",
  );
}
