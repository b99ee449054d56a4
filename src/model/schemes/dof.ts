import type { Term } from "../arch/term.ts";
import { countRows } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const dofWords: Term = {
  text: "Dynamic OU formation: a bit-plane opens only rows whose input bit is 1, H at a time (activation bit sparsity).",
  formula: "ouOps = G · Σ_p ceil(|B_p| / H)",
  source: "§7 [sre19]",
};

export const dof = {
  placement: "dense",
  step: "ou",
  formation: "dynamic",
  streams: "dense",
  extras: ({ compressed }) => ({ wordlineGeneratorRows: countRows(compressed.denseSegments) }),
} satisfies SchemeRule;
