import { bitOf, chunksOf, halfEven } from "./cells.ts";
import type { OracleConfig } from "./cells.ts";
import type { Crossbar } from "./crossbars.ts";

/** How a scheme works its crossbars off. */
export interface Working {
  /** "fixed": rows in the order of the crossbar, whatever their bits; "dynamic": rows whose bit is 1 only. */
  readonly formation: "fixed" | "dynamic";
  /** Rows of one OU. */
  readonly height: number;
  /** What the ADC makes of a bitline's sum. */
  readonly adc: (sum: number) => number;
}

/** What working off all windows took. */
export interface MachineCounts {
  ouOps: number;
  adcConversions: number;
  /** Rows that are switched on, over all OU operations. */
  rowsOn: number;
  cellReads: number;
  /** Bit-planes of a group that open no row. */
  emptyPlanes: number;
}

/** The ADC of §8. */
export function adcOf({ H, c, adcBits, adcMode }: OracleConfig): Working["adc"] {
  const top = 2 ** adcBits - 1;
  if (adcMode === "clip") return (sum) => Math.min(sum, top);
  const full = H * (2 ** c - 1);
  return (sum) => halfEven((halfEven((sum * top) / full) * full) / top);
}

/** What a machine did. */
export interface Worked {
  readonly counts: MachineCounts;
  /** Cycles of the slowest crossbar, by window. */
  readonly cycles: number[];
  /** [window][column] */
  readonly outputs: number[][];
}

/**
 * Works every window off, OU by OU and cell by cell: what it took (§7), and what came out (§8).
 * `colCount`: columns of the matrix.
 */
export function work(
  crossbars: readonly Crossbar[],
  { formation, height, adc }: Working,
  activations: readonly (readonly number[])[],
  signed: boolean,
  colCount: number,
  { Ba, emptyPlaneCycles }: OracleConfig,
): Worked {
  const cycles: number[] = [];
  const counts = { ouOps: 0, adcConversions: 0, rowsOn: 0, cellReads: 0, emptyPlanes: 0 };
  const outputs = activations.map((window) => {
    const out = new Array<number>(colCount).fill(0);
    let slowest = 0;
    for (const crossbar of crossbars) {
      let serial = 0;
      for (const { array, rows, bitlines } of crossbar) {
        for (let plane = 0; plane < Ba; plane++) {
          const bits = rows.map((row) => bitOf(window[row]!, plane, Ba));
          const on = formation === "fixed" ? rows : rows.filter((_, i) => bits[i] === 1);
          const weight = signed && plane === Ba - 1 ? -(2 ** plane) : 2 ** plane;
          const ous = chunksOf(on, height);
          const empty = ous.length === 0 && rows.length > 0;
          if (empty) counts.emptyPlanes++;
          serial += empty ? emptyPlaneCycles : ous.length;
          for (const ou of ous) {
            counts.ouOps++;
            counts.rowsOn += ou.length;
            counts.adcConversions += bitlines.length;
            counts.cellReads += ou.length * bitlines.length;
            const ones = ou.filter((row) => bitOf(window[row]!, plane, Ba) === 1);
            for (const bitline of bitlines) {
              let sum = 0;
              for (const row of ones) sum += array.levels[row]![bitline]!;
              const code = adc(sum) - array.zero[bitline]! * ones.length;
              out[array.col[bitline]!]! += weight * array.worth[bitline]! * code;
            }
          }
        }
      }
      slowest = Math.max(slowest, serial);
    }
    cycles.push(slowest);
    return out.map((value) => value + 0);
  });
  return { counts, cycles, outputs };
}
