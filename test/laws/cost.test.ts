import { describe, expect, it } from "vitest";
import { SCHEMES, parseConfig } from "../../src/index.ts";
import { adcBits, adcEnergyRatio, adcTransfer } from "../../src/model/arch/adc.ts";
import { ouCycle_ns } from "../../src/model/arch/timing.ts";
import type { SchemeCounts } from "../../src/model/ir/counts.ts";
import { chipArea, tilesArea } from "../../src/stages/cost/area.ts";
import { eventsOf, priceEvents } from "../../src/stages/cost/energy.ts";
import { simulateMatrix } from "../helpers/workload.ts";

const config = (settings: object = {}) => parseConfig([{ text: JSON.stringify(settings), place: "test" }], []);

const counts: SchemeCounts = {
  ouOps: 1,
  latencyCycles: 1,
  adcConversions: 16,
  dacRows: 16,
  cellReads: 256,
  inputValues: 0,
  outputValues: 0,
  indexReadBits: 0,
  runningSums: 0,
  wordlineGeneratorRows: 0,
};

describe("energy", () => {
  it("prices one 16x16 OU as derived by hand", () => {
    // ADC 16 x 1.56 x (64/7)/(256/9) = 16 x 0.50143 = 8.0229; DAC 16 x 0.391 = 6.256; array 256 x 0.00183 = 0.46848;
    // S&H 16 x 0.00098 = 0.01568; shift-add 16 x 0.0195 = 0.312; IR 16 x 0.121 = 1.936; OR 16 x 0.0225 = 0.36.
    const { energy_pJ, estimated_pJ } = priceEvents(eventsOf(counts), "naive", config());
    expect(energy_pJ).toBeCloseTo(8.0229 + 6.256 + 0.46848 + 0.01568 + 0.312 + 1.936 + 0.36, 3);
    expect(estimated_pJ).toBe(0);
  });

  it("prices buffers and the index by hand", () => {
    const moved = { ...counts, inputValues: 3, outputValues: 5, indexReadBits: 7, runningSums: 11 };
    const events = eventsOf({ ...moved, wordlineGeneratorRows: 13 });
    const { energyByComponent_pJ: parts, estimated_pJ } = priceEvents(events, "naive", config());
    // Inputs are read from eDRAM, outputs written to it; each input crosses the bus into the input register, which is also
    // read for 16 rows.
    expect(parts.edram).toBeCloseTo((3 + 5) * 2.02, 9);
    expect(parts.bus).toBeCloseTo(3 * 0.684, 9);
    expect(parts.inputRegister).toBeCloseTo((16 + 3) * 0.121, 9);
    expect(parts.router).toBeCloseTo(5 * 8.2, 9);
    expect(parts.tileOutputRegister).toBeCloseTo(5 * 1.31, 9);
    expect(parts.activation).toBeCloseTo(5 * 0.813, 9);
    expect(parts.outputRegister).toBeCloseTo(16 * 0.0225, 9);
    expect([parts.indexRead, parts.runningSum, parts.wordlineGenerator]).toEqual([7 * 0.11, 11 * 0.036, 13 * 0.021]);
    expect(estimated_pJ).toBeCloseTo(7 * 0.11 + 11 * 0.036 + 13 * 0.021, 9);
  });

  it("is linear in the counts", () => {
    const scaled = Object.fromEntries(
      Object.entries(counts).map(([key, value]) => [key, 3 * value + 6]),
    ) as unknown as SchemeCounts;
    const base = Object.fromEntries(Object.keys(counts).map((key) => [key, 2])) as unknown as SchemeCounts;
    const price = (of: SchemeCounts): number => priceEvents(eventsOf(of), "orc-dof", config()).energy_pJ;
    expect(price(scaled)).toBeCloseTo(3 * (price(counts) + price(base)), 6);
  });

  it("charges isaac for 8-bit conversions, OU schemes for b bits", () => {
    const adc = (scheme: "isaac" | "naive"): number =>
      priceEvents(eventsOf(counts), scheme, config()).energyByComponent_pJ.adc!;
    expect(adc("isaac")).toBeCloseTo(16 * 1.56, 9);
    expect(adc("naive") / adc("isaac")).toBeCloseTo(0.32, 2);
  });

  it("takes the config's own price, and then calls it no estimate", () => {
    const own = config({ energy: { prices_pJ: { indexReadBit: 7 } } });
    const priced = priceEvents(eventsOf({ ...counts, indexReadBits: 2 }), "orc", own);
    expect(priced.energyByComponent_pJ.indexRead).toBe(14);
    expect(priced.estimated_pJ).toBe(0);
    expect(priceEvents(eventsOf({ ...counts, indexReadBits: 2 }), "orc", config()).estimated_pJ).toBeCloseTo(0.22, 12);
  });
});

