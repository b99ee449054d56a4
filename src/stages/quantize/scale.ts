import type { Config } from "../../model/arch/config.ts";

/**
 * Step of the fixed point whose largest code `topCode` must reach `magnitude` (§3). Power of two: the smallest 2^e that
 * fits. An all-zero tensor has step 1.
 */
export function fitScale(magnitude: number, topCode: number, rule: Config["precision"]["scale"]): number {
  if (magnitude === 0) return 1;
  if (rule === "max-abs") return magnitude / topCode;
  let scale = 2 ** Math.ceil(Math.log2(magnitude / topCode));
  // log2 may be off by one ulp on either side of an exact power.
  while (scale * topCode < magnitude) scale *= 2;
  while ((scale / 2) * topCode >= magnitude) scale /= 2;
  return scale;
}
