import * as abi from "../assembly/shared/abi.ts";
import {
  MAX_COUNT,
  bitlineLimit,
  checkArray,
  checkCells,
  checkChoice,
  checkCounts,
  checkInteger,
  checkObject,
  checkPlanes,
  checkRun,
  checkUnit,
  rangeError,
} from "./check.ts";
import type { BitPlanes, CellBlock, MvmOptions, StreamTable } from "./kernels.ts";

// Argument checks of the products that read OU by OU.

export function checkMvm(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  options: MvmOptions,
  sums: Float64Array,
): void {
  checkObject("options", options);
  const { cells, ouRows, adcTransfer } = options;
  checkReads(planes, streams, block, options, sums);
  checkArray("options.adcTransfer", adcTransfer, "Int32Array");
  const codeCount = ouRows * (2 ** cells.cellBits - 1) + 1;
  if (adcTransfer.length < codeCount)
    throw rangeError("options.adcTransfer", `at least ${codeCount} elements`, adcTransfer.length);
}

/** What all products have in common that read OU by OU. */
export function checkReads(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  options: Pick<MvmOptions, "formation" | "weights" | "cells" | "ouRows">,
  sums: Float64Array,
): void {
  const { weights, cells } = options;
  checkPlanes(planes);
  checkChoice("options.formation", options.formation, ["fixed", "dynamic"]);
  checkCounts("options.weights", weights, "colCount");
  checkCells(weights.weightBits, cells);
  checkUnit("options.ouRows", options.ouRows);
  checkBlockShape(block, 2 ** cells.cellBits - 1);
  checkRun("block.bitlines", block.bitlines, bitlineLimit(weights, cells));
  checkArray("sums", sums, "Float64Array", planes.windowCount * planes.vectorCount * weights.colCount);
  checkStreams(streams, planes, block);
}

/** Rows of whole vectors, levels of at most `maxLevel`. */
export function checkBlockShape(block: CellBlock, maxLevel: number): void {
  checkCounts("block", block, "rowCount", "strideBytes");
  checkRun("block.bitlines", block.bitlines, MAX_COUNT);
  const { strideBytes } = block;
  if (strideBytes % abi.ARENA_ALIGN_BYTES !== 0 || strideBytes < block.bitlines.count)
    throw rangeError("block.strideBytes", `a multiple of 16, at least ${block.bitlines.count}`, strideBytes);
  checkArray("block.levels", block.levels, "Uint8Array", block.rowCount * strideBytes);
  checkLevels(block.levels, maxLevel);
}

/** `maxLevel`: 2^n - 1. Rows are whole words: a bit that no level has shows in all words together. */
function checkLevels(levels: Uint8Array, maxLevel: number): void {
  if (levels.byteOffset % 4 === 0) {
    const words = new Uint32Array(levels.buffer, levels.byteOffset, levels.length / 4);
    let bits = 0;
    for (let i = 0; i < words.length; i++) bits |= words[i]!;
    if ((bits & ~Math.imul(maxLevel, 0x01010101)) === 0) return;
  }
  const at = levels.findIndex((level) => level > maxLevel);
  if (at >= 0) throw rangeError(`block.levels[${at}]`, `level in 0..${maxLevel}`, levels[at]);
}

function checkStreams(streams: StreamTable, planes: BitPlanes, block: CellBlock): void {
  checkCounts("streams", streams, "streamCount");
  const { records, entries, streamCount } = streams;
  checkArray("streams.records", records, "Int32Array", streamCount * abi.STREAM_FIELDS);
  checkArray("streams.entries", entries, "Uint32Array");
  const rowLimit = Math.min(block.rowCount, planes.wordCount * abi.WORD_BITS);
  for (let i = 0; i < streamCount; i++) {
    const at = i * abi.STREAM_FIELDS;
    const entryRun = { start: records[at + abi.STREAM_ENTRY_START]!, count: records[at + abi.STREAM_ENTRY_COUNT]! };
    const bitlines = { start: records[at + abi.STREAM_BITLINE_START]!, count: records[at + abi.STREAM_BITLINE_COUNT]! };
    checkInteger("streams.records[#].vector", records[at + abi.STREAM_VECTOR]!, 0, planes.vectorCount - 1, i);
    checkInteger("streams.records[#].previousRow", records[at + abi.STREAM_PREVIOUS_ROW]!, -1, MAX_COUNT, i);
    checkRun("streams.records[#].entries", entryRun, entries.length, i);
    checkRun("streams.records[#].bitlines", bitlines, block.bitlines.count, i);
    let row = records[at + abi.STREAM_PREVIOUS_ROW]!;
    for (let k = 0; k < entryRun.count; k++) row += 1 + entries[entryRun.start + k]!;
    if (entryRun.count > 0 && row >= rowLimit)
      throw rangeError(`streams.records[${i}].lastRow`, `a row below ${rowLimit}`, row);
  }
}
