import { total } from "./oracle/cells.ts";
import type { OracleConfig, OracleWorkload } from "./oracle/cells.ts";
import { placeAll } from "./oracle/crossbars.ts";
import type { Crossbar, OrcCounts } from "./oracle/crossbars.ts";
import { adcOf, work } from "./oracle/machine.ts";
import type { MachineCounts, Worked, Working } from "./oracle/machine.ts";

export type { OracleConfig, OracleWorkload } from "./oracle/cells.ts";

export type OracleSchemeName = "naive" | "recom" | "occ" | "orc" | "dof" | "orc-dof" | "isaac";

export interface OracleScheme {
  ouOps: number;
  latencyCycles: number;
}

/** Hardware events of one scheme, all windows together (§10). */
export interface OracleEvents extends Omit<MachineCounts, "ouOps" | "emptyPlanes"> {
  /** Input values that come in, and outputs that leave. */
  inputValues: number;
  outputValues: number;
  indexReadBits: number;
  runningSums: number;
  wordlineGeneratorRows: number;
}

export interface OracleResult {
  schemes: Record<OracleSchemeName, OracleScheme>;
  events: Record<OracleSchemeName, OracleEvents>;
  /** Cycles of the slowest crossbar, by window. */
  cycles: Record<OracleSchemeName, number[]>;
  orc: OrcCounts;
  crossbars: { dense: number; recom: number; orc: number };
  usedCells: { dense: number; recom: number; orc: number };
  /** Bit-planes of an OU column group that open no row without ORC, and how many there are. */
  planes: { empty: number; all: number };
  /** [window][column]; of every scheme, although the engine executes four. */
  outputs: Record<OracleSchemeName, number[][]>;
  product: number[][];
}

/**
 * A second, deliberately naive implementation of the model (§4–§8), cell by cell, with no bit tricks and nothing shared
 * with the engine. One matrix workload of integers.
 */
export function oracle(workload: OracleWorkload, config: OracleConfig): OracleResult {
  const { weights, activations } = workload;
  const { R, H, Ba } = config;
  const K = weights.length;
  const N = weights[0]!.length;
  const W = activations.length;
  const signed = workload.signed ?? activations.some((window) => window.some((x) => x < 0));
  const { dense, recom, occ, orc, isaac, orcCounts } = placeAll(weights, config);

  const adc = adcOf(config);
  const fixed: Working = { formation: "fixed", height: H, adc };
  const dynamic: Working = { formation: "dynamic", height: H, adc };
  const whole: Working = { formation: "fixed", height: R, adc: (sum) => sum };
  const run = (crossbars: Crossbar[], working: Working): Worked =>
    work(crossbars, working, activations, signed, N, config);
  const runs = {
    naive: run(dense, fixed),
    recom: run(recom, fixed),
    occ: run(occ, fixed),
    orc: run(orc, fixed),
    dof: run(dense, dynamic),
    "orc-dof": run(orc, dynamic),
    isaac: run(isaac, whole),
  };

  const usedRows = weights.filter((row) => row.some((w) => w !== 0)).length;
  // With ORC the index of a group is read in every window, and a prefix sum runs over what may be opened in each plane.
  const indexed = { indexReadBits: W * orcCounts.indexBits, runningSums: W * orcCounts.keptRows };
  const heldRows = (crossbars: Crossbar[], perCrossbar: (crossbar: Crossbar) => number): number =>
    W * Ba * total(crossbars.map(perCrossbar));
  const extras: Record<OracleSchemeName, Partial<OracleEvents>> = {
    naive: {},
    recom: { inputValues: W * usedRows },
    occ: {},
    orc: indexed,
    dof: { wordlineGeneratorRows: heldRows(dense, ([group]) => group!.rows.length) },
    "orc-dof": {
      ...indexed,
      wordlineGeneratorRows: heldRows(orc, (crossbar) => total(crossbar.map(({ rows }) => rows.length))),
    },
    isaac: {},
  };
  const names = Object.keys(runs) as OracleSchemeName[];
  const each = <T>(make: (name: OracleSchemeName) => T): Record<OracleSchemeName, T> =>
    Object.fromEntries(names.map((name) => [name, make(name)])) as Record<OracleSchemeName, T>;
  return {
    schemes: each((name) => {
      const { counts, cycles } = runs[name];
      return { ouOps: counts.ouOps, latencyCycles: total(cycles) + W * config.fillCycles };
    }),
    cycles: each((name) => runs[name].cycles),
    events: each((name) => {
      const { adcConversions, rowsOn, cellReads } = runs[name].counts;
      const own = { adcConversions, rowsOn, cellReads };
      const values = { inputValues: W * K, outputValues: W * N };
      const none = { indexReadBits: 0, runningSums: 0, wordlineGeneratorRows: 0 };
      return { ...own, ...values, ...none, ...extras[name] };
    }),
    orc: orcCounts,
    crossbars: { dense: dense.length, recom: recom.length, orc: orc.length },
    usedCells: { dense: cellsOf(dense), recom: cellsOf(recom), orc: cellsOf(orc) },
    planes: { empty: runs.dof.counts.emptyPlanes, all: W * Ba * dense.flat().length },
    outputs: each((name) => runs[name].outputs),
    product: activations.map((window) =>
      weights[0]!.map((_, col) => total(weights.map((row, k) => row[col]! * window[k]!))),
    ),
  };
}

const cellsOf = (crossbars: readonly Crossbar[]): number =>
  total(crossbars.flat().map(({ rows, bitlines }) => rows.length * bitlines.length));
