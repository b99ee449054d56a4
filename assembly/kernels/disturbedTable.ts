import { drawLanes } from "../bits/drawLanes";
import { drawFromTable } from "../bits/sense";
import { DisturbedScratch, OU_A, OU_B, OU_BYTES, OU_SHIFT, OU_TABLE, TILE_IS_ODD } from "./disturbedScratch";

// Codes drawn from a table by the ideal sums: first the random bits and slots of all OUs in vectors, then
// the slots are looked up one by one. Apart, because an OU at a time waits for each of the two in turn; by way of memory,
// because to move addresses out of lanes and slots back into them takes longer. A row of own.sums holds a tile after the
// other: 16 random u16, then 16 u16 slots, counted from the entry of sum 0 (ideal sums if they are wide).

const TILE_BYTES: usize = 64;
const SLOTS: usize = 32;

/** `words`: what a tile, and the next 64 bytes on, brings into its draws. Ideal sums and codes are bytes, or u16. */
export function senseTable(
  own: DisturbedScratch,
  ouCount: i32,
  words: usize,
  isPaired: bool,
  slotBits: i32,
  hasWideSlots: bool,
): void {
  const wordsEnd = words + (isPaired ? 128 : 64);
  findSlots(own, ouCount, words, wordsEnd, slotBits);
  if (own.isWide) lookUpWords(own, ouCount, wordsEnd - words, slotBits, hasWideSlots);
  else lookUpBytes(own, ouCount, wordsEnd - words);
}

function findSlots(own: DisturbedScratch, ouCount: i32, words: usize, wordsEnd: usize, slotBits: i32): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  const slotCount: i32 = 1 << slotBits;
  const entrySlots = i16x8.splat(<i16>slotCount);
  const slotMask = i16x8.sub(entrySlots, i16x8.splat(1));
  let ideals = own.ideals;
  let row = own.sums;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const a = v128.load32_splat(ou, OU_A);
    const b = v128.load32_splat(ou, OU_B);
    for (let tile = words; tile < wordsEnd; tile += 64) {
      let low = drawLanes(a, b, v128.load(tile), own.drawConstants);
      let high = drawLanes(a, b, v128.load(tile, 16), own.drawConstants);
      if (load<i32>(tile, TILE_IS_ODD)) {
        v128.store(own.draws, low);
        v128.store(own.draws, high, 16);
        v128.store(own.draws, drawLanes(a, b, v128.load(tile, 32), own.drawConstants), 32);
        low = v128.load(own.draws, 2);
        high = v128.load(own.draws, 18);
      }
      v128.store(row, low);
      v128.store(row, high, 16);
      if (own.isWide) {
        v128.store(row, v128.load(ideals), SLOTS);
        v128.store(row, v128.load(ideals, 16), SLOTS + 16);
        ideals += 32;
      } else {
        const sums = v128.load(ideals);
        const lowEntry = i16x8.mul(i16x8.extend_low_i8x16_u(sums), entrySlots);
        const highEntry = i16x8.mul(i16x8.extend_high_i8x16_u(sums), entrySlots);
        v128.store(row, i16x8.add(lowEntry, v128.and(low, slotMask)), SLOTS);
        v128.store(row, i16x8.add(highEntry, v128.and(high, slotMask)), SLOTS + 16);
        ideals += 16;
      }
      row += TILE_BYTES;
    }
  }
}

function lookUpBytes(own: DisturbedScratch, ouCount: i32, rowBytes: usize): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  let tile = own.sums;
  let out = own.codes;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const table = <usize>load<u32>(ou, OU_TABLE);
    for (const rowEnd = tile + rowBytes; tile < rowEnd; tile += TILE_BYTES / 2) {
      for (const stop = out + 16; out < stop; out += 4) {
        store<u8>(out, <u8>lookUp(table, tile));
        store<u8>(out, <u8>lookUp(table, tile + 2), 1);
        store<u8>(out, <u8>lookUp(table, tile + 4), 2);
        store<u8>(out, <u8>lookUp(table, tile + 6), 3);
        tile += 8;
      }
    }
  }
}

/** Value of a draw, in the low byte. */
// @ts-ignore: decorator
@inline
function lookUp(table: usize, lane: usize): u32 {
  const slot = load<u32>(table + (<usize>load<u16>(lane, SLOTS) << 2));
  return select<u32>(slot, slot >> 8, <u32>load<u16>(lane) < slot >> 16);
}

function lookUpWords(
  own: DisturbedScratch,
  ouCount: i32,
  rowBytes: usize,
  slotBits: i32,
  hasWideSlots: bool,
): void {
  const end = own.ous + (<usize>ouCount << OU_SHIFT);
  let tile = own.sums;
  let out = own.codes;
  for (let ou = own.ous; ou < end; ou += OU_BYTES) {
    const table = <usize>load<u32>(ou, OU_TABLE);
    for (const rowEnd = tile + rowBytes; tile < rowEnd; tile += TILE_BYTES / 2) {
      for (const stop = out + 32; out < stop; out += 2) {
        store<u16>(out, <u16>drawFromTable(table, slotBits, hasWideSlots, load<u16>(tile, SLOTS), load<u16>(tile)));
        tile += 2;
      }
    }
  }
}
