import type { Term } from "../arch/term.ts";
import { sum } from "../base/numbers.ts";
import { countFixedRows } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const recomWords: Term = {
  text: "naive after deleting rows and columns that are zero over the whole layer matrix, before placement.",
  formula: "ouOps = G' · Ba · ceil(n_used' / H), primes: after the deletion",
  source: "§7 [sre19]",
};

export const recom = {
  placement: "recom",
  step: "ou",
  formation: "fixed",
  ous: ({ compressed, config, kernels }) => countFixedRows(compressed.recomSegments, config.ou.rows, kernels),
  extras: ({ matrices, zeros }) => ({
    inputValues: sum(matrices.map(({ rowCount }) => rowCount)) - zeros.zeroRowCount,
  }),
} satisfies SchemeRule;
