/**
 * Parts that schemas are made of. From zod/mini: the classic zod brings all its checks along as methods, which a page that
 * parses a configuration would have to load.
 */
import * as z from "zod/mini";

export type Schema = z.ZodMiniType;

/** Whole number of `min` … `max`. */
export function integer(min: number, max?: number): z.ZodMiniNumberFormat {
  const atLeast = z.int().check(z.gte(min));
  return max === undefined ? atLeast : atLeast.check(z.lte(max));
}

/** Non-empty. */
export const text = z.string().check(z.minLength(1));

export function nonEmptyList<S extends Schema>(item: S): z.ZodMiniArray<S> {
  return z.array(item).check(z.minLength(1));
}

/** A key that a file may leave out: its type, what it is then, and what it means. */
export function key<S extends Schema>(type: S, standard: z.util.NoUndefined<z.output<S>>, meaning: string) {
  return z._default(type, standard).check(z.describe(meaning));
}

/** A key that a file may leave out, which has no value then. */
export function optionalKey<S extends Schema>(type: S, meaning: string) {
  return z.optional(type).check(z.describe(meaning));
}

/** A mapping of such keys that a file may leave out. Strict: unknown keys are errors. */
export function section<S extends z.core.$ZodShape>(keys: S) {
  return z.prefault(z.strictObject(keys), {} as z.input<z.ZodMiniObject<S, z.core.$strict>>);
}
