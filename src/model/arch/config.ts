import * as z from "zod/mini";
import { integer, key, nonEmptyList, section } from "./schemaParts.ts";

const positiveInteger = integer(1);
const positive = z.number().check(z.positive());
const ratio = z.number().check(z.gte(0), z.lte(1));
const notNegative = z.number().check(z.gte(0));

/**
 * Every free parameter of the model, with its default. Keys and defaults: §1, §3–§5, §7–§10. Strict: unknown keys are
 * errors. The meanings are what `sre explain KEY` and the JSON Schema show.
 */
export const configSchema = z.strictObject({
  schema: key(z.literal(1), 1, "version of this file format"),
  preset: key(z.enum(["sre19"]), "sre19", "prices and their sources [sre19, isaac16]"),
  crossbar: section({
    rows: key(integer(1, 4096), 128, "R: wordlines of one crossbar"),
    cols: key(integer(1, 4096), 128, "C: bitlines of one crossbar"),
    cellBits: key(integer(1, 8), 2, "c: bits per cell, levels 0 … 2^c-1"),
    perCu: key(positiveInteger, 8, "crossbars per compute unit (CU) [isaac16]"),
  }),
  cu: section({ perTile: key(positiveInteger, 12, "CUs per tile [isaac16]") }),
  tile: section({
    count: key(
      z.union([positiveInteger, z.literal("auto")]),
      168,
      'tiles on the chip [isaac16]; "auto" = just enough for one copy of the network',
    ),
  }),
  ou: section({
    rows: key(positiveInteger, 16, "H: wordlines of an operation unit (OU), at most crossbar.rows"),
    cols: key(positiveInteger, 16, "L: bitlines of an operation unit (OU), at most crossbar.cols"),
  }),
  precision: section({
    weightBits: key(integer(1, 16), 16, "Bw: bits of an integer weight"),
    activationBits: key(integer(1, 16), 16, "Ba: bits of an integer activation = bit-planes"),
    scale: key(
      z.enum(["power-of-two", "max-abs"]),
      "power-of-two",
      "step of the fixed point: smallest power of two that fits, or largest magnitude / largest code",
    ),
  }),
  mapping: section({
    coding: key(
      z.enum(["offset", "differential"]),
      "offset",
      "signed weights as w + 2^(Bw-1) with a zero reference, or as positive and negative arrays",
    ),
    packing: key(
      z.enum(["layer", "crossbar"]),
      "layer",
      "ORC packs a group's kept rows over the full height of the matrix, or inside each crossbar",
    ),
  }),
  sparsity: section({
    indexBits: key(
      z.union([integer(1, 16), z.literal("unlimited")]),
      5,
      "bi: width of one ORC index entry; larger gaps need filler rows",
    ),
  }),
  adc: section({
    bits: key(
      z.union([integer(1, 16), z.literal("auto")]),
      "auto",
      'b: ADC resolution; "auto" = ceil(log2(H(2^c-1)+1)), lossless',
    ),
    mode: key(
      z.enum(["clip", "scale"]),
      "clip",
      "clip: min(sum, 2^b-1); scale: full scale H(2^c-1) mapped to 2^b-1 steps and back",
    ),
    law: key(
      z.enum(["exponential", "walden", "linear", "saberi"]),
      "exponential",
      "ADC energy against its bits: 2^b/(b+1), 2^b, b, or a SAR split",
    ),
  }),
  timing: section({
    ouCycle_ns: key(
      z.union([positive, z.literal("auto")]),
      "auto",
      'time of one OU operation; "auto" = 15.6 · (b/3) · (32/65)',
    ),
    isaacStep_ns: key(positive, 100, "time of one whole-crossbar step [isaac16]"),
    fillCycles: key(integer(0), 3, "pipeline fill per window, in cycles"),
    emptyPlaneCycles: key(integer(0), 0, "cycles of a bit-plane that opens no row"),
  }),
  energy: section({
    dacRows: key(z.enum(["open", "ou"]), "open", "DAC charge of a dynamic OU: its open rows, or all H rows of the OU"),
    prices_pJ: key(
      z.partialRecord(
        z.enum([
          "edram",
          "bus",
          "router",
          "dacRow",
          "arrayCell",
          "sampleHold",
          "adcConversion8",
          "shiftAdd",
          "inputRegister",
          "outputRegister",
          "tileOutputRegister",
          "activation",
          "indexReadBit",
          "runningSum",
          "wordlineGeneratorRow",
        ]),
        notNegative,
      ),
      {},
      "own prices, pJ per event, in place of the preset's (see sre explain prices)",
    ),
  }),
  device: section({
    model: key(z.string(), "base", "NAME or NAME@k (k · R-ratio, σ / k) of the device menu (sre explain device)"),
    lrs_ohm: key(
      z.union([positive, z.literal("menu")]),
      "menu",
      "resistance of the low-resistance state, in place of the menu's",
    ),
    ratio: key(z.union([z.number().check(z.gt(1)), z.literal("menu")]), "menu", "R-ratio: high over low resistance"),
    sigmaLrs: key(
      z.union([z.number().check(z.gte(0), z.lte(8)), z.literal("menu")]),
      "menu",
      "σ of ln G of the low-resistance state; levels between the ends are interpolated",
    ),
    sigmaHrs: key(
      z.union([z.number().check(z.gte(0), z.lte(8)), z.literal("menu")]),
      "menu",
      "σ of ln G of the high-resistance state",
    ),
    readNoise: key(notNegative, 0, "σ of one open row's current, fresh at every access, relative to the LRS current"),
    stuckLrsRatio: key(ratio, 0, "share of cells stuck at the low-resistance state"),
    stuckHrsRatio: key(ratio, 0, "share of cells stuck at the high-resistance state"),
    driftExponent: key(notNegative, 0, "ν: every conductance falls to (driftTime_s / 1 s)^-ν"),
    driftTime_s: key(positive, 1, "time since programming at which cells are read"),
    references: key(
      z.enum(["open-count", "full"]),
      "open-count",
      "references of a read placed for the number of open rows with input 1, or for H of them",
    ),
    referenceLevels: key(
      z.enum(["nominal", "mean"]),
      "nominal",
      "references midway between nominal currents, or between mean currents of lognormal cells",
    ),
  }),
  network: section({
    batchNorm: key(
      z.enum(["fold", "digital"]),
      "fold",
      "batch normalisation after a matrix layer: folded into its weights, or left to the digital side",
    ),
  }),
  input: section({
    scale: key(z.number(), 1, "x = (pixel · scale - mean) / std, for inputs of integer type"),
    mean: key(z.union([z.number(), nonEmptyList(z.number())]), 0, "one number or one per channel"),
    std: key(z.union([positive, nonEmptyList(positive)]), 1, "one number or one per channel"),
    layout: key(z.enum(["nchw", "nhwc"]), "nchw", "memory order of image files"),
    channels: key(z.enum(["as-is", "reversed"]), "as-is", "reversed: RGB becomes BGR"),
  }),
});

/** The resolved configuration: every key present. */
export type Config = z.output<typeof configSchema>;
/** What a user writes: any part of it. */
export type ConfigInput = z.input<typeof configSchema>;
export type PriceKey = keyof NonNullable<Config["energy"]["prices_pJ"]>;
