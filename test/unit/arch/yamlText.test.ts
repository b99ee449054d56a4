import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineCounter, isMap, isSeq, parseDocument, stringify } from "yaml";
import type { ToStringOptions } from "yaml";
import { Faults } from "../../../src/model/base/errors.ts";
import { readYaml } from "../../../src/model/arch/yamlText.ts";
import type { Part } from "../../../src/model/arch/yamlText.ts";

function read(text: string): Part {
  const faults = new Faults();
  const part = readYaml(text, "a", faults);
  faults.throwIfAny();
  return part!;
}

function faultLines(text: string): string[] {
  const faults = new Faults();
  expect(readYaml(text, "a", faults)).toBeUndefined();
  return faults.all.map(({ place, expected, got }) => `${place}: expected ${expected}, got ${got}`);
}

/** Where another reader of YAML finds values and keys, in order. */
function placesByOther(text: string): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const places: string[] = [];
  const visit = (node: unknown): void => {
    const { line, col } = lines.linePos((node as { range: [number] }).range[0]);
    places.push(`a:${line}:${col}`);
    if (isMap(node)) for (const { key, value } of node.items) [key, value].forEach(visit);
    if (isSeq(node)) node.items.forEach(visit);
  };
  visit(document.contents);
  return places;
}

function placesOf({ place, entries, items }: Part): string[] {
  const inside = entries.flatMap(({ keyPlace, part }) => [keyPlace, ...placesOf(part)]);
  return [place, ...inside, ...items.flatMap(placesOf)];
}

describe("what is written", () => {
  test.each<[string, unknown]>([
    ["", null],
    ["# only a comment\n", null],
    ["--- 5\n...\n", 5],
    [
      "[~, null, Null, '', true, FALSE, yes, 0x1f, 0o17, 1e-2, .5, -.inf, 1_000]",
      parseDocument("[~, null, Null, '', true, FALSE, yes, 0x1f, 0o17, 1e-2, .5, -.inf, 1_000]").toJS(),
    ],
    ["a: !!str 5\nb: !!int '7'", { a: "5", b: 7 }],
    ["1: a\nnull: b\ntrue: c\n[1, 2]: d", { 1: "a", null: "b", true: "c", "[1,2]": "d" }],
    ["a: &x [1]\nb: *x\nc: &x 2\nd: *x", { a: [1], b: [1], c: 2, d: 2 }],
    ["a: &o [&x 1]\nb: &x 2\nc: *o\nd: *x", { a: [1], b: 2, c: [1], d: 2 }],
    ["a: |\n  one\n  two\nb: >-\n  one\n  two", { a: "one\ntwo\n", b: "one two" }],
  ])("%j", (text, value) => {
    expect(JSON.parse(JSON.stringify([read(text).value]))).toEqual(JSON.parse(JSON.stringify([value])));
  });

  test("whatever another library writes, it reads back, every part where that library finds it", () => {
    const options: fc.Arbitrary<ToStringOptions> = fc.record({
      indent: fc.integer({ min: 1, max: 4 }),
      collectionStyle: fc.constantFrom("any", "flow", "block"),
      defaultStringType: fc.constantFrom("PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE"),
      lineWidth: fc.constantFrom(0, 20, 80),
    });
    fc.assert(
      fc.property(fc.jsonValue(), options, (value, how) => {
        const text = stringify(value, { ...how, blockQuote: false });
        const part = read(text);
        expect(JSON.stringify(part.value)).toBe(JSON.stringify(value));
        expect(placesOf(part)).toEqual(placesByOther(text));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("a missing value stands after the colon of its key", () => {
    const text = "a:\n'b' :\nc: { e:, f: 1 }\n";
    expect(placesOf(read(text))).toEqual(placesByOther(text));
  });

  test("and where the key has no colon, with its key", () => {
    expect(placesOf(read("{ a, b }"))).toEqual(["a:1:1", "a:1:3", "a:1:3", "a:1:6", "a:1:6"]);
  });
});

describe("faults", () => {
  test.each([
    ["a: [1", /^a:1:\d: expected valid YAML, got unexpected end/],
    ["a: 1\n b: 2", /^a:\d:\d: expected valid YAML, got /],
    ["a: 1\nb: 2\na: 3", /^a:3:1: expected valid YAML, got a twice, keys must be unique$/],
    ["a: *x\nb: &x 1", /^a:1:4: expected valid YAML, got \*x without &x before it$/],
    ["a: 1\n---\nb: 2", /^a:3:1: expected valid YAML, got a second document$/],
    ["a: 1\n---\n", /^a:\d:\d: expected valid YAML, got a second document$/],
    ["a: !!int x", /^a:1:4: expected valid YAML, got cannot resolve/],
  ])("%j", (text, line) => {
    expect(faultLines(text)).toEqual([expect.stringMatching(line)]);
  });

  test("aliases are unfolded a hundred times, not more", () => {
    const texts = [99, 100].map((count) => `- &x 1\n- [${Array(count).fill("*x").join(", ")}]\n- *x`);
    expect(read(texts[0]!).items).toHaveLength(3);
    expect(faultLines(texts[1]!)).toEqual(["a: expected at most 100 alias expansions, got more"]);
  });
});
