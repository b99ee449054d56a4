import { describe, expect, test } from "vitest";
import { assumptions } from "../../../src/model/arch/assumptions.ts";
import { explain, knownTerms } from "../../../src/model/arch/glossary.ts";
import { configKeys } from "../../../src/model/arch/keys.ts";
import { sre19Prices } from "../../../src/model/arch/presets/sre19.ts";
import { InputError } from "../../../src/model/base/errors.ts";
import { SCHEMES } from "../../../src/model/ir/report.ts";

describe("explain", () => {
  test("no term is there twice, and each explains itself", () => {
    const terms = knownTerms();
    expect(new Set(terms.map((term) => term.toLowerCase())).size).toBe(terms.length);
    for (const term of terms) {
      const { text, source } = explain(term);
      expect(explain(term).term).toBe(term);
      expect(text).not.toBe("");
      expect(source).not.toBe("");
    }
  });

  test.each(SCHEMES)("scheme %s has a formula", (scheme) => {
    expect(explain(scheme).formula).toMatch(/ouOps = /);
  });

  test("keys say their default and range from the schema", () => {
    for (const key of configKeys()) expect(explain(key.path).text).toContain(JSON.stringify(key.default));
    expect(explain("sparsity.indexBits").text).toContain('Default 5; integer in 1..16 or "unlimited".');
  });

  test("prices: all of the preset, each with its source, estimates marked", () => {
    const lines = explain("prices").text.split("\n");
    expect(lines).toHaveLength(Object.keys(sre19Prices).length);
    for (const [key, price] of Object.entries(sre19Prices)) {
      const line = lines.find((candidate) => candidate.startsWith(`${key}: ${price.price_pJ} pJ`));
      expect(line).toContain(price.source);
      expect(line?.includes("estimate")).toBe(price.estimate);
    }
  });

  test("case does not matter, and the last part of a key is enough where it is unique", () => {
    expect(explain("ORC-DOF").term).toBe("orc-dof");
    expect(explain("isaacStep_ns").term).toBe("timing.isaacStep_ns");
  });

  test.each([
    ["orc-dfo", /did you mean "orc-dof"/],
    ["rows", /did you mean "crossbar.rows", "ou.rows"/],
    ["adcConversion", /"adcConversions"/],
    ["zzzzzzzzzz", /^TERM: expected a scheme, word, option, event or assumption, got "zzzzzzzzzz"$/],
  ])("unknown term %s", (term, message) => {
    expect(() => explain(term)).toThrow(InputError);
    expect(() => explain(term)).toThrow(message);
  });
});

describe("assumptions", () => {
  test("are numbered upwards from A1, and their options exist", () => {
    const keys = new Set(configKeys().map((key) => key.path));
    // Numbers are never given anew: what is decided side by side may leave a gap.
    const numbers = assumptions.map(({ id }) => Number(/^A([1-9]\d*)$/.exec(id)![1]));
    expect(numbers[0]).toBe(1);
    expect(numbers.slice(1).every((number, index) => number > numbers[index]!)).toBe(true);
    for (const { configKey } of assumptions) if (configKey !== undefined) expect(keys).toContain(configKey);
  });
});
