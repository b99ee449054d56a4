import { CODING_NEGATIVE, CODING_OFFSET, CODING_POSITIVE } from "../shared/abi";

/** Weight relative to zero as a bit pattern: a cell is skippable iff its digit here is 0. */
// @ts-ignore: decorator
@inline
export function zeroRelativePattern(weight: i32, weightBits: i32, coding: i32): i32 {
  if (coding == CODING_POSITIVE) return max(weight, 0);
  if (coding == CODING_NEGATIVE) return max(-weight, 0);
  return weight & ((1 << weightBits) - 1);
}

/** Pattern of weight 0: what XORs a zero-relative pattern into the levels that cells hold. */
// @ts-ignore: decorator
@inline
export function zeroPattern(weightBits: i32, coding: i32): i32 {
  return coding == CODING_OFFSET ? 1 << (weightBits - 1) : 0;
}

/** ±2^plane: the top plane of two's complement inputs counts negative. */
// @ts-ignore: decorator
@inline
export function planeWeight(plane: i32, planeCount: i32, signed: i32): i64 {
  const weight = <i64>1 << plane;
  return signed && plane == planeCount - 1 ? -weight : weight;
}
