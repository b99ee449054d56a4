import type { Faults } from "../../base/errors.ts";
import { placeOf, withKey } from "../check.ts";
import type { Places } from "../tree.ts";
import { crossFaults } from "../validate.ts";
import type { Patch } from "./patch.ts";
import type { Candidate } from "./points.ts";

/** Where the keys below the axes stand, and which of them are sound. */
export interface NetworkOrigin {
  readonly places: Places;
  readonly isSound: (dotted: string) => boolean;
}

/**
 * Rules between keys, at every point. A fault is told once for each pair of places (many values of a range stand at one
 * place), at the axis value that is to blame, or at that of the other key when the key itself is none of an axis.
 */
export function crossCheck(points: readonly Candidate[], networks: readonly NetworkOrigin[], faults: Faults): void {
  const told = new Set<string>();
  for (const point of points) {
    const { places, isSound } = networks[point.networkIndex]!;
    for (const { path, bounds, expected, got } of crossFaults(point.config)) {
      if (![path, ...bounds].every(isSound)) continue;
      const movers = [path, ...bounds].map((key) => moverOf(key, point.patches));
      const standing = [path, ...bounds].map(
        (key, index) => movers[index]?.places.values.get(key) ?? placeOf(key.split("."), places),
      );
      const pair = [path, ...standing].join(" | ");
      if (told.has(pair)) continue;
      told.add(pair);

      const blamed = movers.findIndex((mover) => mover !== undefined);
      // Only values of two axes can be kept apart by a rule.
      const remedy = new Set(movers.filter((mover) => mover !== undefined)).size > 1 ? ", or an exclude rule" : "";
      if (blamed <= 0) {
        const place = blamed < 0 ? standing[0]! : withKey(standing[0]!, path);
        faults.add(place, expected + remedy, got);
      } else faults.add(withKey(standing[blamed]!, bounds[blamed - 1]!), `${expected} for ${path}`, got);
    }
  }
}

/** No two values of a point set the same key. */
function moverOf(key: string, patches: readonly Patch[]): Patch | undefined {
  return patches.find(({ leaves }) => leaves.some(({ dotted }) => dotted === key));
}
