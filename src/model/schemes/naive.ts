import type { Term } from "../arch/term.ts";
import { countFixedRows } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const naiveWords: Term = {
  text: "OU baseline without sparsity: every group, every bit-plane, every used row. The denominator of the speed-ups.",
  formula: "ouOps = G · Ba · ceil(n_used / H)",
  source: "§7 [sre19]",
};

export const naive = {
  placement: "dense",
  step: "ou",
  formation: "fixed",
  streams: "dense",
  ous: ({ compressed, config, kernels }) => countFixedRows(compressed.denseSegments, config.ou.rows, kernels),
} satisfies SchemeRule;
