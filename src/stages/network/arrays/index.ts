import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { decodeIdx, isIdx } from "./idx.ts";
import { decodeMatrixMarket, isMatrixMarket } from "./matrixMarket.ts";
import { decodeNpy, isNpy } from "./npy.ts";
import { decodeNpz, isZip } from "./npz.ts";
import { SafetensorsFile, isSafetensors } from "./safetensors.ts";

export { encodeNpz } from "./npz.ts";
export type { NpzEntry } from "./npz.ts";

/**
 * npy, npz, safetensors, MatrixMarket or IDX bytes, told apart by their first bytes → array in row-major order.
 * `member` names an array of an npz or safetensors file; without it there must be exactly one.
 * @throws InputError with `place` for anything else, and for files that contradict themselves.
 */
export function decodeArray(bytes: Uint8Array, place: string, member?: string): NumericArray {
  if (isZip(bytes)) return decodeNpz(bytes, place, member);
  if (isSafetensors(bytes)) return onlyTensor(new SafetensorsFile(bytes, place), place, member);
  if (member !== undefined) {
    throw inputError(place, `an npz or safetensors file (array ${member} was asked for)`, describe(bytes));
  }
  if (isNpy(bytes)) return decodeNpy(bytes, place);
  if (isMatrixMarket(bytes)) return decodeMatrixMarket(bytes, place);
  if (isIdx(bytes)) return decodeIdx(bytes, place);
  throw inputError(place, "an npy, npz, safetensors, MatrixMarket or IDX file", describe(bytes));
}

function onlyTensor(file: SafetensorsFile, place: string, member: string | undefined): NumericArray {
  if (member === undefined && file.names.length !== 1) {
    const listed = file.names.length === 0 ? "none" : file.names.join(", ");
    throw inputError(place, "the name of one tensor after a colon (file.safetensors:name)", `tensors ${listed}`);
  }
  return file.read(member ?? file.names[0]!);
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "gzip data (unpack it first)";
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `first bytes ${first.join(" ")}`;
}
