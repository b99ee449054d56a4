import type { Config, PriceKey } from "../../model/arch/config.ts";
import { sre19Prices } from "../../model/arch/presets/sre19.ts";
import type { Price } from "../../model/arch/presets/sre19.ts";

/** The preset's prices, with the config's own in their place. */
export function priceTable(config: Config): Record<PriceKey, Price> {
  const own = config.energy.prices_pJ;
  const entries = (Object.keys(sre19Prices) as PriceKey[]).map((key): [PriceKey, Price] => {
    const preset = sre19Prices[key];
    const price_pJ = own[key];
    if (price_pJ === undefined) return [key, preset];
    return [key, { price_pJ, unit: preset.unit, source: `config energy.prices_pJ.${key}`, estimate: false }];
  });
  return Object.fromEntries(entries) as Record<PriceKey, Price>;
}
