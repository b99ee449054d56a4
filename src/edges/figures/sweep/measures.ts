import { formatArea, formatEnergy, formatRatio, formatTime } from "../../format.ts";
import type { PointRow } from "../../sweep/rows.ts";

/** What figures of a sweep show of a row; in SI units, so that axes can be labelled with prefixes. */
export interface Measure {
  readonly title: string;
  readonly axis: string;
  readonly isLog: boolean;
  readonly format: string;
  readonly of: (row: PointRow) => number | null;
  /** A value as words. */
  readonly show: (value: number) => string;
}

export const TIME: Measure = {
  title: "time",
  axis: "time, s per sample",
  isLog: true,
  format: "~s",
  of: ({ time_ns }) => time_ns * 1e-9,
  show: (time_s) => formatTime(time_s * 1e9),
};

export const ENERGY: Measure = {
  title: "energy",
  axis: "energy, J per sample",
  isLog: true,
  format: "~s",
  of: ({ energy_pJ }) => energy_pJ * 1e-12,
  show: (energy_J) => formatEnergy(energy_J * 1e12),
};

export const AREA: Measure = {
  title: "area",
  axis: "area, mm²",
  isLog: false,
  format: "~g",
  of: ({ area_mm2 }) => area_mm2,
  show: formatArea,
};

export const ACCURACY: Measure = {
  title: "accuracy",
  axis: "top-1 accuracy",
  isLog: false,
  format: "~%",
  of: ({ accuracy }) => accuracy,
  show: formatRatio,
};

export const SPEEDUP: Measure = {
  title: "speed-up",
  axis: "times faster than naive",
  isLog: true,
  format: "~g",
  of: ({ result }) => result.speedup,
  show: (factor) => `${factor.toPrecision(3)}x`,
};

/** Room beside the outermost values of a log scale. */
const LOG_MARGIN = 1.15;

/** null where it is not known, or has no place on the scale. */
export function valueOf({ of, isLog }: Measure, row: PointRow): number | null {
  const value = of(row);
  return value === null || !Number.isFinite(value) || (isLog && value <= 0) ? null : value;
}

/** Encoding of a measure over values that lie in `extent`. */
export function channel({ isLog, format, axis }: Measure, field: string, [low, high]: Extent) {
  const shared = { field, type: "quantitative" as const };
  if (!isLog) return { ...shared, scale: { zero: false, nice: true }, axis: { format, tickCount: 4, title: axis } };
  const domain = [low / LOG_MARGIN, high * LOG_MARGIN];
  const values = logTicks(domain[0]!, domain[1]!);
  return { ...shared, scale: { type: "log" as const, domain, nice: false }, axis: { format, values, title: axis } };
}

export type Extent = readonly [low: number, high: number];

/** Without spreading arguments: there may be more values than a call takes. */
export function extentOf(values: readonly number[]): Extent {
  return [
    values.reduce((low, value) => Math.min(low, value), Infinity),
    values.reduce((high, value) => Math.max(high, value), -Infinity),
  ];
}

/** Powers of ten, with their doubles and fives where there are few. */
function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 3 ? [1] : decades > 1.3 ? [1, 3] : [1, 2, 3, 5, 7];
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => first + index);
  // Written out and read again: 3 * 10^-7 has more digits than 3e-7.
  const ticks = powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** At most `most` of them, spread evenly. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]!);
}
