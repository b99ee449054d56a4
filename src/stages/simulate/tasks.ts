import type { BulkKernels, CellCoding, MvmOptions, OuTotals, WeightMatrix } from "../../../bindings/kernels.ts";
import { addTotals, zeroTotals } from "../../model/ir/counts.ts";
import type { DynamicTotals, Mismatches, VerifyCounts } from "../../model/ir/counts.ts";
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

/** What executing a layer needs beside its windows. */
export interface Execution {
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly matrices: readonly WeightMatrix[];
  readonly blocks: readonly BlockStreams[];
  readonly cellBits: number;
  readonly ouRows: number;
  readonly adcTransfer: Int32Array;
}

/** Bit-serial execution of the OU schemes against the integer product. */
export interface VerifyTask extends Execution {
  readonly kind: "verify";
}

/** Accumulators of one scheme. */
export interface OutputsTask extends Execution {
  readonly kind: "outputs";
  readonly scheme: FunctionalScheme;
}

/** The plain integer product. */
export interface ProductTask {
  readonly kind: "product";
  readonly source: WindowSource;
  readonly format: ActivationFormat;
  readonly matrices: readonly WeightMatrix[];
}

/** Work on some windows that any thread can do. */
export type WindowTask = CountTask | VerifyTask | OutputsTask | ProductTask | DisturbedTask;

/** What a task of each kind gives. */
export interface TaskResults {
  count: DynamicTotals;
  verify: VerifyCounts;
  /** Sums, memory order [window][vector][col]. */
  outputs: Float64Array;
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
    case "verify":
      return verify(kernels, task, codes, windows.length);
    case "outputs":
      return execute(kernels, task, task.scheme, codes, windows.length);
    case "product":
      return product(kernels, task, codes, windows.length);
    case "disturbed":
      return readWindows(kernels, task, codes, windows, (count) =>
        product(kernels, task, firstCodes(task, codes, count), count),
      );
  }
}

/** Codes of the first windows of some. */
function firstCodes({ source }: DisturbedTask, codes: Uint16Array, windowCount: number): Uint16Array {
  return codes.subarray(0, windowCount * source.vectorCount * source.rowCount);
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
  task: Pick<ProductTask, "source" | "format" | "matrices">,
  codes: Uint16Array,
  windowCount: number,
): Float64Array {
  const shape = codeShape(task.source, windowCount, task.format.bits);
  const sums = new Float64Array(windowCount * task.matrices.length * task.matrices[0]!.colCount);
  for (const [vector, matrix] of task.matrices.entries()) {
    kernels.integerProduct(codes, shape, vector, task.format.signed, matrix, sums);
  }
  return sums;
}

function execute(
  kernels: BulkKernels,
  task: Execution,
  scheme: FunctionalScheme,
  codes: Uint16Array,
  windowCount: number,
): Float64Array {
  const planes = kernels.packBitPlanes(codes, codeShape(task.source, windowCount, task.format.bits));
  const sums = new Float64Array(windowCount * task.matrices.length * task.matrices[0]!.colCount);
  const { formation, streams } = ruleOf(scheme);
  for (const blockStreams of task.blocks) {
    const { matrixIndex, block } = blockStreams;
    const weights = task.matrices[matrixIndex]!;
    const cells: CellCoding = { cellBits: task.cellBits, coding: block.coding };
    const levels = kernels.encodeCells(weights, cells, block.bitlines);
    const options: MvmOptions = {
      formation,
      ouRows: task.ouRows,
      adcTransfer: task.adcTransfer,
      signed: task.format.signed,
      weights,
      cells,
    };
    kernels.mvmBitSerial(planes, blockStreams[streams], levels, options, sums);
  }
  return sums;
}

function verify(kernels: BulkKernels, task: VerifyTask, codes: Uint16Array, windowCount: number): VerifyCounts {
  const expected = product(kernels, task, codes, windowCount);
  const counts: VerifyCounts = {};
  for (const scheme of FUNCTIONAL_SCHEMES) {
    counts[scheme] = compareSums(execute(kernels, task, scheme, codes, windowCount), expected);
  }
  return counts;
}

function compareSums(got: Float64Array, expected: Float64Array): Mismatches {
  let mismatches = 0;
  let maxAbsError = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i]! - expected[i]!);
    if (error === 0) continue;
    mismatches++;
    maxAbsError = Math.max(maxAbsError, error);
  }
  return { mismatches, maxAbsError };
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
