import { parseConfig } from "../../../src/index.ts";
import type { Config } from "../../../src/index.ts";
import type { Random } from "../random.ts";
import type { OracleConfig } from "./cells.ts";
import type { OraclePrices } from "./prices.ts";

/** Everything of a configuration that a network run depends on. */
export interface NetworkConfig extends OracleConfig, OraclePrices {
  readonly adcBits: number;
  readonly H: number;
  readonly rule: "power-of-two" | "max-abs";
  readonly batchNorm: "fold" | "digital";
  readonly tiles: number | "auto";
  readonly cusPerTile: number;
  readonly crossbarsPerCu: number;
}

/** §1: as many bits as the largest sum of an OU needs. */
export const losslessBits = ({ H, c }: { readonly H: number; readonly c: number }): number => {
  let bits = 0;
  while (2 ** bits < H * (2 ** c - 1) + 1) bits++;
  return bits;
};

/** Any geometry that the model allows, small ones more often, so that small layers fill more than one crossbar. */
export function randomConfig(random: Random): NetworkConfig {
  const R = random.chance(0.7) ? random.integer(1, 40) : random.pick([64, 128, 200]);
  const C = random.chance(0.7) ? random.integer(1, 40) : random.pick([64, 128, 200]);
  const H = Math.min(R, random.chance(0.6) ? random.integer(1, 9) : random.pick([16, 32, 128, R]));
  const L = Math.min(C, random.chance(0.6) ? random.integer(1, 9) : random.pick([16, 32, 128, C]));
  const c = random.chance(0.7) ? random.integer(1, 4) : random.integer(5, 8);
  const lossless = losslessBits({ H, c });
  return {
    ...{ R, C, H, L, c },
    Bw: random.integer(2, 16),
    Ba: random.integer(1, 16),
    indexBits: random.chance(0.3) ? "unlimited" : random.pick([1, 1, 2, 2, 3, 4, 5, 8, 16]),
    packing: random.pick(["layer", "crossbar"]),
    coding: random.pick(["offset", "offset", "differential"]),
    fillCycles: random.pick([0, 1, 3]),
    emptyPlaneCycles: random.pick([0, 0, 1, 2]),
    adcBits: Math.min(16, random.chance(0.5) ? lossless : random.integer(1, lossless + 1)),
    adcMode: random.pick(["clip", "scale"]),
    ouCycle_ns: random.pick(["auto", "auto", 10.5]),
    isaacStep_ns: random.pick([100, 100, 37]),
    law: random.pick(["exponential", "walden", "linear"]),
    dacRows: random.pick(["open", "ou"]),
    rule: random.pick(["power-of-two", "power-of-two", "max-abs"]),
    batchNorm: random.pick(["fold", "digital"]),
    tiles: random.pick(["auto", 1, 2, 168]),
    cusPerTile: random.integer(1, 12),
    crossbarsPerCu: random.integer(1, 8),
  };
}

/** The same configuration in the engine's words. */
export function engineConfig(config: NetworkConfig): Config {
  const text = JSON.stringify({
    crossbar: { rows: config.R, cols: config.C, cellBits: config.c, perCu: config.crossbarsPerCu },
    cu: { perTile: config.cusPerTile },
    tile: { count: config.tiles },
    ou: { rows: config.H, cols: config.L },
    precision: { weightBits: config.Bw, activationBits: config.Ba, scale: config.rule },
    mapping: { packing: config.packing, coding: config.coding },
    sparsity: { indexBits: config.indexBits },
    adc: {
      bits: config.adcBits === losslessBits(config) ? "auto" : config.adcBits,
      mode: config.adcMode,
      law: config.law,
    },
    timing: {
      ouCycle_ns: config.ouCycle_ns,
      isaacStep_ns: config.isaacStep_ns,
      fillCycles: config.fillCycles,
      emptyPlaneCycles: config.emptyPlaneCycles,
    },
    energy: { dacRows: config.dacRows },
    network: { batchNorm: config.batchNorm },
  });
  return parseConfig([{ text, place: "test" }], []);
}
