import type { Term } from "../arch/term.ts";
import { countFixedBitlines } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const occWords: Term = {
  text: "OU-column compression: in each OU row group only bitlines with a cell that is not skippable; outputs need indexing.",
  formula: "ouOps = Ba · Σ over OU row groups ceil(kept bitlines / L)",
  source: "§7 [sre19]",
};

export const occ = {
  placement: "dense",
  step: "ou",
  formation: "fixed",
  ous: ({ compressed, config }) => countFixedBitlines(compressed.occupied, config.ou.cols),
} satisfies SchemeRule;
