/** Numbers as people read them, for tables only: files carry the plain ones with the unit in the name. */

const NONE = "–";

export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toLocaleString("en-US");
}

export function formatTime(time_ns: number | null | undefined): string {
  return withPrefix(time_ns, 1e-9, "s");
}

/** Time that a person waits. */
export function formatDuration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatEnergy(energy_pJ: number | null | undefined): string {
  return withPrefix(energy_pJ, 1e-12, "J");
}

export function formatArea(area_mm2: number | null | undefined): string {
  if (area_mm2 === null || area_mm2 === undefined) return NONE;
  return `${area_mm2 === 0 ? "0" : area_mm2 >= 1 ? area_mm2.toFixed(3) : area_mm2.toPrecision(3)} mm²`;
}

export function formatRatio(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? NONE : `${(ratio * 100).toFixed(1)} %`;
}

export function formatFactor(factor: number | null | undefined): string {
  if (factor === null || factor === undefined) return NONE;
  return `${factor >= 100 ? Math.round(factor).toLocaleString("en-US") : factor.toPrecision(3)}x`;
}

/** The group is told only where a layer has several. */
export function layerTitle(
  layer: { name: string; group: number | "all" },
  layers: readonly { name: string; group: number | "all" }[],
): string {
  const several = layers.some((other) => other.name === layer.name && other.group !== layer.group);
  return several ? `${layer.name} [${layer.group}]` : layer.name;
}

const PREFIXES: readonly (readonly [factor: number, prefix: string])[] = [
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
];

function withPrefix(value: number | null | undefined, unitFactor: number, unit: string): string {
  if (value === null || value === undefined) return NONE;
  if (value === 0) return `0 ${unit}`;
  const base = value * unitFactor;
  const [factor, prefix] = PREFIXES.find(([size]) => Math.abs(base) >= size) ?? [1e-12, "p"];
  const scaled = base / factor;
  const text = Math.abs(scaled) >= 1000 ? Math.round(scaled).toLocaleString("en-US") : scaled.toPrecision(4);
  return `${text} ${prefix}${unit}`;
}
