import type { FigurePlot, FigureResult, FigureTable, Subject } from "../../model/ir/reproduce.ts";
import type { Report, Scheme } from "../../model/ir/report.ts";
import { sum } from "../../model/base/numbers.ts";
import { described, gainOf } from "./lab.ts";
import type { Lab } from "./lab.ts";

const SIZES = [2, 4, 8, 16, 32, 64, 128];
const CELL_BITS = [1, 2, 3, 4, 5, 8];
const INDEX_BITS = [2, 3, 4, 5, 6, 7, 8, "unlimited"] as const;
const SWEPT: readonly Scheme[] = ["orc", "dof", "orc-dof"];

/** Speed-up over naive at the same OU size, H = L from 2 to the crossbar. */
export async function ouSize(lab: Lab): Promise<FigureResult> {
  return {
    figure: "ou-size",
    title: "OU size",
    ...(await sweep(lab, "ou-size", "OU rows = columns", SIZES, (size) => [`ou.rows=${size}`, `ou.cols=${size}`], [
      "x",
      "y",
    ])),
    notes: [
      "Each size has its own naive; smaller OUs see more sparsity and need more cycles, each with fewer ADC bits.",
    ],
  };
}

/** Speed-up over naive at the same cell width. */
export async function cellBits(lab: Lab): Promise<FigureResult> {
  return {
    figure: "cell-bits",
    title: "Bits per cell",
    ...(await sweep(lab, "cell-bits", "bits per cell", CELL_BITS, (bits) => [`crossbar.cellBits=${bits}`], ["y"])),
    notes: [
      "More bits a cell: fewer slices, so that an OU column group holds more filters and fewer of its rows are zero.",
    ],
  };
}

async function sweep(
  lab: Lab,
  name: string,
  axis: string,
  values: readonly number[],
  setsOf: (value: number) => readonly string[],
  log: FigurePlot["log"],
): Promise<Pick<FigureResult, "subjects" | "claims" | "tables" | "plots">> {
  const subjects = small(lab);
  const plotted: { x: number; y: number; series: string; panel: string }[] = [];
  const tables: FigureTable[] = [];
  for (const subject of subjects) {
    const rows = [];
    for (const value of values) {
      const report = await lab.report(subject, setsOf(value));
      const gains = SWEPT.map((scheme) => gainOf(report, scheme, "time"));
      const savings = SWEPT.map((scheme) => 1 - 1 / gainOf(report, scheme, "energy"));
      rows.push([value, ...gains, ...savings]);
      SWEPT.forEach((scheme, i) => plotted.push({ x: value, y: gains[i]!, series: scheme, panel: subject.name }));
    }
    const columns = [
      axis,
      ...SWEPT.map((scheme) => `${scheme} speed-up`),
      ...SWEPT.map((scheme) => `${scheme} energy saved`),
    ];
    tables.push({ title: subject.name, columns, rows });
  }
  const plot: FigurePlot = {
    name,
    title: `Speed-up over naive by ${axis}`,
    kind: "lines",
    x: axis,
    y: "speed-up",
    log,
    values: plotted,
  };
  return { subjects: described(subjects), claims: [], tables, plots: [plot] };
}

/** Storage and fillers of the ORC index by its entry width, beside a bitmap. */
export async function indexBits(lab: Lab): Promise<FigureResult> {
  const subjects = small(lab);
  const tables: FigureTable[] = [];
  const plotted: { x: string; y: number; series: string; panel: string }[] = [];
  for (const subject of subjects) {
    const rows = [];
    for (const bits of INDEX_BITS) {
      const report = await lab.report(subject, [`sparsity.indexBits=${bits}`]);
      const { kept, fillers, index, bitmap, weights, dense } = indexSums(report);
      rows.push([
        ...[String(bits), kept, fillers / (kept - fillers), index, index / weights, (weights + index) / dense, bitmap],
        gainOf(report, "orc-dof", "time"),
      ]);
      plotted.push({
        x: String(bits),
        y: (weights + index) / dense,
        series: "kept weights and index",
        panel: subject.name,
      });
      plotted.push({
        x: String(bits),
        y: gainOf(report, "orc-dof", "time"),
        series: "speed-up",
        panel: `${subject.name}: speed-up`,
      });
    }
    tables.push({
      title: subject.name,
      columns: [
        ...["index bits", "kept rows", "fillers / kept without them", "index (bits)", "index / kept weight bits"],
        ...["size with index / dense weights", "bitmap (bits)", "orc-dof speed-up"],
      ],
      rows,
    });
  }
  return {
    figure: "index-bits",
    title: "Width of an index entry",
    subjects: described(subjects),
    claims: [
      {
        what: "index against kept weight bits at 5 bits, L = 16, c = 2",
        published: "5/32 = 15.6 %",
        reached: `${(Number(tables[0]!.rows[3]![4]) * 100).toFixed(1)} %`,
        deviation: "groups at the edge of a matrix hold fewer than L bitlines",
      },
    ],
    tables,
    plots: [
      {
        name: "index-bits",
        title: "Index width: size against dense weights, and speed-up",
        kind: "bars",
        x: "index bits",
        y: "ratio",
        log: [],
        values: plotted,
      },
    ],
    notes: ["An unlimited index has no fillers and counts as 0 bits: an ideal (assumption A8)."],
  };
}

function indexSums({ layers, config }: Report) {
  const of = (field: keyof Report["layers"][number]["orc"]): number => sum(layers.map(({ orc }) => orc[field]));
  const weights = sum(layers.map((layer) => layer.matrixCount * layer.matrixRows * layer.matrixCols));
  return {
    kept: of("keptRows"),
    fillers: of("fillerRows"),
    index: of("indexBits"),
    bitmap: of("bitmapBits"),
    weights: of("weightBitsKept"),
    dense: weights * Math.ceil(config.precision.weightBits / config.crossbar.cellBits) * config.crossbar.cellBits,
  };
}

/** Sweeps take the structured networks: they are small, and the ones that the paper sweeps. */
function small(lab: Lab): readonly Subject[] {
  return lab.subjects.filter(({ pruning }) => pruning === "structured");
}
