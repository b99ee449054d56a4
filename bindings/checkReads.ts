import * as abi from "../assembly/shared/abi.ts";
import {
  MAX_COUNT,
  bitlineLimit,
  checkAttached,
  checkCells,
  checkChoice,
  checkCount,
  checkElements,
  checkInteger,
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
  const { cells, ouRows, adcTransfer } = options;
  checkReads(planes, streams, block, options, sums);
  const codeCount = ouRows * (2 ** cells.cellBits - 1) + 1;
  if (adcTransfer.length < codeCount)
    throw rangeError(
      "options.adcTransfer",
      `at least ${codeCount} elements (ouRows x highest level + 1)`,
      adcTransfer.length,
    );
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
  checkCount("options.weights.colCount", weights.colCount);
  checkCells(weights.weightBits, cells);
  checkUnit("options.ouRows", options.ouRows);
  checkRun("block.bitlines", block.bitlines, bitlineLimit(weights, cells));
  checkBlockShape(block, 2 ** cells.cellBits - 1);
  const sumCount = planes.windowCount * planes.vectorCount * weights.colCount;
  checkElements("sums", sums.length, sumCount, "windowCount x vectorCount x colCount");
  checkStreams(streams, planes, block);
}

/** Rows of whole vectors, levels of at most `maxLevel`. */
export function checkBlockShape(block: CellBlock, maxLevel: number): void {
  checkCount("block.rowCount", block.rowCount);
  checkRun("block.bitlines", block.bitlines, MAX_COUNT);
  const { strideBytes } = block;
  checkCount("block.strideBytes", strideBytes);
  if (strideBytes % abi.ARENA_ALIGN_BYTES !== 0 || strideBytes < block.bitlines.count)
    throw rangeError("block.strideBytes", `a multiple of 16, at least ${block.bitlines.count}`, strideBytes);
  checkElements("block.levels", block.levels.length, block.rowCount * strideBytes, "rowCount x strideBytes");
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
  const { records, entries, streamCount } = streams;
  checkCount("streams.streamCount", streamCount);
  checkElements("streams.records", records.length, streamCount * abi.STREAM_FIELDS, "streamCount x 6");
  checkAttached("streams.entries", entries);
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
