import { doors } from "../doors/index.ts";
import type { Door } from "../doors/door.ts";
import { Random } from "../../helpers/random.ts";

export function doorOf(name: string): Door {
  const door = doors.find((candidate) => candidate.name === name);
  if (door === undefined) throw new Error(`door: expected ${doors.map((each) => each.name).join(", ")}, got ${name}`);
  return door;
}

/** Input `index` of a seed: the same on every machine, whatever came before it. */
export function inputOf(door: Door, seed: number, index: number): unknown {
  return door.make(new Random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b)) >>> 0));
}
