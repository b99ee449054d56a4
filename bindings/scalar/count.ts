import * as abi from "../../assembly/shared/abi.ts";
import type { BitPlanes, OuTotals, SegmentTable } from "../kernels.ts";
import { popcount } from "./planes.ts";

export function countFixedOus(segments: SegmentTable, unit: number): Int32Array {
  const ouOps = new Int32Array(segments.crossbarCount);
  for (let i = 0; i < segments.segmentCount; i++) {
    const segment = readSegment(segments, i);
    ouOps[segment.crossbar]! += segment.multiplicity * Math.ceil(countBits(segment.mask) / unit);
  }
  return ouOps;
}

export function countOuCycles(
  planes: BitPlanes,
  segments: SegmentTable,
  ouRows: number,
  emptyPlaneCycles: number,
): OuTotals {
  const totals = { ouOps: 0, latencyCycles: 0, adcConversions: 0, openRows: 0, cellReads: 0, emptyPlanes: 0 };
  for (let window = 0; window < planes.windowCount; window++) {
    const crossbarCycles = new Map<number, number>();
    for (let i = 0; i < segments.segmentCount; i++) {
      const { crossbar, vector, wordStart, mask, multiplicity, bitlines } = readSegment(segments, i);
      if (countBits(mask) === 0) continue;
      for (let plane = 0; plane < planes.planeCount; plane++) {
        const planeStart = ((window * planes.vectorCount + vector) * planes.planeCount + plane) * planes.wordCount;
        const openRows = countCommonBits(planes.words, planeStart + wordStart, mask);
        const ouOps = Math.ceil(openRows / ouRows);
        totals.ouOps += multiplicity * ouOps;
        totals.adcConversions += bitlines * ouOps;
        totals.openRows += multiplicity * openRows;
        totals.cellReads += bitlines * openRows;
        if (openRows === 0) totals.emptyPlanes += multiplicity;
        const cycles = multiplicity * (openRows === 0 ? emptyPlaneCycles : ouOps);
        crossbarCycles.set(crossbar, (crossbarCycles.get(crossbar) ?? 0) + cycles);
      }
    }
    let slowest = 0;
    for (const cycles of crossbarCycles.values()) slowest = Math.max(slowest, cycles);
    totals.latencyCycles += slowest;
  }
  return totals;
}

function readSegment(segments: SegmentTable, index: number) {
  const record = segments.records.subarray(index * abi.SEGMENT_FIELDS, (index + 1) * abi.SEGMENT_FIELDS);
  const maskStart = record[abi.SEGMENT_MASK_START]!;
  return {
    crossbar: record[abi.SEGMENT_CROSSBAR]!,
    vector: record[abi.SEGMENT_VECTOR]!,
    wordStart: record[abi.SEGMENT_WORD_START]!,
    mask: segments.masks.subarray(maskStart, maskStart + record[abi.SEGMENT_WORD_COUNT]!),
    multiplicity: record[abi.SEGMENT_MULTIPLICITY]!,
    bitlines: record[abi.SEGMENT_BITLINES]!,
  };
}

function countBits(mask: Uint32Array): number {
  return mask.reduce((count, word) => count + popcount(word), 0);
}

function countCommonBits(words: Uint32Array, start: number, mask: Uint32Array): number {
  return mask.reduce((count, word, i) => count + popcount(word & words[start + i]!), 0);
}