describe("ADC", () => {
  // paper.md's table: H = 2, 4, 8, 9, 16, 32, 64, 128 by cell bits.
  it.each([
    [1, [2, 3, 4, 4, 5, 6, 7, 8]],
    [2, [3, 4, 5, 5, 6, 7, 8, 9]],
    [3, [4, 5, 6, 6, 7, 8, 9, 10]],
    [4, [5, 6, 7, 8, 8, 9, 10, 11]],
  ])("needs these bits for %i-bit cells without loss", (cellBits, bits) => {
    const found = [2, 4, 8, 9, 16, 32, 64, 128].map((rows) =>
      adcBits(config({ ou: { rows }, crossbar: { cellBits } })),
    );
    expect(found).toEqual(bits);
  });

  it("has the published energy laws at 6 bits against 8", () => {
    expect(adcEnergyRatio("exponential", 6)).toBeCloseTo(0.321, 3);
    expect(adcEnergyRatio("walden", 6)).toBe(0.25);
    expect(adcEnergyRatio("linear", 6)).toBe(0.75);
    expect(adcEnergyRatio("saberi", 6)).toBeCloseTo(0.72, 2);
  });

  it("passes every sum when it has enough codes, in both modes", () => {
    for (const mode of ["clip", "scale"]) {
      for (const bits of [6, 7, 9]) {
        const transfer = adcTransfer(config({ adc: { mode, bits } }));
        expect([...transfer]).toEqual(Array.from({ length: 49 }, (_, sum) => sum));
      }
    }
  });

  it("clips at its top code, or spreads its codes over the full scale", () => {
    expect(adcTransfer(config({ adc: { bits: 4 } }))[48]).toBe(15);
    const scaled = adcTransfer(config({ adc: { bits: 4, mode: "scale" } }));
    // 48 → code 15 → 48; 24 → 7.5 → code 8 (half to even) → 25.6 → 26; 8 → 2.5 → code 2 → 6.4 → 6.
    expect([scaled[48], scaled[24], scaled[8], scaled[0]]).toEqual([48, 26, 6, 0]);
  });
});

it("cycles 15.36 ns at 6 bits and 7.68 ns at 3", () => {
  expect(ouCycle_ns(config())).toBeCloseTo(15.36, 10);
  expect(ouCycle_ns(config({ adc: { bits: 3 } }))).toBeCloseTo(7.68, 10);
});

