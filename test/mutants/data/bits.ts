import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "assembly/bits/codes.ts": [["codes-lane-step", "lane += laneBytes << 3", "lane += laneBytes << 2", "lanes overlap"]],
  "assembly/bits/coding.ts": [
    ["coding-sign-bit", "weight & ((1 << weightBits) - 1)", "weight & ((1 << (weightBits - 1)) - 1)", "sign bit lost"],
    ["coding-top-plane", "plane == planeCount - 1 ?", "plane == planeCount ?", "top plane counts positive"],
  ],
  "assembly/bits/drawLanes.ts": [
    ["drawLanes-shift", "v128.xor(x, i32x4.shr_u(x, 15)), b)", "v128.xor(x, i32x4.shr_u(x, 14)), b)", "wrong shift"],
    ["drawLanes-exp-sign", "f32x4.splat(-2.1219444e-4)", "f32x4.splat(2.1219444e-4)", "low part of ln 2 added"],
  ],
  "assembly/bits/draws.ts": [
    ["draws-tail-sign", "-tail(<i32>~bits)", "tail(<i32>~bits)", "lower tail positive"],
    ["draws-absorb", "return mix(b ^ first)", "return mix(b + first)", "sum for exclusive or"],
  ],
  "assembly/bits/popcount.ts": [
    ["popcount-odd-word", "if (wordCount & 1)", "if (wordCount & 2)", "last odd word not counted"],
    ["popcount-fourth-set", "load<u64>(at3) & low", "load<u64>(at2) & low", "third set counted for the fourth"],
  ],
  "assembly/bits/record.ts": [["record-align", "(byteCount + 15)", "(byteCount + 7)", "rounded down below 9 bytes"]],
  "assembly/bits/sense.ts": [
    ["sense-least-code", "max<f64>(0, min", "max<f64>(1, min", "no code 0"],
    ["sense-first-entry", "openCount * (openCount - 1)) >> 1", "openCount * (openCount + 1)) >> 1", "entries shifted"],
  ],
  "assembly/bits/slices.ts": [
    ["slices-carry", "carry = v128.bitselect(carry, a, either);", "carry = v128.and(a, b);", "carry is not passed on"],
    ["slices-max", "v128.bitselect(b, isLess, v128.xor(a, b))", "v128.bitselect(a, isLess, v128.xor(a, b))", "minimum"],
    ["slices-fold", "distance >= period", "distance > period", "last halves not added"],
  ],
  "assembly/bits/transpose.ts": [["transpose-mask", "0x3333 : 0x5555", "0x3333 : 0x3333", "wrong mask of single bits"]],
  "assembly/index.ts": [
    ["index-range", "value >= min && value <= max", "value >= min && value < max", "largest value refused"],
  ],
  "assembly/kernels.ts": [
    ["kernels-has-lanes", "ASC_FEATURE_SIMD ? 1 : 0", "ASC_FEATURE_SIMD ? 0 : 1", "lanes denied"],
  ],
};

export const bitMutants = mutantsOf(table);
