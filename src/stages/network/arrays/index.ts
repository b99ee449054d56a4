import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { decodeIdx, isIdx } from "./idx.ts";
import { decodeNpy, isNpy } from "./npy.ts";
import { decodeNpz, isZip } from "./npz.ts";

export { encodeNpz } from "./npz.ts";
export type { NpzEntry } from "./npz.ts";

/**
 * npy, npz or IDX bytes, told apart by their first bytes → array in row-major order.
 * `member` names an array of an npz archive; without it the archive must hold exactly one.
 * @throws InputError with `place` for anything else, and for files that contradict themselves.
 */
export function decodeArray(bytes: Uint8Array, place: string, member?: string): NumericArray {
  if (isZip(bytes)) return decodeNpz(bytes, place, member);
  if (member !== undefined) throw inputError(place, `an npz archive (array ${member} was asked for)`, describe(bytes));
  if (isNpy(bytes)) return decodeNpy(bytes, place);
  if (isIdx(bytes)) return decodeIdx(bytes, place);
  throw inputError(place, "an npy, npz or IDX file", describe(bytes));
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "gzip data (unpack it first)";
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `first bytes ${first.join(" ")}`;
}
