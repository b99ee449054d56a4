import type { Door } from "../doors/door.ts";

/** `total` inputs over some doors, each at least its part of all weights; by the doors' names. */
export function sharesOf(doors: readonly Door[], total: number): Map<string, number> {
  const all = doors.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(doors.map(({ name, weight }) => [name, Math.ceil((total * weight) / all)]));
}
