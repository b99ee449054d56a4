import type { Report } from "../../index.ts";

export type Cell = string | number | boolean | null;
/** One layer under one scheme; keys are column names, with units. */
export type LayerRow = Readonly<Record<string, Cell>>;

/** A column of layers.parquet. */
export interface Column {
  readonly name: string;
  readonly data: Cell[];
  readonly type: "STRING" | "DOUBLE" | "BOOLEAN";
}

const NO_PIPELINE = { copies: null, timePerSample_ns: null, busyRatio: null };

/** The report's layers as flat rows, one per layer and scheme; every row has every column. */
export function layerRows(report: Report): LayerRow[] {
  const rows: LayerRow[] = report.layers.flatMap((layer) => {
    const { name, group, schemes, openRows: _openRows, ...facts } = layer;
    const shared = flatten({ layer: name, group: String(group), ...facts });
    return Object.entries(schemes).map(([scheme, { events, energyByComponent_pJ, pipeline, ...sums }]) => ({
      ...shared,
      scheme,
      ...flatten(sums),
      ...flatten({ pipeline: pipeline ?? NO_PIPELINE }),
      ...flatten(events),
      ...Object.fromEntries(
        Object.entries(energyByComponent_pJ).map(([component, energy]) => [`energy_${component}_pJ`, energy]),
      ),
    }));
  });
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return rows.map((row) => Object.fromEntries([...names].map((name) => [name, row[name] ?? null])));
}

/** RFC 4180, with a header; an absent value is empty. `names` are those of the first row where none are given. */
export function toCsv(rows: readonly LayerRow[], names: readonly string[] = Object.keys(rows[0] ?? {})): string {
  const lines = rows.map((row) => names.map((name) => csvCell(row[name] ?? null)).join(","));
  return [names.map(csvCell).join(","), ...lines].map((line) => `${line}\n`).join("");
}

export function toColumns(rows: readonly LayerRow[], names = Object.keys(rows[0] ?? {})): Column[] {
  return names.map((name) => {
    const data = rows.map((row) => row[name] ?? null);
    return { name, data, type: columnType(data) };
  });
}

function columnType(data: readonly Cell[]): Column["type"] {
  const kind = typeof (data.find((cell) => cell !== null) ?? 0);
  if (kind === "string") return "STRING";
  return kind === "boolean" ? "BOOLEAN" : "DOUBLE";
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `crossbars: {dense: 1}` becomes `crossbars_dense: 1`; lists, whose length differs between rows, stay out. */
function flatten(record: object): LayerRow {
  const entries = Object.entries(record).flatMap(([name, value]: [string, unknown]): [string, Cell][] => {
    if (Array.isArray(value)) return [];
    if (typeof value !== "object" || value === null) return [[name, value as Cell]];
    return Object.entries(flatten(value)).map(([below, cell]) => [`${name}_${below}`, cell]);
  });
  return Object.fromEntries(entries);
}
