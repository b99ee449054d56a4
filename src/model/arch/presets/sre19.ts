import type { PriceKey } from "../config.ts";

/** Price of one hardware event, with its unit and where it comes from. */
export interface Price {
  readonly price_pJ: number;
  /** What one event is. */
  readonly unit: string;
  readonly source: string;
  /** true = not published for this design; derived by us from literature. */
  readonly estimate: boolean;
}

const isaac = (formula: string): string => `[isaac16] ${formula} mW · 100 ns`;

/** Preset `sre19`: ISAAC component powers x 100 ns / accesses, 32 nm (§10). */
export const sre19Prices: Readonly<Record<PriceKey, Price>> = {
  edram: { price_pJ: 2.02, unit: "datum", source: isaac("20.7/1024"), estimate: false },
  bus: { price_pJ: 0.684, unit: "datum", source: isaac("7/1024"), estimate: false },
  router: { price_pJ: 8.2, unit: "datum", source: isaac("(42/4)/128"), estimate: false },
  dacRow: { price_pJ: 0.391, unit: "row", source: isaac("4/1024"), estimate: false },
  arrayCell: { price_pJ: 0.00183, unit: "cell", source: isaac("(2.4/8)/16384"), estimate: false },
  sampleHold: { price_pJ: 0.00098, unit: "bitline", source: isaac("0.01/1024"), estimate: false },
  adcConversion8: {
    price_pJ: 1.56,
    unit: "conversion at 8 bits; other widths by adc.law",
    source: isaac("2.0/128"),
    estimate: false,
  },
  shiftAdd: { price_pJ: 0.0195, unit: "conversion", source: isaac("(0.2/4)/256"), estimate: false },
  inputRegister: { price_pJ: 0.121, unit: "access", source: isaac("1.24/1024"), estimate: false },
  outputRegister: { price_pJ: 0.0225, unit: "access", source: isaac("0.23/1024"), estimate: false },
  tileOutputRegister: { price_pJ: 1.31, unit: "access", source: isaac("1.68/128"), estimate: false },
  activation: { price_pJ: 0.813, unit: "value", source: isaac("0.52/64"), estimate: false },
  indexReadBit: {
    price_pJ: 0.11,
    unit: "bit",
    source: "10 pJ per 64-bit read of an 8 KB SRAM at 45 nm (Horowitz, ISSCC 2014), x 32/45 for the node",
    estimate: true,
  },
  runningSum: {
    price_pJ: 0.036,
    unit: "addition of 16 bits",
    source: "0.1 pJ per 32-bit integer addition at 45 nm (Horowitz, ISSCC 2014), halved to 16 bits, x 32/45",
    estimate: true,
  },
  wordlineGeneratorRow: {
    price_pJ: 0.021,
    unit: "row of the prefix sum",
    source: "0.03 pJ per 8-bit integer addition at 45 nm (Horowitz, ISSCC 2014), x 32/45; one adder a row",
    estimate: true,
  },
};

/** SRAM area of the index buffer: 6T cell of a 32 nm process (0.171 um2), doubled for its periphery. */
export const indexBuffer = {
  area_um2PerBit: 0.342,
  source: "0.171 um2 per 6T cell (Intel 32 nm, IEDM 2009), x 2 for decoders and sense amplifiers",
  estimate: true,
} as const;
