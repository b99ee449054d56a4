import { expect, test } from "vitest";
import { SCHEMES } from "../../../src/model/ir/report.ts";
import { gainTable } from "../../../src/pipeline/reproduce/gains.ts";

/** A network that every scheme gains the same on. */
function network(name: string, gain: number) {
  const subject = { name, pruning: "structured", weights: "real", inputs: "real" } as const;
  return { subject, gains: Object.fromEntries(SCHEMES.map((scheme) => [scheme, gain])) };
}

const saving = (gain: number): number => 1 - 1 / gain;

test("means of gains, and of what they save", () => {
  const rows = [network("a", 1), network("b", 4), network("c", 16)];
  const means = (shown: (gain: number) => number): unknown[] =>
    gainTable("", rows, shown).rows.map(([name, , , , first]) => [name, first]);
  expect(means((gain) => gain).slice(3)).toEqual([
    ["geometric mean, structured", 4],
    ["arithmetic mean, structured", 7],
  ]);
  // Of the shares themselves, 0, 3/4 and 15/16, the geometric mean would be 0.
  expect(means(saving)).toEqual([
    ["a", 0],
    ["b", 0.75],
    ["c", 0.9375],
    ["geometric mean, structured", 0.75],
    ["arithmetic mean, structured", (0 + 0.75 + 0.9375) / 3],
  ]);
});