describe("area", () => {
  const sumOf = (parts: Record<string, number>): number => Object.values(parts).reduce((a, b) => a + b, 0);

  it("is that of ISAAC's tile and chip at ISAAC's geometry", () => {
    expect(tilesArea(1, 0, config()).area_mm2).toBeCloseTo(0.372, 3);
    const { area_mm2, areaByComponent_mm2 } = chipArea(168, config());
    expect(area_mm2 - areaByComponent_mm2.indexBuffer!).toBeCloseTo(85.4, 1);
    // 168 · 12 · 8 crossbars of 128 · 8 entries of 5 bits, at 0.342 um2 a bit.
    expect(areaByComponent_mm2.indexBuffer).toBeCloseTo((16128 * 5120 * 0.342) / 1e6, 6);
  });

  it("takes each component from the table", () => {
    const { areaByComponent_mm2: parts } = tilesArea(2, 1000, config());
    expect(parts.adc).toBeCloseTo(2 * 96 * 1200e-6, 9);
    expect(parts.edram).toBeCloseTo(2 * 0.083, 9);
    expect(parts.router).toBeCloseTo((2 * 0.151) / 4, 9);
    expect(parts.inputRegister).toBeCloseTo(2 * 12 * 0.0021, 9);
    expect(parts.indexBuffer).toBeCloseTo(342e-6, 9);
  });

  it("is the sum of its parts at any geometry", () => {
    for (const crossbar of [{}, { rows: 64, cols: 256 }, { perCu: 3 }]) {
      for (const sparsity of [{}, { indexBits: "unlimited" }]) {
        const own = config({ crossbar, sparsity });
        for (const area of [tilesArea(7, 4321, own), chipArea(7, own)])
          expect(area.area_mm2).toBe(sumOf(area.areaByComponent_mm2));
      }
    }
  });

  it("halves the array and the DACs with half the rows, and nothing else", () => {
    const whole = tilesArea(1, 0, config()).areaByComponent_mm2;
    const half = tilesArea(1, 0, config({ crossbar: { rows: 64 } })).areaByComponent_mm2;
    for (const [name, area_mm2] of Object.entries(whole))
      expect(half[name]).toBeCloseTo(name === "crossbar" || name === "dac" ? area_mm2 / 2 : area_mm2, 12);
  });

  it("halves the array and the sample-and-holds with half the columns, and nothing else", () => {
    const whole = tilesArea(1, 0, config()).areaByComponent_mm2;
    const half = tilesArea(1, 0, config({ crossbar: { cols: 64 } })).areaByComponent_mm2;
    for (const [name, area_mm2] of Object.entries(whole))
      expect(half[name]).toBeCloseTo(name === "crossbar" || name === "sampleHold" ? area_mm2 / 2 : area_mm2, 12);
  });
});

it("totals equal the sum of parts, speed-ups their ratios", async () => {
  const workload = {
    weights: [
      [1, 0, -3],
      [0, 0, 5],
      [0, 0, 0],
    ],
    activations: [
      [1, 2, 3],
      [0, 7, 0],
    ],
  };
  const { report } = await simulateMatrix(
    workload,
    {
      R: 8,
      C: 16,
      H: 2,
      L: 4,
      c: 2,
      Bw: 4,
      Ba: 3,
      indexBits: 2,
      packing: "layer",
      coding: "offset",
      fillCycles: 3,
      emptyPlaneCycles: 0,
      adcBits: 3,
      adcMode: "clip",
    },
    "orc-dof",
  );
  const naive = report.totals.naive!;
  for (const scheme of SCHEMES) {
    const own = report.totals[scheme]!;
    const layer = report.layers[0]!.schemes[scheme]!;
    expect(own.energy_pJ).toBeCloseTo(
      Object.values(layer.energyByComponent_pJ).reduce((a, b) => a + b, 0),
      6,
    );
    expect(own.energy_pJ).toBeCloseTo(layer.energy_pJ, 6);
    const cycle_ns = scheme === "isaac" ? 100 : 7.68;
    expect(own.latency_ns).toBeCloseTo(own.latencyCycles * cycle_ns, 6);
    expect(own.speedup).toBeCloseTo((naive.ouOps * 7.68) / (own.ouOps * cycle_ns), 9);
    expect(own.latencySpeedup).toBeCloseTo(naive.latency_ns / own.latency_ns, 9);
    expect(own.energySavingRatio).toBeCloseTo(1 - own.energy_pJ / naive.energy_pJ, 12);
    const { indexRead, runningSum, wordlineGenerator } = own.energyByComponent_pJ;
    expect(own.estimateShareRatio).toBeCloseTo((indexRead! + runningSum! + wordlineGenerator!) / own.energy_pJ, 12);
  }
});
