import { markPareto } from "../../index.ts";
import type { Scheme, SchemeResult, Setting, SweepReport } from "../../index.ts";
import type { LayerRow } from "../files/layerRows.ts";
import { SCHEME_FIELDS } from "./outcomes.ts";

type Point = SweepReport["points"][number];

/** A point under one scheme. */
export interface PointRow {
  readonly point: Point;
  readonly scheme: Scheme;
  readonly result: SchemeResult;
  /** Per sample: one copy of the network, layer after layer. */
  readonly time_ns: number;
  readonly energy_pJ: number;
  readonly area_mm2: number;
  /** 0…1; null where it is not known. */
  readonly accuracy: number | null;
  /** No other row of the network is at least as good in time, energy, area and accuracy, and better in one. */
  readonly isPareto: boolean;
}

/** Every point under every scheme, in the order of the report; fronts are those of each network. */
export function pointRows({ points, accuracy }: Pick<SweepReport, "points" | "accuracy">): PointRow[] {
  const rows = points.flatMap((point) =>
    (Object.entries(point.schemes) as [Scheme, SchemeResult][]).map(([scheme, result]) => ({
      ...{ point, scheme, result },
      time_ns: result.latency_ns / point.samples,
      energy_pJ: result.energy_pJ / point.samples,
      area_mm2: result.area_mm2,
      // On disturbed crossbars where asked for: there, the quantised network is no measure of a scheme that has none.
      accuracy: accuracy === null ? point.integer : result.top1_mean,
    })),
  );
  const isFront = new Map<object, boolean>();
  for (const network of new Set(points.map((point) => point.network))) {
    const own = rows.filter(({ point }) => point.network === network);
    const marks = markPareto(own.map(goalsOf));
    own.forEach((row, index) => isFront.set(row, marks[index]!));
  }
  return rows.map((row) => ({ ...row, isPareto: isFront.get(row)! }));
}

/** An accuracy that is not known is worse than any other. */
function goalsOf({ time_ns, energy_pJ, area_mm2, accuracy }: Omit<PointRow, "isPareto">): number[] {
  return [time_ns, energy_pJ, area_mm2, accuracy === null ? Infinity : -accuracy];
}

/** Axes, then other keys that some point sets. */
export function settingPaths({ axes, points, failed }: Pick<SweepReport, "axes" | "points" | "failed">): string[] {
  const all = [
    ...axes.map(({ path }) => path),
    ...[...points, ...failed].flatMap(({ settings }) => Object.keys(settings)),
  ];
  return [...new Set(all)];
}

const POINT_COLUMNS = ["samples", "adcBits", "indexBits", "float_top1", "integer_top1"] as const;
const SCHEME_COLUMNS = Object.keys(SCHEME_FIELDS) as (keyof SchemeResult)[];

/** Columns of results.csv. */
export function rowColumns(report: Pick<SweepReport, "axes" | "points" | "failed">): string[] {
  return ["id", "network", ...settingPaths(report), "scheme", ...POINT_COLUMNS, ...SCHEME_COLUMNS, "isPareto"];
}

/** Rows of results.csv, one per point and scheme. A column has values of one type; what is no finite number is null. */
export function resultRows(report: Pick<SweepReport, "axes" | "points" | "failed" | "accuracy">): LayerRow[] {
  const settings = settingPaths(report).map((path) => {
    const types = new Set(report.points.flatMap(({ settings: own }) => (path in own ? [typeof own[path]] : [])));
    return { path, isMixed: types.size > 1 };
  });
  const cell = (value: Setting | undefined, isMixed: boolean): Setting | null =>
    value === undefined ? null : isMixed ? String(value) : value;
  // Zero has one sign.
  const finite = (value: number | null): number | null => (Number.isFinite(value) ? value! + 0 : null);
  return pointRows(report).map(({ point, scheme, result, isPareto }) => ({
    id: point.id,
    network: point.network,
    ...Object.fromEntries(settings.map(({ path, isMixed }) => [path, cell(point.settings[path], isMixed)])),
    scheme,
    ...{ samples: point.samples, adcBits: point.adcBits, indexBits: point.indexBits },
    ...{ float_top1: finite(point.float), integer_top1: finite(point.integer) },
    ...Object.fromEntries(SCHEME_COLUMNS.map((field) => [field, finite(result[field])])),
    isPareto,
  }));
}
