import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "assembly/kernels/addOuOps.ts": [
    [
      "addOuOps-height",
      "if (popcnt(ouRows) != 1)",
      "if (popcnt(ouRows) > 2)",
      "H = 3, 5, 6, … taken for a power of two",
    ],
    ["addOuOps-carry", "return v128.bitselect(carry, a, either);", "return v128.and(a, bit);", "carry lost"],
    ["addOuOps-exceeds", ": v128.or(slice, greater)", ": slice", "higher slices forget lower ones"],
  ],
  "assembly/kernels/buildMasks.ts": [
    ["buildMasks-end-slice", "if (endSlice > 0) kept", "if (endSlice > 1) kept", "one slice of the last column lost"],
    [
      "buildMasks-negative",
      "i16x8.lt_s(values, zero)",
      "i16x8.ne(values, zero)",
      "positive weights in the negative array",
    ],
    ["buildMasks-outside", "value > most) return", "value >= most) return", "largest weight refused"],
    ["buildMasks-join", "values = i16x8.neg(values)", "values = i16x8.abs(values)", "dropped sign"],
  ],
  "assembly/kernels/checkPlan.ts": [
    ["checkPlan-run", "<i64>start + <i64>count <= <i64>limit", "<i64>start <= <i64>limit", "run may end outside"],
    ["checkPlan-crossbar", "own >= crossbar &&", "own >= 0 &&", "crossbars in any order"],
    ["checkPlan-list-end", "first > rowCount - end", "first > rowCount", "rows behind the last one"],
  ],
  "assembly/kernels/countOuCycles.ts": [
    ["countOuCycles-empty", "segmentEmpty * <u64>emptyPlaneCycles", "segmentEmpty", "empty planes cost one cycle"],
    [
      "countOuCycles-slowest",
      "max(slowestCycles, crossbarCycles);\n    planes",
      "slowestCycles;\n    planes",
      "last crossbar left out",
    ],
    ["countOuCycles-reciprocal", "/ shortOuRows + 1;", "/ shortOuRows;", "division rounds down"],
    [
      "countOuCycles-reuse",
      "field(record, SEGMENT_WORD_START) == field(other, SEGMENT_WORD_START) &&",
      "",
      "other rows taken for the same",
    ],
  ],
  "assembly/kernels/countRows.ts": [
    ["countRows-half-adder", "x = v128.and(eights, eightsA)", "x = v128.or(eights, eightsA)", "wrong carry"],
    [
      "countRows-parts",
      "part, SHORT_SLICES, 0)",
      "part, SHORT_SLICES - 1, 0)",
      "top slice of a part of a long list lost",
    ],
  ],
  "assembly/kernels/countWindows.ts": [
    [
      "countWindows-last-tile",
      "min(end - start, laneCount)",
      "laneCount",
      "last tile counts windows that are not there",
    ],
    [
      "countWindows-end",
      "field(job, COUNT_WINDOW_START) + field(job, COUNT_WINDOW_COUNT)",
      "field(job, COUNT_WINDOW_COUNT)",
      "run ends too early",
    ],
  ],
  "assembly/kernels/countZeros.ts": [
    ["countZeros-row", "i32(zeros == colCount)", "i32(zeros >= colCount - 1)", "rows with one weight count as zero"],
    ["countZeros-overflow", "(<usize>0x7fff << 4)", "(<usize>0x1ffff << 4)", "lanes overflow in long rows"],
  ],
  "assembly/kernels/gatherRows.ts": [
    ["gatherRows-line-end", "min(width - x, count)", "min(width - x + 1, count)", "reads the next line for padding"],
    ["gatherRows-stride", "x += stride", "x += 1", "stride ignored"],
  ],
  "assembly/kernels/gatherWindows.ts": [
    ["gatherWindows-width", "<u32>x < <u32>width;", "<u32>x <= <u32>width;", "padding on the right is read"],
    [
      "gatherWindows-sample",
      "(window / positionCount) * sampleBytes",
      "(window / positionCount) * channelBytes",
      "wrong sample",
    ],
  ],
  "assembly/kernels/packBitPlanes.ts": [
    ["packBitPlanes-shift", "8 - planeCount", "7 - planeCount", "wrong plane"],
    ["packBitPlanes-rows", "row + 16 <= rowCount", "row + 8 <= rowCount", "rows of the next vector"],
  ],
  "assembly/kernels/planTotals.ts": [
    ["planTotals-groups", "groups += <u64>field(list, LIST_GROUPS)", "groups += 1", "equal groups counted once"],
    ["planTotals-word", "counts += 32 << 2", "counts += 16 << 2", "wrong rows after the first word"],
  ],
  "assembly/kernels/quantize.ts": [
    ["quantize-tail", "nearest(<f64>load<f32>(values) / step)", "floor(<f64>load<f32>(values) / step)", "rounds down"],
    [
      "quantize-upper",
      "f64x2.nearest(f64x2.div(f64x2.promote_low_f32x4(upper)",
      "f64x2.ceil(f64x2.div(f64x2.promote_low_f32x4(upper)",
      "rounds up",
    ],
    [
      "quantize-range",
      "high = max(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1))",
      "high = f32x4.extract_lane(highs, 0)",
      "odd lanes not looked at",
    ],
  ],
  "assembly/kernels/sliceCounter.ts": [
    ["sliceCounter-width", "(mostOps + bits * <u64>emptyPlaneCycles)", "mostOps", "cycles outgrow their slices"],
    ["sliceCounter-empty", "v128.andnot(present, open)", "v128.not(open)", "absent windows have empty planes"],
    [
      "sliceCounter-cycles",
      "multiplicity * <u64>counter.emptyPlaneCycles",
      "multiplicity",
      "empty planes cost one cycle",
    ],
    ["sliceCounter-span", "offset += 64 * LANE_BYTES", "offset += 32 * LANE_BYTES", "wrong rows after the first words"],
  ],
  "assembly/kernels/tableCounter.ts": [
    [
      "tableCounter-slowest",
      "slowest = max(slowest, crossbarOps)",
      "slowest = crossbarOps",
      "the last crossbar for the slowest",
    ],
    ["tableCounter-used", "(end - 1) << 2)) + CODE_ROWS", "(end - 1) << 2))", "last rows of a block overlooked"],
    ["tableCounter-shift", "min(8, <i32>ctz", "min(3, <i32>ctz", "OUs of at most 8 rows"],
  ],
  "assembly/kernels/tilePlanes.ts": [
    ["tilePlanes-present", "window < layout.tile.windowCount", "window <= layout.tile.windowCount", "one window more"],
    ["tilePlanes-pass", "planesOfPass |= 1 << plane", "planesOfPass = 1 << plane", "only the last plane of a pass"],
  ],
};

export const countingMutants = mutantsOf(table);
