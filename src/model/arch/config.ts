import * as z from "zod";

const positiveInteger = z.int().min(1);

/**
 * Every free parameter of the model, with its default. Keys and defaults: §1, §3–§5, §7–§10. Strict: unknown keys are
 * errors. `.describe` texts are what `sre explain KEY` and the JSON Schema show.
 */
export const configSchema = z.strictObject({
  schema: z.literal(1).default(1).describe("version of this file format"),
  preset: z.enum(["sre19"]).default("sre19").describe("prices and their sources [sre19, isaac16]"),
  crossbar: z
    .strictObject({
      rows: positiveInteger.max(4096).default(128).describe("R: wordlines of one crossbar"),
      cols: positiveInteger.max(4096).default(128).describe("C: bitlines of one crossbar"),
      cellBits: positiveInteger.max(8).default(2).describe("c: bits per cell, levels 0 … 2^c-1"),
      perCu: positiveInteger.default(8).describe("crossbars per compute unit (CU) [isaac16]"),
    })
    .prefault({}),
  cu: z.strictObject({ perTile: positiveInteger.default(12).describe("CUs per tile [isaac16]") }).prefault({}),
  tile: z
    .strictObject({
      count: z
        .union([positiveInteger, z.literal("auto")])
        .default(168)
        .describe('tiles on the chip [isaac16]; "auto" = just enough for one copy of the network'),
    })
    .prefault({}),
  ou: z
    .strictObject({
      rows: positiveInteger.default(16).describe("H: wordlines of an operation unit (OU), at most crossbar.rows"),
      cols: positiveInteger.default(16).describe("L: bitlines of an operation unit (OU), at most crossbar.cols"),
    })
    .prefault({}),
  precision: z
    .strictObject({
      weightBits: positiveInteger.max(16).default(16).describe("Bw: bits of an integer weight"),
      activationBits: positiveInteger.max(16).default(16).describe("Ba: bits of an integer activation = bit-planes"),
      scale: z
        .enum(["power-of-two", "max-abs"])
        .default("power-of-two")
        .describe("step of the fixed point: smallest power of two that fits, or largest magnitude / largest code"),
    })
    .prefault({}),
  mapping: z
    .strictObject({
      coding: z
        .enum(["offset", "differential"])
        .default("offset")
        .describe("signed weights as w + 2^(Bw-1) with a zero reference, or as positive and negative arrays"),
      packing: z
        .enum(["layer", "crossbar"])
        .default("layer")
        .describe("ORC packs a group's kept rows over the full height of the matrix, or inside each crossbar"),
    })
    .prefault({}),
  sparsity: z
    .strictObject({
      indexBits: z
        .union([positiveInteger.max(16), z.literal("unlimited")])
        .default(5)
        .describe("bi: width of one ORC index entry; larger gaps need filler rows"),
    })
    .prefault({}),
  adc: z
    .strictObject({
      bits: z
        .union([positiveInteger.max(16), z.literal("auto")])
        .default("auto")
        .describe('b: ADC resolution; "auto" = ceil(log2(H(2^c-1)+1)), lossless'),
      mode: z
        .enum(["clip", "scale"])
        .default("clip")
        .describe("clip: min(sum, 2^b-1); scale: full scale H(2^c-1) mapped to 2^b-1 steps and back"),
      law: z
        .enum(["exponential", "walden", "linear", "saberi"])
        .default("exponential")
        .describe("ADC energy against its bits: 2^b/(b+1), 2^b, b, or a SAR split"),
    })
    .prefault({}),
  timing: z
    .strictObject({
      ouCycle_ns: z
        .union([z.number().positive(), z.literal("auto")])
        .default("auto")
        .describe('time of one OU operation; "auto" = 15.6 · (b/3) · (32/65)'),
      isaacStep_ns: z.number().positive().default(100).describe("time of one whole-crossbar step [isaac16]"),
      fillCycles: z.int().min(0).default(3).describe("pipeline fill per window, in cycles"),
      emptyPlaneCycles: z.int().min(0).default(0).describe("cycles of a bit-plane that opens no row"),
    })
    .prefault({}),
  energy: z
    .strictObject({
      dacRows: z
        .enum(["open", "ou"])
        .default("open")
        .describe("DAC charge of a dynamic OU: its open rows, or all H rows of the OU"),
      prices_pJ: z
        .partialRecord(
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
          z.number().min(0),
        )
        .default({})
        .describe("own prices, pJ per event, in place of the preset's (see sre explain prices)"),
    })
    .prefault({}),
  device: z
    .strictObject({
      model: z
        .string()
        .default("base")
        .describe("NAME or NAME@k (k · R-ratio, σ / k) of the device menu (sre explain device)"),
      lrs_ohm: z
        .union([z.number().positive(), z.literal("menu")])
        .default("menu")
        .describe("resistance of the low-resistance state, in place of the menu's"),
      ratio: z
        .union([z.number().gt(1), z.literal("menu")])
        .default("menu")
        .describe("R-ratio: high over low resistance"),
      sigmaLrs: z
        .union([z.number().min(0).max(8), z.literal("menu")])
        .default("menu")
        .describe("σ of ln G of the low-resistance state; levels between the ends are interpolated"),
      sigmaHrs: z
        .union([z.number().min(0).max(8), z.literal("menu")])
        .default("menu")
        .describe("σ of ln G of the high-resistance state"),
      readNoise: z
        .number()
        .min(0)
        .default(0)
        .describe("σ of one open row's current, fresh at every access, relative to the LRS current"),
      stuckLrsRatio: z.number().min(0).max(1).default(0).describe("share of cells stuck at the low-resistance state"),
      stuckHrsRatio: z.number().min(0).max(1).default(0).describe("share of cells stuck at the high-resistance state"),
      driftExponent: z.number().min(0).default(0).describe("ν: every conductance falls to (driftTime_s / 1 s)^-ν"),
      driftTime_s: z.number().positive().default(1).describe("time since programming at which cells are read"),
      references: z
        .enum(["open-count", "full"])
        .default("open-count")
        .describe("references of a read placed for the number of open rows with input 1, or for H of them"),
      referenceLevels: z
        .enum(["nominal", "mean"])
        .default("nominal")
        .describe("references midway between nominal currents, or between mean currents of lognormal cells"),
    })
    .prefault({}),
  network: z
    .strictObject({
      batchNorm: z
        .enum(["fold", "digital"])
        .default("fold")
        .describe("batch normalisation after a matrix layer: folded into its weights, or left to the digital side"),
    })
    .prefault({}),
  input: z
    .strictObject({
      scale: z.number().default(1).describe("x = (pixel · scale - mean) / std, for inputs of integer type"),
      mean: z
        .union([z.number(), z.array(z.number()).min(1)])
        .default(0)
        .describe("one number or one per channel"),
      std: z
        .union([z.number().positive(), z.array(z.number().positive()).min(1)])
        .default(1)
        .describe("one number or one per channel"),
      layout: z.enum(["nchw", "nhwc"]).default("nchw").describe("memory order of image files"),
      channels: z.enum(["as-is", "reversed"]).default("as-is").describe("reversed: RGB becomes BGR"),
    })
    .prefault({}),
});

/** The resolved configuration: every key present. */
export type Config = z.output<typeof configSchema>;
/** What a user writes: any part of it. */
export type ConfigInput = z.input<typeof configSchema>;
export type PriceKey = keyof NonNullable<Config["energy"]["prices_pJ"]>;
