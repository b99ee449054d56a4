import type { Term } from "../arch/term.ts";
import { countFixedRows } from "./planeOus.ts";
import type { SchemeExtras, SchemeLayer, SchemeRule } from "./rule.ts";

export const orcWords: Term = {
  text: "OU-row compression: each OU column group keeps only rows with a cell that is not skippable (weight sparsity).",
  formula: "ouOps = Σ_g Ba · ceil(|M_g| / H)",
  source: "§7 [sre19]",
};

export const orc = {
  placement: "orc",
  step: "ou",
  formation: "fixed",
  streams: "orc",
  ous: ({ compressed, config, kernels }) => countFixedRows(compressed.orcSegments, config.ou.rows, kernels),
  extras: readIndex,
} satisfies SchemeRule;

/** The index of all kept rows is read and summed up once a window. */
export function readIndex({ compressed: { orc } }: SchemeLayer): SchemeExtras {
  return { indexReadBits: orc.indexBits, runningSums: orc.keptRows };
}
