import { DRAW_READ, DRAW_TABLE } from "../../assembly/shared/deviceAbi.ts";
import type { DrawKey, ReadOptions, ReadStats, SensingSpec, SensingTable } from "../deviceKernels.ts";
import { firstEntry, tabulate } from "../sensingTable.ts";
import type { CodeCounter } from "../sensingTable.ts";
import type { BitPlanes, CellBlock, StreamTable } from "../shapes.ts";
import { absorb, drawBits, normalOf } from "./draws.ts";
import type { DrawState } from "./draws.ts";
import { cellDraws } from "./program.ts";
import { walkReads } from "./reads.ts";
import type { OuRead } from "./reads.ts";
import { addedCurrents, codeOf, senseSum } from "./sense.ts";

const f32 = Math.fround;

export function buildSensingTable(spec: SensingSpec, key: DrawKey): SensingTable {
  const own = absorb(key, DRAW_TABLE);
  return tabulate(spec, own, codeCounter(spec, own));
}

/**
 * Sample i of n cells of level l is the sum of cells of rows l · ouRows … + n - 1 of bitline i, one array of its own; every
 * entry sums some of these, level by level, and takes the noise of its sample.
 */
function codeCounter(spec: SensingSpec, key: DrawKey): CodeCounter {
  const { device, ouRows, sampleCount, adc } = spec;
  const topLevel = device.base.length - 1;
  const draw = cellDraws(device, key);
  const prefixes = Array.from({ length: topLevel + 1 }, (_, level) => {
    const prefix = [new Float32Array(sampleCount)];
    for (let n = 0; n < ouRows; n++)
      prefix.push(prefix[n]!.map((sum, i) => f32(sum + draw(level, level * ouRows + n, i))));
    return prefix;
  });
  const noiseState = absorb(key, DRAW_READ);
  const noise = Float32Array.from({ length: sampleCount }, (_, i) => normalOf(drawBits(noiseState, i)));
  return (openRows, runs) => {
    const counts = new Uint32Array(adc.topCode + 1);
    const { sigma, offset } = addedCurrents(spec, openRows);
    for (let at = 0; at < runs.length; at += topLevel + 3) {
      for (let i = runs[at]!; i < runs[at]! + runs[at + 1]!; i++) {
        let sum = 0;
        for (let level = 0; level <= topLevel; level++) sum = f32(sum + prefixes[level]![runs[at + 2 + level]!]![i]!);
        counts[codeOf(f32(f32(sum + f32(sigma * noise[i]!)) + offset), adc, ouRows * topLevel)]!++;
      }
    }
    return counts;
  };
}

export function mvmTable(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  table: SensingTable,
  options: ReadOptions,
  sums: Float64Array,
): ReadStats {
  const { ouRows, adc } = table;
  const topLevel = 2 ** table.cellBits - 1;
  const sensor = {
    sensed: ({ openRows, state }: OuRead, bitline: number, sum: number) =>
      drawFrom(table, firstEntry(openRows.length, topLevel) + sum, state, block.bitlines.start + bitline),
    ideal: (sum: number) => senseSum(sum, adc, ouRows * topLevel),
  };
  return walkReads(planes, streams, block, { ...options, ouRows }, DRAW_TABLE, sensor, sums);
}

/** 16 bits, two bitlines sharing a draw: the low ones choose a slot of the entry, all of them one of its two values. */
function drawFrom(table: SensingTable, entry: number, state: DrawState, bitline: number): number {
  const { slotBits, isWide, slots } = table;
  const bits = (drawBits(state, bitline >>> 1) >>> (16 * (bitline & 1))) & 0xffff;
  const slot = entry * 2 ** slotBits + (bits & (2 ** slotBits - 1));
  const threshold = isWide ? slots[2 * slot]! : slots[slot]! >>> 16;
  const pair = isWide ? slots[2 * slot + 1]! : slots[slot]!;
  if (isWide) return bits < threshold ? pair & 0xffff : pair >>> 16;
  return bits < threshold ? pair & 0xff : (pair >>> 8) & 0xff;
}
