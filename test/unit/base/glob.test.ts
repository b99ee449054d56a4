import fc from "fast-check";
import { expect, test } from "vitest";
import { matchGlob } from "../../../src/model/base/glob.ts";

/** The same by a regular expression, whose stars are greedy, too. */
function byExpression(pattern: string, text: string): string[] | null {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "(.*)");
  return new RegExp(`^${escaped}$`, "s").exec(text)?.slice(1) ?? null;
}

test("a pattern means what its regular expression means", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", ".", "\n"), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "\n", "*"), maxLength: 9 });
  fc.assert(
    fc.property(pattern, text, (glob, name) => {
      expect(matchGlob(glob, name)).toEqual(byExpression(glob, name));
    }),
    { seed: 1, numRuns: 20_000 },
  );
});

test("many stars take no longer than few", () => {
  expect(matchGlob(`${"*a".repeat(60)}*b`, "a".repeat(200))).toBeNull();
  expect(matchGlob("*".repeat(1000), "layer")).toEqual(["layer", ...new Array<string>(999).fill("")]);
});
