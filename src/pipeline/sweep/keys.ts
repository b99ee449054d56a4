import type { Config } from "../../model/arch/config.ts";

/**
 * The part of a configuration that decides counts, as text: configurations with the same differ in prices, cycle times,
 * ADC, device and chip at most. A key that is new decides counts until it is named here.
 */
export function countedBy(config: Config): string {
  const { adc: _adc, device: _device, tile: _tile, cu: _cu, preset: _preset, ...rest } = config;
  const { perCu: _perCu, ...crossbar } = config.crossbar;
  const { ouCycle_ns: _ouCycle, isaacStep_ns: _isaacStep, ...timing } = config.timing;
  const { prices_pJ: _prices, ...energy } = config.energy;
  return JSON.stringify({ ...rest, crossbar, timing, energy });
}

/** The part of a configuration that decides the accuracy of its device, as text. */
export function disturbedBy(config: Config): string {
  const { timing: _timing, energy: _energy, tile: _tile, cu: _cu, preset: _preset, ...rest } = config;
  const { perCu: _perCu, ...crossbar } = config.crossbar;
  const { law: _law, ...adc } = config.adc;
  return JSON.stringify({ ...rest, crossbar, adc });
}
