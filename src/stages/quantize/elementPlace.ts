import type { NumericArray } from "../../model/ir/request.ts";

/** `w.npy[3, 7]`: where an element of an array stands. */
export function elementPlace({ place, shape }: NumericArray, index: number): string {
  const coordinates: number[] = [];
  for (let rest = index, axis = shape.length - 1; axis >= 0; axis--) {
    coordinates.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return `${place}[${coordinates.join(", ")}]`;
}
