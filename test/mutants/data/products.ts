import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "assembly/kernels/encodeCells.ts": [
    ["encodeCells-step", "weight += 2;", "weight += 4;", "every second column"],
    ["encodeCells-slice", "bitlineStart % sliceCount;", "(bitlineStart + 1) % sliceCount;", "wrong slice"],
  ],
  "assembly/kernels/integerProduct.ts": [
    ["integerProduct-sign", "signed ? <i32>code >> shift :", "signed ? <i32>(code >> shift) :", "dropped sign"],
    [
      "integerProduct-vector",
      "* <usize>vectorCount + <usize>vector;",
      "* <usize>vectorCount;",
      "always the first vector",
    ],
  ],
  "assembly/kernels/mvmBitSerial.ts": [
    [
      "mvmBitSerial-zero-code",
      "-<i64>(zero & digits) * weightedOpen",
      "-<i64>zero * weightedOpen",
      "zero code of other bitlines",
    ],
    ["mvmBitSerial-negative", "load<f64>(at) - <f64>sum", "load<f64>(at) + <f64>sum", "negative array is added"],
    [
      "mvmBitSerial-together",
      "field(other, STREAM_VECTOR) == field(stream, STREAM_VECTOR) &&",
      "",
      "streams of other vectors",
    ],
    ["mvmBitSerial-batch", "planeBound << (batchPlanes + 1) < <i64>1 << 31", "batchPlanes < 16", "i32 lanes overflow"],
  ],
  "assembly/kernels/mvmClip.ts": [
    ["mvmClip-span", "const MAX_SPAN_WORDS = 63;", "const MAX_SPAN_WORDS = 64;", "offset of the row of zeros wraps"],
    [
      "mvmClip-pair-span",
      "const MAX_PAIR_SPAN_WORDS = 31;",
      "const MAX_PAIR_SPAN_WORDS = 32;",
      "the same for two tiles",
    ],
    ["mvmClip-by-bit", "(word << 6) + <i32>ctz(open)", "(word << 5) + <i32>ctz(open)", "wrong rows after 64"],
  ],
  "assembly/kernels/mvmOpenRows.ts": [
    ["mvmOpenRows-fixed", "if (rowsInOu == ouRows)", "if (rowsInOu > ouRows)", "fixed OUs of one row more"],
    [
      "mvmOpenRows-dynamic",
      "left -= min(left, ouRows)",
      "left -= min(left, ouRows + 1)",
      "dynamic OUs of one row more",
    ],
    [
      "mvmOpenRows-sign",
      "planeWeight(p, planeCount, signed)",
      "planeWeight(p, planeCount, 0)",
      "top plane's open rows positive",
    ],
  ],
  "assembly/kernels/mvmReadClip.ts": [
    ["mvmReadClip-double", "sum1 = i32x4.add(i32x4.shl(sum1, 1),", "sum1 = i32x4.add(sum1,", "planes not doubled"],
    ["mvmReadClip-sign", "      b2 = i32x4.neg(b2);\n", "", "dropped sign of four bitlines"],
    [
      "mvmReadClip-fill",
      "min(ouRows, (left + FILL_ROWS - 1) & -FILL_ROWS)",
      "ouRows",
      "reads behind the rows of zeros",
    ],
  ],
  "assembly/kernels/mvmReadOus.ts": [
    ["mvmReadOus-sign", "sum3 = i32x4.sub(sum3,", "sum3 = i32x4.add(sum3,", "dropped sign of four bitlines"],
    ["mvmReadOus-bitline", "<u32>load<u8>(row + <usize>i)", "<u32>load<u8>(row)", "always the first bitline"],
    [
      "mvmReadOus-lane",
      "<usize>load<u16>(currents + (<usize>lane << 1)) << 2",
      "<usize>load<u16>(currents) << 2",
      "always the first lane",
    ],
  ],
  "assembly/kernels/orcIndex.ts": [
    ["orcIndex-filler", "row - previous > reach", "row - previous >= reach", "filler one row too early"],
    ["orcIndex-entry", "row += 1 + load", "row += load", "rows decoded one too low"],
  ],
  "assembly/kernels/disturbedFixed.ts": [
    ["disturbedFixed-saturate", "b1 = i16x8.add_sat_s(b1,", "b1 = i16x8.add(b1,", "sums wrap round"],
    ["disturbedFixed-round", "(1 << (FIXED_BITS - 1)) - 1;", "1 << (FIXED_BITS - 1);", "halves rounded up"],
  ],
  "assembly/kernels/disturbedGeneral.ts": [
    [
      "disturbedGeneral-draw",
      "<u32>(ou - firstOu) * 16 + <u32>p",
      "<u32>(ou - firstOu) * 8 + <u32>p",
      "draws of another OU",
    ],
    [
      "disturbedGeneral-misreads",
      "if (error != 0) own.misreads++",
      "if (error > 0) own.misreads++",
      "errors below not counted",
    ],
  ],
  "assembly/kernels/disturbedList.ts": [
    [
      "disturbedList-fill",
      "min(ouRows, (open + FILL_STEP - 1) & -FILL_STEP)",
      "(open + FILL_STEP - 1) & -FILL_STEP",
      "rows of the next OU",
    ],
    ["disturbedList-draw", "word += 16;", "word += 8;", "draws of another OU"],
  ],
  "assembly/kernels/disturbedPack.ts": [
    ["disturbedPack-side", "(<usize>(tile & 1) << 4)", "(<usize>(tile & 1) << 3)", "tiles side by side overlap"],
    ["disturbedPack-lanes", "i < lanes ? -1 : 0, 32", "i <= lanes ? -1 : 0, 32", "one lane too many"],
  ],
  "assembly/kernels/disturbedScratch.ts": [
    [
      "disturbedScratch-sums",
      "codes = sums + <usize>batchOus * (MOST_LANES * 4)",
      "codes = sums + <usize>batchOus * MOST_LANES",
      "sums and codes overlap",
    ],
  ],
  "assembly/kernels/disturbedSense.ts": [
    ["disturbedSense-noise", "f32x4.mul(sigma, z1)", "f32x4.mul(sigma, z0)", "noise of other lanes"],
    ["disturbedSense-offset", "load<f32>(at) + offset;", "load<f32>(at);", "closed rows forgotten"],
  ],
  "assembly/kernels/disturbedSums.ts": [
    ["disturbedSums-part", "<usize>(255 / topLevel) << 1", "<usize>(255 / topLevel + 1) << 1", "a byte overflows"],
    ["disturbedSums-negative", "f32x4.pmax(f32x4.splat(0), x)", "x", "negative sums are no code 0"],
  ],
  "assembly/kernels/disturbedTable.ts": [
    ["disturbedTable-alias", "select<u32>(slot, slot >> 8,", "select<u32>(slot >> 8, slot,", "value and alias swapped"],
  ],
  "assembly/kernels/disturbedTally.ts": [
    [
      "disturbedTally-error",
      "i32x4.sub(codeSum, i32x4.extadd_pairwise_i16x8_u(idealSums))",
      "codeSum",
      "ideal sums not subtracted",
    ],
    [
      "disturbedTally-limit",
      "i16x8.min_u(v128.load(ideal, 16), limit)",
      "v128.load(ideal, 16)",
      "ideal sums not clipped",
    ],
  ],
  "assembly/kernels/disturbedTiles.ts": [
    [
      "disturbedTiles-limit",
      "min(topCode, most) : most",
      "min(topCode, most) : min(topCode, most)",
      "scaled ideal sums clipped",
    ],
    [
      "disturbedTiles-batch",
      "min(<i64>field(job, MVM_PLANE_COUNT), mostOus / planeOus)",
      "<i64>field(job, MVM_PLANE_COUNT)",
      "more OUs than records",
    ],
  ],
  "assembly/kernels/mvmDisturbed.ts": [
    ["mvmDisturbed-counted", "number % <u32>field", "<u32>window % <u32>field", "other windows are counted"],
    [
      "mvmDisturbed-draw",
      "absorbFirst(a, b, field(stream, STREAM_PREVIOUS_ROW))",
      "absorbFirst(a, b, 0)",
      "streams share their draws",
    ],
  ],
  "assembly/kernels/programCells.ts": [
    ["programCells-stuck", "v128.andnot(level, isLow)", "level", "no cell is stuck at level 0"],
    ["programCells-scalar", "level = field(job, PROGRAM_TOP_LEVEL);", "level = 0;", "stuck at the wrong end"],
  ],
  "assembly/kernels/sensingSamples.ts": [
    ["sensingSamples-row", "const row = level * ouRows + n;", "const row = level + n;", "cells of levels share draws"],
    [
      "sensingSamples-count",
      "bump(more + 2 * codeBytes, at + 12)",
      "bump(more + 2 * codeBytes, at + 8)",
      "one sample twice",
    ],
  ],
};

export const productMutants = mutantsOf(table);
