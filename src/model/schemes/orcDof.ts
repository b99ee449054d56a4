import type { Term } from "../arch/term.ts";
import { readIndex } from "./orc.ts";
import { countGroupRows } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const orcDofWords: Term = {
  text: "The Sparse ReRAM Engine: kept rows whose input bit is 1, in the packed order of each group.",
  formula: "ouOps = Σ_g Σ_p ceil(|M_g ∩ B_p| / H)",
  source: "§7 [sre19]",
};

export const orcDof = {
  placement: "orc",
  step: "ou",
  formation: "dynamic",
  streams: "orc",
  extras: (layer) => ({
    ...readIndex(layer),
    wordlineGeneratorRows: countGroupRows(layer.compressed.orcSegments),
  }),
} satisfies SchemeRule;
