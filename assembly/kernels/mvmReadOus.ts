import { planeWeight } from "../bits/coding";
import { MvmScratch } from "./mvmOpenRows";
import { addShifted } from "./mvmReadClip";

// Three ways of reading all OUs of one input vector into scratch.accumulators: any geometry; sums of at most 65535,
// 16 bitlines at a time; sums of at most 255 and a clipping ADC, one v128 of bytes for 16 bitlines.

/** Any geometry. `cells`: the stream's first bitline in row 0. */
export function readOusGeneral(
  scratch: MvmScratch,
  cells: usize,
  bitlineCount: i32,
  planeCount: i32,
  signed: i32,
  transfer: usize,
): void {
  const currents = scratch.currents;
  const accumulators = scratch.accumulators;
  let open = 0;
  memory.fill(accumulators, 0, <usize>bitlineCount << 3);
  for (let p = 0; p < planeCount; p++) {
    const weight = planeWeight(p, planeCount, signed);
    const endOu = firstOu(scratch, p + 1);
    for (let ou = firstOu(scratch, p); ou < endOu; ou++) {
      memory.fill(currents, 0, <usize>bitlineCount << 2);
      for (const end = ouEnd(scratch, ou); open < end; open++) {
        const row = cells + offsetAt(scratch, open);
        for (let i = 0; i < bitlineCount; i++) {
          const at = currents + (<usize>i << 2);
          store<u32>(at, load<u32>(at) + <u32>load<u8>(row + <usize>i));
        }
      }
      for (let i = 0; i < bitlineCount; i++) {
        const code = load<i32>(transfer + (<usize>load<u32>(currents + (<usize>i << 2)) << 2));
        const at = accumulators + (<usize>i << 3);
        store<i64>(at, load<i64>(at) + <i64>code * weight);
      }
    }
  }
}

/** Any transfer, sums of at most 65535: u16 lanes, looked up one by one. */
export function readOusByTable(
  scratch: MvmScratch,
  cells: usize,
  bitlineCount: i32,
  planeCount: i32,
  signed: i32,
  transfer: usize,
): void {
  const currents = scratch.currents;
  memory.fill(scratch.accumulators, 0, <usize>bitlineCount << 3);
  for (let first = 0; first < bitlineCount; first += 16) {
    const laneCount = min(bitlineCount - first, 16);
    const accumulators = scratch.accumulators + (<usize>first << 3);
    let open = 0;
    for (let p = 0; p < planeCount; p++) {
      const weight = planeWeight(p, planeCount, signed);
      const endOu = firstOu(scratch, p + 1);
      for (let ou = firstOu(scratch, p); ou < endOu; ou++) {
        let low = i16x8.splat(0);
        let high = i16x8.splat(0);
        for (const end = ouEnd(scratch, ou); open < end; open++) {
          const levels = v128.load(cells + offsetAt(scratch, open));
          low = i16x8.add(low, i16x8.extend_low_i8x16_u(levels));
          high = i16x8.add(high, i16x8.extend_high_i8x16_u(levels));
        }
        v128.store(currents, low);
        v128.store(currents, high, 16);
        for (let lane = 0; lane < laneCount; lane++) {
          const code = load<i32>(transfer + (<usize>load<u16>(currents + (<usize>lane << 1)) << 2));
          const at = accumulators + (<usize>lane << 3);
          store<i64>(at, load<i64>(at) + <i64>code * weight);
        }
      }
    }
    cells += 16;
  }
}

/**
 * Sums of at most 255, q = min(sum, clipLimit). Planes come most significant first, doubled in i32 lanes; `batchPlanes`
 * of them fit before the lanes go to 64 bits.
 */
export function readOusByClip(
  scratch: MvmScratch,
  cells: usize,
  bitlineCount: i32,
  planeCount: i32,
  signed: i32,
  clipLimit: i32,
  batchPlanes: i32,
): void {
  const limit = i8x16.splat(<i8>clipLimit);
  memory.fill(scratch.accumulators, 0, <usize>((bitlineCount + 15) >> 4) << 7);
  for (let first = 0; first < bitlineCount; first += 16) {
    const accumulators = scratch.accumulators + (<usize>first << 3);
    for (let batchEnd = planeCount; batchEnd > 0; batchEnd -= batchPlanes) {
      const batchStart = max(batchEnd - batchPlanes, 0);
      let sum0 = i32x4.splat(0);
      let sum1 = i32x4.splat(0);
      let sum2 = i32x4.splat(0);
      let sum3 = i32x4.splat(0);
      for (let p = batchEnd - 1; p >= batchStart; p--) {
        sum0 = i32x4.shl(sum0, 1);
        sum1 = i32x4.shl(sum1, 1);
        sum2 = i32x4.shl(sum2, 1);
        sum3 = i32x4.shl(sum3, 1);
        const endOu = firstOu(scratch, p + 1);
        let ou = firstOu(scratch, p);
        let open = ou == 0 ? 0 : ouEnd(scratch, ou - 1);
        while (ou < endOu) {
          // 257 codes of at most 255 fill a u16 lane.
          const spillOu = min(ou + 257, endOu);
          let low = i16x8.splat(0);
          let high = i16x8.splat(0);
          for (; ou < spillOu; ou++) {
            let current = i8x16.splat(0);
            for (const end = ouEnd(scratch, ou); open < end; open++) {
              current = i8x16.add(current, v128.load(cells + offsetAt(scratch, open)));
            }
            const code = i8x16.min_u(current, limit);
            low = i16x8.add(low, i16x8.extend_low_i8x16_u(code));
            high = i16x8.add(high, i16x8.extend_high_i8x16_u(code));
          }
          if (signed && p == planeCount - 1) {
            sum0 = i32x4.sub(sum0, i32x4.extend_low_i16x8_u(low));
            sum1 = i32x4.sub(sum1, i32x4.extend_high_i16x8_u(low));
            sum2 = i32x4.sub(sum2, i32x4.extend_low_i16x8_u(high));
            sum3 = i32x4.sub(sum3, i32x4.extend_high_i16x8_u(high));
          } else {
            sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_u(low));
            sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_u(low));
            sum2 = i32x4.add(sum2, i32x4.extend_low_i16x8_u(high));
            sum3 = i32x4.add(sum3, i32x4.extend_high_i16x8_u(high));
          }
        }
      }
      addShifted(accumulators, sum0, batchStart);
      addShifted(accumulators + 32, sum1, batchStart);
      addShifted(accumulators + 64, sum2, batchStart);
      addShifted(accumulators + 96, sum3, batchStart);
    }
    cells += 16;
  }
}

// @ts-ignore: decorator
@inline
function firstOu(scratch: MvmScratch, plane: i32): i32 {
  return load<i32>(scratch.planeOus + (<usize>plane << 2));
}

// @ts-ignore: decorator
@inline
function ouEnd(scratch: MvmScratch, ou: i32): i32 {
  return load<i32>(scratch.ouEnds + (<usize>ou << 2));
}

// @ts-ignore: decorator
@inline
function offsetAt(scratch: MvmScratch, open: i32): usize {
  return <usize>load<u32>(scratch.offsets + (<usize>open << 2));
}
