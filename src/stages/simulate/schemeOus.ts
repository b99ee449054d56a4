import type { PlaneOus, SchemeExtras, SchemeLayer } from "../../model/schemes/rule.ts";
import { SCHEMES, ruleOf } from "../../model/schemes/schemes.ts";
import type { Scheme } from "../../model/schemes/schemes.ts";

/** What a scheme does on a layer whatever its inputs are. */
export interface SchemeOus {
  /** null where OUs depend on the activations. */
  readonly ous: PlaneOus | null;
  readonly extras: SchemeExtras;
}

/** What the rule of each scheme makes of a layer's weights: all that is kept of them for its counts. */
export function schemeOus(layer: SchemeLayer): Record<Scheme, SchemeOus> {
  const entries = SCHEMES.map((scheme) => {
    const rule = ruleOf(scheme);
    const ous = rule.formation === "fixed" ? rule.ous(layer) : null;
    return [scheme, { ous, extras: rule.extras?.(layer) ?? {} }] as const;
  });
  return Object.fromEntries(entries) as Record<Scheme, SchemeOus>;
}
