import type { OracleConfig, OracleWorkload } from "./oracle.ts";
import { losslessBits } from "./oracle/randomConfig.ts";
import type { Random } from "./random.ts";

/** Any geometry, an ADC that loses nothing more often than not. */
export function randomMatrixConfig(random: Random): OracleConfig {
  const R = random.pick([4, 8, 16, 33, 64, 128]);
  const C = random.pick([4, 8, 30, 64, 128]);
  const H = random.pick([1, 2, 3, 8, 9, 16, 32, 128].filter((h) => h <= R));
  const L = random.pick([1, 2, 3, 8, 16, 32, 128].filter((l) => l <= C));
  const c = random.integer(1, 4);
  const base = { R, C, H, L, c };
  return {
    ...base,
    Bw: random.pick([2, 3, 4, 8, 16]),
    Ba: random.pick([2, 3, 8, 16]),
    indexBits: random.pick(["unlimited" as const, 1, 2, 3, 5, 8]),
    packing: random.pick(["layer", "crossbar"] as const),
    coding: random.pick(["offset", "offset", "differential"] as const),
    fillCycles: random.pick([0, 3]),
    emptyPlaneCycles: random.pick([0, 0, 1]),
    adcBits: random.chance(0.6) ? losslessBits(base) : random.integer(1, losslessBits(base) + 1),
    adcMode: random.pick(["clip", "scale"] as const),
  };
}

/** Integers that fit the configuration, with zeros one by one and row by row. */
export function randomMatrix(random: Random, { Bw, Ba, coding }: OracleConfig): OracleWorkload {
  const rows = random.pick([1, 2, 7, 31, 40, 130]);
  const cols = random.pick([1, 2, 3, 9]);
  const windows = random.integer(1, 3);
  const zeroWeight = random.pick([0, 0.5, 0.95]);
  const zeroRow = random.pick([0, 0.6]);
  const signed = random.chance(0.4);
  const high = 2 ** (Bw - 1) - 1;
  const low = coding === "offset" ? -high - 1 : -high;
  return {
    weights: Array.from({ length: rows }, () => {
      const empty = random.chance(zeroRow);
      return Array.from({ length: cols }, () => (empty || random.chance(zeroWeight) ? 0 : random.integer(low, high)));
    }),
    activations: Array.from({ length: windows }, () =>
      Array.from({ length: rows }, () => {
        if (random.chance(0.4)) return 0;
        return signed
          ? random.integer(-(2 ** (Ba - 1)), 2 ** (Ba - 1) - 1)
          : random.integer(0, 2 ** random.integer(1, Ba) - 1);
      }),
    ),
  };
}
