import type { Term } from "../../src/model/arch/term.ts";
import { cutIntoRuns } from "../../src/model/base/runs.ts";
import type { PlaneOus, SchemeLayer, SchemeRule } from "../../src/model/schemes/rule.ts";

export const ouSkipWords: Term = {
  text: "OU skipping: rows stay where they are, and an OU is left out when none of its cells has to be read.",
  formula: "ouOps = Ba · Σ_g Σ over OU row groups (1 if a row is kept, else 0)",
  source: "docs/adding-a-scheme.md",
};

export const ouSkip = {
  placement: "dense",
  step: "ou",
  formation: "fixed",
  ous: countFilledOus,
  // A bit for each OU says whether it is left out.
  extras: ({ matrices, placement: { rowBlocks, colBlocks }, config }) => {
    const perBlock = rowBlocks.map(({ count }) => cutIntoRuns(count, config.ou.rows).length);
    const groupCount = colBlocks.reduce((total, { groups }) => total + groups.length, 0);
    return { indexReadBits: matrices.length * groupCount * perBlock.reduce((a, b) => a + b, 0) };
  },
} satisfies SchemeRule;

/** Crossbars in the order of the dense placement: matrix, row block, column block. */
function countFilledOus({ matrices, placement: { rowBlocks, colBlocks }, config, kernels }: SchemeLayer): PlaneOus {
  const ouOpsByCrossbar: number[] = [];
  const events = { adcConversions: 0, dacRows: 0, cellReads: 0 };
  for (const matrix of matrices) {
    const kept = colBlocks.map(({ coding, groups }) =>
      kernels.buildRowMasks(matrix, { cellBits: config.crossbar.cellBits, coding }, groups),
    );
    for (const block of rowBlocks) {
      const ouRowGroups = cutIntoRuns(block.count, config.ou.rows, block.start);
      for (const [b, { groups }] of colBlocks.entries()) {
        const { words, wordCount } = kept[b]!;
        const isKept = (g: number, row: number): boolean =>
          ((words[g * wordCount + (row >> 5)]! >>> (row & 31)) & 1) === 1;
        let ouOps = 0;
        for (const [g, { count: bitlines }] of groups.entries()) {
          for (const { start, count: rows } of ouRowGroups) {
            if (!Array.from({ length: rows }, (_, i) => start + i).some((row) => isKept(g, row))) continue;
            ouOps++;
            events.adcConversions += bitlines;
            events.dacRows += rows;
            events.cellReads += rows * bitlines;
          }
        }
        ouOpsByCrossbar.push(ouOps);
      }
    }
  }
  return { ouOpsByCrossbar, ...events };
}
