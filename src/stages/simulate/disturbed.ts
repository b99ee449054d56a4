import type {
  AnalogBlock,
  ArrayCoding,
  BulkKernels,
  CellBlock,
  DrawKey,
  FixedBlock,
  OuFormation,
  ReadOptions,
  ReadStats,
  SenseOptions,
  SensingTable,
  StreamTable,
  WeightMatrix,
} from "../../../bindings/kernels.ts";
import type { ActivationFormat, WindowSource } from "../../model/ir/quantized.ts";
import { codeShape } from "./windows.ts";

/** One column block of a matrix on a chip: what is read there, and by what. */
export interface ReadBlock {
  readonly matrixIndex: number;
  readonly coding: ArrayCoding;
  readonly levels: CellBlock;
  readonly streams: StreamTable;
  readonly key: DrawKey;
  readonly cells: ProgrammedCells;
}

/** The engines of §9: programmed cells, in f32 or fixed point, or a sensing table for all of them. */
export type ProgrammedCells =
  | { readonly engine: "cells"; readonly block: AnalogBlock }
  | { readonly engine: "cells-i16"; readonly block: FixedBlock }
  | { readonly engine: "table"; readonly table: SensingTable };

/** The product of some column blocks of a layer as the device lets it through. */
export interface DisturbedTask {
  readonly kind: "disturbed";
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly matrices: readonly WeightMatrix[];
  readonly blocks: readonly ReadBlock[];
  readonly formation: OuFormation;
  readonly cellBits: number;
  readonly sense: SenseOptions;
  /** Number of the source's first window in the whole layer. */
  readonly firstWindow: number;
}

export interface DisturbedSums {
  /** Whole numbers, memory order [window][vector][col]. */
  readonly sums: Float64Array;
  readonly reads: ReadStats;
}

export const noReads: ReadStats = { readCount: 0, misreadCount: 0, errorSum: 0, squaredErrorSum: 0 };

export function addReads(a: ReadStats, b: ReadStats): ReadStats {
  return {
    readCount: a.readCount + b.readCount,
    misreadCount: a.misreadCount + b.misreadCount,
    errorSum: a.errorSum + b.errorSum,
    squaredErrorSum: a.squaredErrorSum + b.squaredErrorSum,
  };
}

/** Reads some windows of a layer. */
export function readWindows(
  kernels: BulkKernels,
  task: DisturbedTask,
  codes: Uint16Array,
  windows: Uint32Array,
): DisturbedSums {
  const planes = kernels.packBitPlanes(codes, codeShape(task.source, windows.length, task.format.bits));
  const { colCount } = task.matrices[0]!;
  const sums = new Float64Array(windows.length * task.matrices.length * colCount);
  const numbers = windows.map((window) => task.firstWindow + window);
  let reads = noReads;
  for (const block of task.blocks) {
    const { weightBits } = task.matrices[block.matrixIndex]!;
    const options: ReadOptions = {
      formation: task.formation,
      signed: task.format.signed,
      weights: { weightBits, colCount },
      cells: { cellBits: task.cellBits, coding: block.coding },
      key: block.key,
      windows: numbers,
      statsStride: 1,
    };
    reads = addReads(reads, readBlock(kernels, task, block, options, planes, sums));
  }
  return { sums, reads };
}

function readBlock(
  kernels: BulkKernels,
  { sense }: DisturbedTask,
  { cells, levels, streams }: ReadBlock,
  options: ReadOptions,
  planes: ReturnType<BulkKernels["packBitPlanes"]>,
  sums: Float64Array,
): ReadStats {
  switch (cells.engine) {
    case "cells":
      return kernels.mvmDisturbed(planes, streams, cells.block, levels, { ...options, ...sense }, sums);
    case "cells-i16":
      return kernels.mvmDisturbedFixed(planes, streams, cells.block, levels, { ...options, ...sense }, sums);
    case "table":
      return kernels.mvmTable(planes, streams, levels, cells.table, options, sums);
  }
}
