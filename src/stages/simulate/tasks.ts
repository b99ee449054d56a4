import type { BulkKernels, CellCoding, MvmOptions, OuTotals, Run, WeightMatrix } from "../../../bindings/kernels.ts";
import { addTotals, zeroTotals } from "../../model/ir/counts.ts";
import type { DynamicTotals, VerifyCounts } from "../../model/ir/counts.ts";
import type { BlockStreams, CountPlans } from "../../model/ir/compressed.ts";
import type { ActivationFormat, WindowSource } from "../../model/ir/quantized.ts";
import { FUNCTIONAL_SCHEMES } from "../../model/ir/report.ts";
import type { FunctionalScheme } from "../../model/ir/report.ts";
import { ruleOf } from "../../model/schemes/schemes.ts";
import { readWindows } from "./disturbed.ts";
import type { DisturbedSums, DisturbedTask } from "./disturbed.ts";
import { codeShape } from "./windows.ts";

/** Counting of consecutive windows: dynamic schemes only, the others do not depend on the activations. */
export interface CountTask {
  readonly kind: "count";
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly plans: CountPlans;
  readonly ouRows: number;
  readonly emptyPlaneCycles: number;
}

/** Bit-serial execution of some schemes on some column blocks. */
export interface OutputsTask {
  readonly kind: "outputs";
  readonly schemes: readonly FunctionalScheme[];
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly matrices: readonly WeightMatrix[];
  readonly blocks: readonly BlockStreams[];
  readonly cellBits: number;
  readonly ouRows: number;
  readonly adcTransfer: Int32Array;
}

/** The plain integer product of some rows. */
export interface ProductTask {
  readonly kind: "product";
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  /** Whole matrices, of which `rows` are multiplied. */
  readonly matrices: readonly WeightMatrix[];
  readonly rows: Run;
}

/** Work on some windows that any thread can do. */
export type WindowTask = CountTask | OutputsTask | ProductTask | DisturbedTask;

/** What a task of each kind gives; sums of the parts of a layer add up to those of the whole. */
export interface TaskResults {
  count: DynamicTotals;
  /** Sums of each scheme, memory order [window][vector][col]. */
  outputs: Float64Array[];
  product: Float64Array;
  disturbed: DisturbedSums;
}

/** Runs one task on some windows. Pure: the same windows give the same result on any thread. */
export function runTask<T extends WindowTask>(
  kernels: BulkKernels,
  task: T,
  windows: Uint32Array,
): TaskResults[T["kind"]];
export function runTask(kernels: BulkKernels, task: WindowTask, windows: Uint32Array): TaskResults[WindowTask["kind"]] {
  if (task.kind === "count") return count(kernels, task, windows);
  const codes = kernels.gatherWindows(task.source, windows);
  switch (task.kind) {
    case "outputs":
      return execute(kernels, task, codes, windows.length);
    case "product":
      return product(kernels, task, codes, windows.length);
    case "disturbed":
      return readWindows(kernels, task, codes, windows);
  }
}

function count(kernels: BulkKernels, task: CountTask, windows: Uint32Array): DynamicTotals {
  const run = { start: windows[0] ?? 0, count: windows.length };
  const plans = [task.plans.dense, task.plans.orc];
  const { source, format, ouRows, emptyPlaneCycles } = task;
  const [dof, orcDof] = kernels.countWindows(source, run, format.bits, plans, ouRows, emptyPlaneCycles);
  return { dof: dof!, orcDof: orcDof! };
}

function product(
  kernels: BulkKernels,
  { source, format, matrices, rows }: ProductTask,
  codes: Uint16Array,
  windowCount: number,
): Float64Array {
  const { colCount } = matrices[0]!;
  const shape = { ...codeShape(source, windowCount, format.bits), rowCount: rows.count };
  const own = rows.count === source.rowCount ? codes : codesOfRows(codes, source.rowCount, rows);
  const sums = new Float64Array(windowCount * matrices.length * colCount);
  for (const [vector, matrix] of matrices.entries()) {
    const values = matrix.values.subarray(rows.start * colCount, (rows.start + rows.count) * colCount);
    kernels.integerProduct(own, shape, vector, format.signed, { ...matrix, values, rowCount: rows.count }, sums);
  }
  return sums;
}

function codesOfRows(codes: Uint16Array, rowCount: number, rows: Run): Uint16Array {
  const own = new Uint16Array((codes.length / rowCount) * rows.count);
  for (let from = rows.start, to = 0; from < codes.length; from += rowCount, to += rows.count)
    own.set(codes.subarray(from, from + rows.count), to);
  return own;
}

function execute(kernels: BulkKernels, task: OutputsTask, codes: Uint16Array, windowCount: number): Float64Array[] {
  const planes = kernels.packBitPlanes(codes, codeShape(task.source, windowCount, task.format.bits));
  const sumCount = windowCount * task.matrices.length * task.matrices[0]!.colCount;
  const sums = task.schemes.map(() => new Float64Array(sumCount));
  for (const blockStreams of task.blocks) {
    const { matrixIndex, block } = blockStreams;
    const weights = task.matrices[matrixIndex]!;
    const cells: CellCoding = { cellBits: task.cellBits, coding: block.coding };
    const levels = kernels.encodeCells(weights, cells, block.bitlines);
    for (const [i, scheme] of task.schemes.entries()) {
      const { formation, streams } = ruleOf(scheme);
      const options: MvmOptions = {
        formation,
        ouRows: task.ouRows,
        adcTransfer: task.adcTransfer,
        signed: task.format.signed,
        weights,
        cells,
      };
      kernels.mvmBitSerial(planes, blockStreams[streams], levels, options, sums[i]!);
    }
  }
  return sums;
}

/** Adds up the results of two sets of windows. */
export function addDynamic(a: DynamicTotals, b: DynamicTotals): DynamicTotals {
  return { dof: addTotals(a.dof, b.dof), orcDof: addTotals(a.orcDof, b.orcDof) };
}

/** Adds up what two sets of crossbars do in the same window: they work side by side. */
export function slowerOf(a: DynamicTotals, b: DynamicTotals): DynamicTotals {
  const slower = (x: OuTotals, y: OuTotals): OuTotals => ({
    ...addTotals(x, y),
    latencyCycles: Math.max(x.latencyCycles, y.latencyCycles),
  });
  return { dof: slower(a.dof, b.dof), orcDof: slower(a.orcDof, b.orcDof) };
}

export const zeroDynamic: DynamicTotals = { dof: zeroTotals, orcDof: zeroTotals };

export function addVerify(a: VerifyCounts, b: VerifyCounts): VerifyCounts {
  const total: VerifyCounts = {};
  for (const scheme of FUNCTIONAL_SCHEMES) {
    total[scheme] = {
      mismatches: (a[scheme]?.mismatches ?? 0) + (b[scheme]?.mismatches ?? 0),
      maxAbsError: Math.max(a[scheme]?.maxAbsError ?? 0, b[scheme]?.maxAbsError ?? 0),
    };
  }
  return total;
}
