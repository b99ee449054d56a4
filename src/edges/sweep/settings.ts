import type { SweepPoint } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";

/** `lenet ou.rows=4 crossbar.cellBits=2`. */
export function describePoint({ network, settings }: Pick<SweepPoint, "network" | "settings">): string {
  return `${network} ${describeSettings(settings)}`.trim();
}

/** `ou(rows=4 cols=4) crossbar.cellBits=2`. */
export function describeSettings(settings: SweepPoint["settings"]): string {
  const parts = Object.entries(settings).map(([path, value]) =>
    String(value).includes("=") ? `${path}(${value})` : `${path}=${value}`,
  );
  return parts.join(" ");
}

/** Says what a group is by its first point. */
export function groupDescriber(
  points: readonly Pick<SweepPoint, "network" | "settings">[],
  ids: readonly string[],
): (group: WorkGroup) => string {
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  return ({ points: own }) => {
    const name = describePoint(points[placeOf.get(own[0]!.id)!]!);
    return own.length === 1 ? name : `${name} and ${own.length - 1} more`;
  };
}
