import { describe, expect, test } from "vitest";
import { extendsOf, isSweep } from "../../../../src/model/arch/sweep/extends.ts";

test.each<[string, { path: string; place: string }[]]>([
  ["seed: 1", []],
  ["extends: sre19", []],
  ["extends: a.yaml", [{ path: "a.yaml", place: "s.yaml:1:10 extends" }]],
  [
    "seed: 1\nextends:\n  - ../a.yaml\n  - sre19\n  - b.yaml",
    [
      { path: "../a.yaml", place: "s.yaml:3:5 extends" },
      { path: "b.yaml", place: "s.yaml:5:5 extends" },
    ],
  ],
  ["extends: [3, a.yaml]", [{ path: "a.yaml", place: "s.yaml:1:14 extends" }]],
  ["extends: [", []],
])("files of %j", (text, files) => {
  expect(extendsOf({ text, place: "s.yaml" })).toEqual(files);
});

describe("isSweep", () => {
  test.each([
    ["axes: {}", true],
    ["schema: 1\nbase: {}", true],
    ["extends: a", true],
    ["schemes: [", true],
    ["include:\nexclude:", true],
    ["", false],
    ["schema: 1\nou: { rows: 3 }", false],
    ["network: { batchNorm: fold }", false],
    ["ou: { axes: 1 }", false],
    ["- axes", false],
    ["ou: [", false],
  ])("%j: %s", (text, expected) => {
    expect(isSweep(text)).toBe(expected);
  });
});
