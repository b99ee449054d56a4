import { countCommonBits, countCommonBitsOfFour, FOUR_SUMS_WORDS } from "../bits/popcount";
import { field } from "../bits/record";
import {
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
  TOTAL_ADC_CONVERSIONS,
  TOTAL_CELL_READS,
  TOTAL_EMPTY_PLANES,
  TOTAL_LATENCY_CYCLES,
  TOTAL_OPEN_ROWS,
  TOTAL_OU_OPS,
} from "../shared/abi";

/** Per crossbar (i32): Σ multiplicity · ceil(mask bits / unit); writes every element of `ouOps`. */
export function countFixedOus(
  records: usize,
  segmentCount: i32,
  masks: usize,
  unit: i32,
  crossbarCount: i32,
  ouOps: usize,
): void {
  memory.fill(ouOps, 0, <usize>crossbarCount << 2);
  for (let i = 0; i < segmentCount; i++) {
    const mask = masks + (<usize>field(records, SEGMENT_MASK_START) << 2);
    const rows = countCommonBits(mask, mask, field(records, SEGMENT_WORD_COUNT));
    const at = ouOps + (<usize>field(records, SEGMENT_CROSSBAR) << 2);
    store<i32>(at, load<i32>(at) + field(records, SEGMENT_MULTIPLICITY) * ceilDiv(rows, unit));
    records += SEGMENT_FIELDS << 2;
  }
}

/** Open rows of a segment for which a multiplication stands in for the division by H. */
const SHORT_ROWS = 65535;

/** OU operations of the dynamic schemes over all windows; `totals` f64[TOTAL_FIELDS]. Records sorted by crossbar. */
export function countOuCycles(
  planes: usize,
  windowCount: i32,
  vectorCount: i32,
  planeCount: i32,
  wordCount: i32,
  records: usize,
  segmentCount: i32,
  masks: usize,
  ouRows: i32,
  emptyPlaneCycles: i32,
  totals: usize,
): void {
  const planeBytes = <usize>wordCount << 2;
  const vectorBytes = planeBytes * <usize>planeCount;
  // ceil(n / H) for n ≤ SHORT_ROWS as a multiplication: exact while (n + H) · H < 2^33.
  const shortOuRows = <u64>min(ouRows, SHORT_ROWS);
  const reciprocal = (<u64>1 << 33) / shortOuRows + 1;

  let ouOps: u64 = 0;
  let latencyCycles: u64 = 0;
  let adcConversions: u64 = 0;
  let openRows: u64 = 0;
  let cellReads: u64 = 0;
  let emptyPlanes: u64 = 0;

  for (let window = 0; window < windowCount; window++) {
    let crossbar = -1;
    let crossbarCycles: u64 = 0;
    let slowestCycles: u64 = 0;
    let segmentOps: u64 = 0;
    let segmentRows: u64 = 0;
    let segmentEmpty: u64 = 0;
    let record = records;
    for (let i = 0; i < segmentCount; i++, record += SEGMENT_FIELDS << 2) {
      if (field(record, SEGMENT_CROSSBAR) != crossbar) {
        crossbar = field(record, SEGMENT_CROSSBAR);
        slowestCycles = max(slowestCycles, crossbarCycles);
        crossbarCycles = 0;
      }
      // The column blocks of dense crossbars read one mask, one after the other: what was counted holds for all.
      if (i == 0 || !readsSameRows(record, record - (SEGMENT_FIELDS << 2))) {
        const vector = planes + <usize>field(record, SEGMENT_VECTOR) * vectorBytes;
        let plane = vector + (<usize>field(record, SEGMENT_WORD_START) << 2);
        const mask = masks + (<usize>field(record, SEGMENT_MASK_START) << 2);
        const segmentWords = field(record, SEGMENT_WORD_COUNT);
        segmentOps = 0;
        segmentRows = 0;
        segmentEmpty = 0;
        if (segmentWords == 4) {
          const mask0 = load<u64>(mask);
          const mask1 = load<u64>(mask, 8);
          for (let p = (mask0 | mask1) == 0 ? planeCount : 0; p < planeCount; p++) {
            const rows = popcnt(load<u64>(plane) & mask0) + popcnt(load<u64>(plane, 8) & mask1);
            segmentOps += ((rows + shortOuRows - 1) * reciprocal) >> 33;
            segmentRows += rows;
            segmentEmpty += u64(rows == 0);
            plane += planeBytes;
          }
        } else if (countCommonBits(mask, mask, segmentWords) != 0) {
          let p = 0;
          for (; segmentWords <= FOUR_SUMS_WORDS && p + 4 <= planeCount; p += 4) {
            let sums = countCommonBitsOfFour(plane, planeBytes, mask, segmentWords);
            for (let k = 0; k < 4; k++, sums >>= 16) {
              const rows = sums & 0xffff;
              segmentOps += ((rows + shortOuRows - 1) * reciprocal) >> 33;
              segmentRows += rows;
              segmentEmpty += u64(rows == 0);
            }
            plane += 4 * planeBytes;
          }
          for (; p < planeCount; p++) {
            const rows = countCommonBits(plane, mask, segmentWords);
            segmentOps += <u64>ceilDiv(rows, ouRows);
            segmentRows += <u64>rows;
            segmentEmpty += u64(rows == 0);
            plane += planeBytes;
          }
        }
      }
      const multiplicity = <u64>field(record, SEGMENT_MULTIPLICITY);
      const bitlines = <u64>field(record, SEGMENT_BITLINES);
      ouOps += multiplicity * segmentOps;
      adcConversions += bitlines * segmentOps;
      openRows += multiplicity * segmentRows;
      cellReads += bitlines * segmentRows;
      emptyPlanes += multiplicity * segmentEmpty;
      crossbarCycles += multiplicity * (segmentOps + segmentEmpty * <u64>emptyPlaneCycles);
    }
    latencyCycles += max(slowestCycles, crossbarCycles);
    planes += vectorBytes * <usize>vectorCount;
  }

  store<f64>(totals + (TOTAL_OU_OPS << 3), <f64>ouOps);
  store<f64>(totals + (TOTAL_LATENCY_CYCLES << 3), <f64>latencyCycles);
  store<f64>(totals + (TOTAL_ADC_CONVERSIONS << 3), <f64>adcConversions);
  store<f64>(totals + (TOTAL_OPEN_ROWS << 3), <f64>openRows);
  store<f64>(totals + (TOTAL_CELL_READS << 3), <f64>cellReads);
  store<f64>(totals + (TOTAL_EMPTY_PLANES << 3), <f64>emptyPlanes);
}

// @ts-ignore: decorator
@inline
function readsSameRows(record: usize, other: usize): bool {
  return (
    field(record, SEGMENT_MASK_START) == field(other, SEGMENT_MASK_START) &&
    field(record, SEGMENT_WORD_COUNT) == field(other, SEGMENT_WORD_COUNT) &&
    field(record, SEGMENT_WORD_START) == field(other, SEGMENT_WORD_START) &&
    field(record, SEGMENT_VECTOR) == field(other, SEGMENT_VECTOR)
  );
}

// @ts-ignore: decorator
@inline
function ceilDiv(dividend: i32, divisor: i32): i32 {
  return <i32>((<u32>dividend + <u32>divisor - 1) / <u32>divisor);
}
