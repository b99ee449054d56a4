import { adcBits, adcEnergyRatio } from "../../model/arch/adc.ts";
import type { Config, PriceKey } from "../../model/arch/config.ts";
import { ISAAC_ADC_BITS } from "../../model/arch/presets/isaac16.ts";
import type { SchemeCounts } from "../../model/ir/counts.ts";
import type { EventCounts, Scheme } from "../../model/ir/report.ts";
import { ruleOf } from "../../model/schemes/schemes.ts";
import { priceTable } from "./prices.ts";

/** Hardware events behind a scheme's counts (§10). */
export function eventsOf(counts: SchemeCounts): EventCounts {
  return {
    adcConversions: counts.adcConversions,
    dacRows: counts.dacRows,
    cellReads: counts.cellReads,
    sampleHolds: counts.adcConversions,
    shiftAdds: counts.adcConversions,
    inputRegisterReads: counts.dacRows,
    outputRegisterWrites: counts.adcConversions,
    edramReads: counts.inputValues,
    busTransfers: counts.inputValues,
    inputRegisterWrites: counts.inputValues,
    indexReadBits: counts.indexReadBits,
    runningSums: counts.runningSums,
    wordlineGeneratorRows: counts.wordlineGeneratorRows,
    tileOutputRegisterWrites: counts.outputValues,
    activationFunctions: counts.outputValues,
    edramWrites: counts.outputValues,
    routerTransfers: counts.outputValues,
  };
}

/** Which events a component answers for, and its price. */
const components: readonly { name: string; price: PriceKey; events: readonly (keyof EventCounts)[] }[] = [
  { name: "adc", price: "adcConversion8", events: ["adcConversions"] },
  { name: "dac", price: "dacRow", events: ["dacRows"] },
  { name: "array", price: "arrayCell", events: ["cellReads"] },
  { name: "sampleHold", price: "sampleHold", events: ["sampleHolds"] },
  { name: "shiftAdd", price: "shiftAdd", events: ["shiftAdds"] },
  { name: "inputRegister", price: "inputRegister", events: ["inputRegisterReads", "inputRegisterWrites"] },
  { name: "outputRegister", price: "outputRegister", events: ["outputRegisterWrites"] },
  { name: "edram", price: "edram", events: ["edramReads", "edramWrites"] },
  { name: "bus", price: "bus", events: ["busTransfers"] },
  { name: "router", price: "router", events: ["routerTransfers"] },
  { name: "tileOutputRegister", price: "tileOutputRegister", events: ["tileOutputRegisterWrites"] },
  { name: "activation", price: "activation", events: ["activationFunctions"] },
  { name: "indexRead", price: "indexReadBit", events: ["indexReadBits"] },
  { name: "runningSum", price: "runningSum", events: ["runningSums"] },
  { name: "wordlineGenerator", price: "wordlineGeneratorRow", events: ["wordlineGeneratorRows"] },
];

export interface Energy {
  readonly energy_pJ: number;
  readonly energyByComponent_pJ: Record<string, number>;
  /** The part whose price is an estimate. */
  readonly estimated_pJ: number;
}

/** Events x prices, linear in the counts. The ADC price follows its width: 8 bits for whole crossbars, b for OUs. */
export function priceEvents(events: EventCounts, scheme: Scheme, config: Config): Energy {
  const prices = priceTable(config);
  const conversion = adcEnergyRatio(
    config.adc.law,
    ruleOf(scheme).step === "crossbar" ? ISAAC_ADC_BITS : adcBits(config),
  );
  const energyByComponent_pJ: Record<string, number> = {};
  let energy_pJ = 0;
  let estimated_pJ = 0;
  for (const { name, price, events: kinds } of components) {
    const eventCount = kinds.reduce((total, kind) => total + events[kind], 0);
    const part = eventCount * prices[price].price_pJ * (price === "adcConversion8" ? conversion : 1);
    energyByComponent_pJ[name] = part;
    energy_pJ += part;
    if (prices[price].estimate) estimated_pJ += part;
  }
  return { energy_pJ, energyByComponent_pJ, estimated_pJ };
}
