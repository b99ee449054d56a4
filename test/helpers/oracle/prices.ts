import { total } from "./cells.ts";
import type { OracleEvents, OracleScheme, OracleSchemeName } from "../oracle.ts";

/** What turns counts into time and energy (§7, §10). */
export interface OraclePrices {
  readonly ouCycle_ns: number | "auto";
  readonly isaacStep_ns: number;
  readonly law: "exponential" | "walden" | "linear";
  /** DAC charge of a dynamic OU: its open rows, or all H rows of the OU. */
  readonly dacRows: "open" | "ou";
  readonly adcBits: number;
  readonly H: number;
}

/** pJ per event, preset `sre19` of §10; the last three are estimates. */
const PRICE_pJ = {
  edram: 2.02,
  bus: 0.684,
  router: 8.2,
  dac: 0.391,
  array: 0.00183,
  sampleHold: 0.00098,
  shiftAdd: 0.0195,
  inputRegister: 0.121,
  outputRegister: 0.0225,
  tileOutputRegister: 1.31,
  activation: 0.813,
};
const ADC_8_BITS_pJ = 1.56;

/** Estimates, from Horowitz (ISSCC 2014) at 45 nm brought to 32 nm, rounded as the price table shows them. */
const ESTIMATE_pJ = { indexRead: 0.11, runningSum: 0.036, wordlineGenerator: 0.021 };

export const cycle_ns = (name: OracleSchemeName, { ouCycle_ns, isaacStep_ns, adcBits }: OraclePrices): number => {
  if (name === "isaac") return isaacStep_ns;
  return ouCycle_ns === "auto" ? 15.6 * (adcBits / 3) * (32 / 65) : ouCycle_ns;
};

/** Events as the report names them. */
export function reportedEvents(
  name: OracleSchemeName,
  { ouOps }: OracleScheme,
  events: OracleEvents,
  { dacRows, H }: OraclePrices,
): Record<string, number> {
  const dynamic = name === "dof" || name === "orc-dof";
  const driven = dynamic && dacRows === "ou" ? ouOps * H : events.rowsOn;
  return {
    adcConversions: events.adcConversions,
    dacRows: driven,
    cellReads: events.cellReads,
    sampleHolds: events.adcConversions,
    shiftAdds: events.adcConversions,
    inputRegisterReads: driven,
    outputRegisterWrites: events.adcConversions,
    edramReads: events.inputValues,
    busTransfers: events.inputValues,
    inputRegisterWrites: events.inputValues,
    indexReadBits: events.indexReadBits,
    runningSums: events.runningSums,
    wordlineGeneratorRows: events.wordlineGeneratorRows,
    tileOutputRegisterWrites: events.outputValues,
    activationFunctions: events.outputValues,
    edramWrites: events.outputValues,
    routerTransfers: events.outputValues,
  };
}

/** Energy by component, pJ. */
export function energy_pJ(
  name: OracleSchemeName,
  events: Record<string, number>,
  { law, adcBits }: OraclePrices,
): Record<string, number> {
  const bits = name === "isaac" ? 8 : adcBits;
  const weigh = {
    exponential: (b: number) => 2 ** b / (b + 1),
    walden: (b: number) => 2 ** b,
    linear: (b: number) => b,
  };
  const e = events as Record<string, number> & { adcConversions: number };
  return {
    adc: e.adcConversions * ADC_8_BITS_pJ * (weigh[law](bits) / weigh[law](8)),
    dac: e.dacRows! * PRICE_pJ.dac,
    array: e.cellReads! * PRICE_pJ.array,
    sampleHold: e.sampleHolds! * PRICE_pJ.sampleHold,
    shiftAdd: e.shiftAdds! * PRICE_pJ.shiftAdd,
    inputRegister: (e.inputRegisterReads! + e.inputRegisterWrites!) * PRICE_pJ.inputRegister,
    outputRegister: e.outputRegisterWrites! * PRICE_pJ.outputRegister,
    edram: (e.edramReads! + e.edramWrites!) * PRICE_pJ.edram,
    bus: e.busTransfers! * PRICE_pJ.bus,
    router: e.routerTransfers! * PRICE_pJ.router,
    tileOutputRegister: e.tileOutputRegisterWrites! * PRICE_pJ.tileOutputRegister,
    activation: e.activationFunctions! * PRICE_pJ.activation,
    indexRead: e.indexReadBits! * ESTIMATE_pJ.indexRead,
    runningSum: e.runningSums! * ESTIMATE_pJ.runningSum,
    wordlineGenerator: e.wordlineGeneratorRows! * ESTIMATE_pJ.wordlineGenerator,
  };
}

export const estimated_pJ = (parts: Record<string, number>): number =>
  total(Object.keys(ESTIMATE_pJ).map((name) => parts[name]!));

/** A layer in the pipeline (§7): its time per sample on one copy, what a copy takes, and how many it may have. */
export interface Stage {
  readonly time_ns: number;
  readonly crossbars: number;
  readonly windowsPerSample: number;
}

/** Time per sample in steady state, copies handed out one at a time to the slowest layer; null when one does not fit. */
export function pipelined_ns(stages: readonly Stage[], crossbarsOfChip: number): number | null {
  let left = crossbarsOfChip - total(stages.map(({ crossbars }) => crossbars));
  if (left < 0) return null;
  const copies = stages.map(() => 1);
  for (;;) {
    const times = stages.map(({ time_ns }, at) => time_ns / copies[at]!);
    const slowest = times.indexOf(Math.max(...times));
    const { crossbars, windowsPerSample } = stages[slowest]!;
    if (crossbars === 0 || crossbars > left || copies[slowest] === windowsPerSample) return times[slowest]!;
    copies[slowest]!++;
    left -= crossbars;
  }
}
