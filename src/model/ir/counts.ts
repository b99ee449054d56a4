import type { OuTotals } from "../../../bindings/kernels.ts";
import type { FunctionalScheme, Scheme } from "./report.ts";

/** What a scheme does on one layer, all windows together; exact integers (§7). */
export interface SchemeCounts {
  readonly ouOps: number;
  readonly latencyCycles: number;
  readonly adcConversions: number;
  /** Rows that a DAC drives: open rows, or all rows of each OU. */
  readonly dacRows: number;
  readonly cellReads: number;
  /** Input values that reach the layer's crossbars, and outputs that leave it. */
  readonly inputValues: number;
  readonly outputValues: number;
  /** ORC: index bits read and rows summed; DOF: rows that pass the wordline generator. */
  readonly indexReadBits: number;
  readonly runningSums: number;
  readonly wordlineGeneratorRows: number;
}

export type LayerCounts = Partial<Record<Scheme, SchemeCounts>>;

/** Sums over windows of the dynamic schemes. */
export interface DynamicTotals {
  readonly dof: OuTotals;
  readonly orcDof: OuTotals;
}

export const zeroTotals: OuTotals = {
  ouOps: 0,
  latencyCycles: 0,
  adcConversions: 0,
  openRows: 0,
  cellReads: 0,
  emptyPlanes: 0,
};

export function addTotals(a: OuTotals, b: OuTotals): OuTotals {
  return {
    ouOps: a.ouOps + b.ouOps,
    latencyCycles: a.latencyCycles + b.latencyCycles,
    adcConversions: a.adcConversions + b.adcConversions,
    openRows: a.openRows + b.openRows,
    cellReads: a.cellReads + b.cellReads,
    emptyPlanes: a.emptyPlanes + b.emptyPlanes,
  };
}

/** Bit-serial execution against the integer product. */
export interface Mismatches {
  readonly mismatches: number;
  readonly maxAbsError: number;
}

export type VerifyCounts = Partial<Record<FunctionalScheme, Mismatches>>;
