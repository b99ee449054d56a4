import { adcBits } from "./adc.ts";
import type { Config } from "./config.ts";

/** OU cycle: as configured, or the 65 nm macro of ISSCC 2018 (15.6 ns, 3 bits) scaled in ADC bits and node (§7). */
export function ouCycle_ns(config: Config): number {
  if (config.timing.ouCycle_ns !== "auto") return config.timing.ouCycle_ns;
  return 15.6 * (adcBits(config) / 3) * (32 / 65);
}
