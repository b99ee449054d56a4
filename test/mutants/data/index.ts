import type { Mutant } from "../mutant.ts";
import { bindingMutants } from "./bindings.ts";
import { bitMutants } from "./bits.ts";
import { countingMutants } from "./counting.ts";
import { engineMutants } from "./engine.ts";
import { networkMutants } from "./networks.ts";
import { productMutants } from "./products.ts";
import { pruningMutants } from "./pruning.ts";
import { settingMutants } from "./settings.ts";

/** All faults, kernels first. */
export const mutants: readonly Mutant[] = [
  ...bitMutants,
  ...countingMutants,
  ...productMutants,
  ...bindingMutants,
  ...engineMutants,
  ...networkMutants,
  ...pruningMutants,
  ...settingMutants,
];
