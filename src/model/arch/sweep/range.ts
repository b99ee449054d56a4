import * as z from "zod/mini";
import type { Faults } from "../../base/errors.ts";
import { check } from "../check.ts";
import { show } from "../../base/show.ts";
import { SchemaKeys } from "../schemaKeys.ts";
import type { SchemaNode } from "../schemaKeys.ts";
import { optionalKey } from "../schemaParts.ts";
import { nothingWritten, recordPlaces } from "../tree.ts";
import type { Part, Tree } from "../yamlText.ts";

/** `{ from, to, step }` or `{ from, to, factor }`, both ends included. */
export const rangeSchema = z.strictObject({
  from: optionalKey(z.number(), "first value"),
  to: optionalKey(z.number(), "last value, if the steps meet it"),
  step: optionalKey(z.number(), "difference of neighbours (default: 1)"),
  factor: optionalKey(z.number().check(z.positive()), "ratio of neighbours, in place of step"),
});

/** Values of one axis; no more points are allowed, either. */
export const MAX_POINT_COUNT = 100_000;

let tree: SchemaKeys | undefined;

/** The values of a range; empty after a fault. `path` is that of the range in the file. */
export function rangeValues(part: Part, path: string, faults: Faults): number[] {
  tree ??= new SchemaKeys(z.toJSONSchema(rangeSchema, { io: "input" }) as SchemaNode);
  const written = { ...nothingWritten(), tree: part.value as Tree };
  recordPlaces(written.places, [], part.place, part);
  const { value, isSound } = check(rangeSchema, tree, written, faults, `${path}.`);
  const place = `${part.place} ${path}`;
  const missing = (["from", "to"] as const).filter((key) => value[key] === undefined && isSound(key));
  for (const key of missing) faults.add(place, `range with ${key}`, show(part.value));
  if (value.step !== undefined && value.factor !== undefined) {
    faults.add(place, "range with step or factor", "both");
    return [];
  }
  const { from, to, factor, step = 1 } = value;
  if (from === undefined || to === undefined || !["step", "factor"].every(isSound)) return [];
  return factor === undefined
    ? count(part, place, faults, (to - from) / step, (index) => from + index * step, step !== 0)
    : geometric(part, place, faults, from, to, factor);
}

function geometric(part: Part, place: string, faults: Faults, from: number, to: number, factor: number): number[] {
  const steps = Math.log(to / from) / Math.log(factor);
  if (from * to <= 0 && factor !== 1 && from !== 0) {
    faults.add(place, "from and to of one sign beside a factor", show(part.value));
    return [];
  }
  return count(part, place, faults, steps, (index) => from * factor ** index, factor !== 1 && from !== 0);
}

/** `steps`: how many steps lead from the first value to the last, not a whole number in general. */
function count(
  part: Part,
  place: string,
  faults: Faults,
  steps: number,
  at: (index: number) => number,
  ends: boolean,
): number[] {
  // A sum of steps may fall short of the end by a rounding error.
  const valueCount = Math.floor(steps + 1e-9) + 1;
  if (!ends) faults.add(place, "range that ends", show(part.value));
  else if (!(valueCount >= 1)) faults.add(place, "range with at least one value", show(part.value));
  else if (valueCount > MAX_POINT_COUNT) faults.add(place, `at most ${MAX_POINT_COUNT} values`, String(valueCount));
  else return Array.from({ length: valueCount }, (_, index) => withoutNoise(at(index)));
  return [];
}

/** 0.3 for 3 · 0.1: twelve digits are more than anybody writes. */
function withoutNoise(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}
