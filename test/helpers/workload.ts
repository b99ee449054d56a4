import { parseConfig, simulate } from "../../src/index.ts";
import type { FunctionalScheme, MatrixWorkload, SimulateOptions, SimulateResult } from "../../src/index.ts";
import type { OracleConfig, OracleWorkload } from "./oracle.ts";

/** The same configuration in the engine's words. */
export function configOf(config: OracleConfig): ReturnType<typeof parseConfig> {
  const text = JSON.stringify({
    schema: 1,
    crossbar: { rows: config.R, cols: config.C, cellBits: config.c },
    ou: { rows: config.H, cols: config.L },
    precision: { weightBits: config.Bw, activationBits: config.Ba },
    mapping: { packing: config.packing, coding: config.coding },
    sparsity: { indexBits: config.indexBits },
    adc: { bits: config.adcBits, mode: config.adcMode },
    timing: { fillCycles: config.fillCycles, emptyPlaneCycles: config.emptyPlaneCycles },
  });
  return parseConfig([{ text, place: "test" }], []);
}

export function matrixWorkload({ weights, activations }: OracleWorkload): MatrixWorkload {
  const array = (rows: readonly (readonly number[])[], place: string): MatrixWorkload["weights"] => ({
    place,
    dtype: "i4",
    shape: [rows.length, rows[0]!.length],
    values: Int32Array.from(rows.flat()),
  });
  return {
    kind: "matrix",
    name: "test",
    weights: array(weights, "weights"),
    activations: array(activations, "activations"),
  };
}

/** Simulates an integer workload with verification of every window. */
export function simulateMatrix(
  workload: OracleWorkload,
  config: OracleConfig,
  outputsOf: FunctionalScheme,
  options: SimulateOptions = {},
): Promise<SimulateResult> {
  return simulate(
    {
      workload: matrixWorkload(workload),
      config: configOf(config),
      source: { source: "test", sha256: "" },
      schemes: ["naive", "recom", "occ", "orc", "dof", "orc-dof", "isaac"],
      seed: 0,
      verifyWindows: "all",
      outputsOf,
    },
    options,
  );
}
