import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../../../src/model/arch/parse.ts";
import { sweepOf } from "./parsed.ts";

/** Keys with values that go together in every combination. */
const POOL: Record<string, readonly unknown[]> = {
  "ou.rows": [1, 2, 4, 8, 16, 32],
  "ou.cols": [3, 5, 16, 64],
  "crossbar.rows": [64, 128, 256],
  "crossbar.cellBits": [1, 2, 4],
  "sparsity.indexBits": [2, 5, "unlimited"],
  "adc.bits": ["auto", 3, 8],
  "input.mean": [0, [0.5, 0.25], [1]],
  "energy.prices_pJ.bus": [0, 0.5, 2],
  "device.model": ["base", "base@2"],
  "network.batchNorm": ["fold", "digital"],
};
const keys = Object.keys(POOL);
const valueOf = (key: string) => fc.constantFrom(...POOL[key]!);
const pairs = (of: readonly string[]) =>
  fc.subarray([...of]).chain((some) => fc.tuple(...some.map((key) => fc.tuple(fc.constant(key), valueOf(key)))));

/** [["ou.rows", 4]] as nested mappings. */
function nested(entries: readonly (readonly [string, unknown])[]): object {
  const tree: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const path = key.split(".");
    let node = tree;
    for (const name of path.slice(0, -1)) node = (node[name] ??= {}) as Record<string, unknown>;
    node[path.at(-1)!] = value;
  }
  return tree;
}

const sweeps = fc.record({
  axes: fc
    .shuffledSubarray(keys, { maxLength: 4 })
    .chain((some) =>
      fc.tuple(
        ...some.map((key) => fc.tuple(fc.constant(key), fc.shuffledSubarray([...POOL[key]!], { minLength: 1 }))),
      ),
    ),
  networks: fc.array(pairs(keys), { minLength: 1, maxLength: 3 }),
  networkTurn: fc.nat(4),
  extended: pairs(keys),
  base: pairs(keys),
  sets: pairs(keys),
});

test("every point is the configuration of its pieces, each once, last axis fastest", () => {
  fc.assert(
    fc.property(sweeps, fc.infiniteStream(fc.nat(5)), (drawn, picks) => {
      const pick = (count: number): number => Number(picks.next().value) % count;
      const networks = drawn.networks.map((config, index) => ({ input: `zoo:${index}`, config: nested(config) }));
      const axes: [string, readonly unknown[]][] = drawn.axes.map(([key, values]) => [key, values]);
      axes.splice(Math.min(drawn.networkTurn, axes.length), 0, ["network", networks]);
      const moved = new Set(axes.map(([key]) => key));
      const sets = drawn.sets.filter(([key]) => !moved.has(key));

      // Combinations as lists of [key, value], in the order that nested loops give.
      let combinations: [string, unknown][][] = [[]];
      for (const [key, values] of axes)
        combinations = combinations.flatMap((head) =>
          values.map((value) => [...head, [key, value] as [string, unknown]]),
        );
      // A rule of the first keys of some combination matches at least that one.
      const example = combinations[pick(combinations.length)]!;
      const rule = example.slice(0, 1 + pick(axes.length));
      const left = combinations.filter(
        (point) => !rule.every(([key, value]) => point.some(([k, v]) => k === key && v === value)),
      );
      fc.pre(left.length > 0);

      const text = JSON.stringify({
        extends: "a.yaml",
        base: nested(drawn.base),
        axes: Object.fromEntries(axes),
        // A value that is a list stands in a list of values.
        exclude: [
          Object.fromEntries(
            rule.map(([key, value]) => [key, key === "network" ? (value as { input: string }).input : [value]]),
          ),
        ],
      });
      const extended = JSON.stringify(nested(drawn.extended));
      const assignments = sets.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      const { points } = sweepOf(text, assignments, [extended]);

      expect(points).toHaveLength(left.length);
      left.forEach((combination, index) => {
        const network = combination.find(([key]) => key === "network")![1] as (typeof networks)[number];
        const values = combination.filter(([key]) => key !== "network");
        const sources = [extended, JSON.stringify(nested(drawn.base)), JSON.stringify(network.config)];
        const config = parseConfig(
          sources.map((source) => ({ text: source, place: "" })),
          [...assignments, ...values.map(([key, value]) => `${key}=${JSON.stringify(value)}`)],
        );
        const settings = Object.fromEntries(
          values.map(([key, value]) => [key, Array.isArray(value) ? JSON.stringify(value) : value]),
        );
        expect(points[index]).toEqual({ network: network.input, settings, config });
      });
    }),
    { numRuns: 150, seed: 20260727 },
  );
});
