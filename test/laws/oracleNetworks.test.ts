import { describe, expect, it } from "vitest";
import { KINDS, compareCase, kindsOf, networkCase, shrink } from "../helpers/oracle/networkCase.ts";

// Whole networks, as ONNX files, against the naive second implementation: every number that the report has a rule for.
// `npm run test:oracle` runs thousands of them.

const SEED = 0;
const BATCHES = 10;
const PER_BATCH = 10;

const seen = new Set<string>();

describe("random networks equal the naive model", () => {
  it.each(Array.from({ length: BATCHES }, (_, batch) => batch))("batch %i", async (batch) => {
    for (let index = batch * PER_BATCH; index < (batch + 1) * PER_BATCH; index++) {
      const one = networkCase(SEED, index);
      const comparison = await compareCase(one);
      const { differences } = comparison;
      if (differences.length > 0)
        throw new Error(`network ${index}\n${await shrink(SEED, index)}`, { cause: differences });
      for (const kind of kindsOf(one, comparison)) seen.add(kind);
    }
  });

  it("of every kind", () => expect(KINDS.filter((kind) => !seen.has(kind))).toEqual([]));
});
