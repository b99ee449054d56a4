import { describe, expect, test } from "vitest";
import { faultLines, withAxes } from "./parsed.ts";

describe("axes", () => {
  test.each<[string, string[], string[]]>([
    [
      "misspelled key",
      ["ou.rwos: [1]"],
      ['s.yaml:3:3 axes.ou.rwos: expected a known key (did you mean "ou.rows"?), got unknown key'],
    ],
    ["nothing alike", ["qqqq.zzzz: [1]"], ["s.yaml:3:3 axes.qqqq.zzzz: expected a configuration key, got unknown key"]],
    ["the version", ["schema: [1]"], ["s.yaml:3:3 axes.schema: expected a configuration key, got unknown key"]],
    [
      "nested keys",
      ["ou:", "  rows: [1, 2]"],
      ["s.yaml:4:5 axes.ou.rows: expected one dotted key, ou.rows: […], got nested keys"],
    ],
    ["no list", ["ou.rows: 4"], ["s.yaml:3:12 axes.ou.rows: expected list of values, or range { from, to }, got 4"]],
    ["a section that is no list", ["ou: 4"], ["s.yaml:3:7 axes.ou: expected list of mappings, got 4"]],
    ["empty", ["ou.rows: []"], ["s.yaml:3:12 axes.ou.rows: expected at least one value, got []"]],
    [
      "faulty values",
      ["ou.rows: [0, 4, x]", "adc.bits: [auto, 17]"],
      [
        "s.yaml:3:13 ou.rows: expected integer ≥ 1, got 0",
        's.yaml:3:19 ou.rows: expected integer ≥ 1, got "x"',
        's.yaml:4:20 adc.bits: expected integer in 1..16 or "auto", got 17',
      ],
    ],
    [
      "faulty sections",
      ["ou: [{ rows: 0 }, { clos: 1 }, {}, ~, 3]"],
      [
        "s.yaml:3:16 ou.rows: expected integer ≥ 1, got 0",
        's.yaml:3:23 ou.clos: expected a known key (did you mean "ou.cols"?), got unknown key',
        "s.yaml:3:34 ou: expected mapping with keys rows, cols, got {}",
        "s.yaml:3:38 ou: expected mapping with keys rows, cols, got nothing",
        "s.yaml:3:41 ou: expected mapping with keys rows, cols, got 3",
      ],
    ],
    ["a value twice", ["ou.rows: [4, 8, 4]"], ["s.yaml:3:19 ou.rows: expected values that differ, got 4 twice"]],
    [
      "a section twice",
      ["ou: [{ rows: 4, cols: 8 }, { cols: 8, rows: 4 }]"],
      ['s.yaml:3:30 ou: expected values that differ, got {"cols":8,"rows":4} twice'],
    ],
    [
      "a key and its section",
      ["ou.rows: [4]", "ou: [{ cols: 8 }]"],
      ["s.yaml:4:3 axes.ou: expected a key that no other axis moves, got axes.ou.rows beside it"],
    ],
    [
      "range without end",
      ["ou.rows: { from: 1 }"],
      ['s.yaml:3:12 axes.ou.rows: expected range with to, got {"from":1}'],
    ],
    [
      "misspelled range",
      ["ou.rows: { from: 1, to: x, stpe: 2 }"],
      [
        's.yaml:3:27 axes.ou.rows.to: expected number, got "x"',
        's.yaml:3:30 axes.ou.rows.stpe: expected a known key (did you mean "step"?), got unknown key',
      ],
    ],
    [
      "step and factor",
      ["ou.rows: { from: 1, to: 9, step: 1, factor: 2 }"],
      ["s.yaml:3:12 axes.ou.rows: expected range with step or factor, got both"],
    ],
    [
      "no step",
      ["ou.rows: { from: 1, to: 9, step: 0 }"],
      ['s.yaml:3:12 axes.ou.rows: expected range that ends, got {"from":1,"to":9,"step":0}'],
    ],
    [
      "factor one",
      ["ou.rows: { from: 1, to: 9, factor: 1 }"],
      ['s.yaml:3:12 axes.ou.rows: expected range that ends, got {"from":1,"to":9,"factor":1}'],
    ],
    [
      "factor of zero",
      ["ou.rows: { from: 0, to: 9, factor: 2 }"],
      ['s.yaml:3:12 axes.ou.rows: expected range that ends, got {"from":0,"to":9,"factor":2}'],
    ],
    [
      "factor across zero",
      ["input.scale: { from: -1, to: 9, factor: 2 }"],
      [
        's.yaml:3:16 axes.input.scale: expected from and to of one sign beside a factor, got {"from":-1,"to":9,"factor":2}',
      ],
    ],
    [
      "empty range",
      ["ou.rows: { from: 9, to: 1 }"],
      ['s.yaml:3:12 axes.ou.rows: expected range with at least one value, got {"from":9,"to":1}'],
    ],
    [
      "infinite range",
      ["ou.rows: { from: 1, to: .inf }"],
      ["s.yaml:3:27 axes.ou.rows.to: expected number, got Infinity"],
    ],
    [
      "long range",
      ["ou.rows: { from: 1, to: 100001 }"],
      ["s.yaml:3:12 axes.ou.rows: expected at most 100000 values, got 100001"],
    ],
    [
      "a range beyond the limit, told once",
      ["precision.weightBits: { from: 1, to: 99 }"],
      ["s.yaml:3:25 precision.weightBits: expected integer in 1..16, got 17"],
    ],
  ])("%s", (_, lines, faults) => {
    expect(faultLines(withAxes(...lines))).toEqual(faults);
  });

  test("100,000 points are fine, more are not", () => {
    const axes = (last: number) =>
      withAxes("timing.isaacStep_ns: { from: 1, to: 1000 }", `timing.fillCycles: { from: 1, to: ${last} }`);
    expect(faultLines(axes(100))).toEqual([]);
    expect(faultLines(axes(101))).toEqual(["s.yaml:1:1 axes: expected at most 100000 points, got 101000"]);
    expect(faultLines(`${axes(100)}\ninclude: [{ ou.rows: 1 }]`)).toEqual([
      "s.yaml:1:1 axes: expected at most 100000 points, got 100001",
    ]);
  });
});

describe("rules between keys", () => {
  test.each<[string, string, string[]]>([
    [
      "two axes, once for each pair of values",
      withAxes("ou.rows: [4, 64, 99]", "crossbar.rows: [32, 128, 64]"),
      [
        "s.yaml:3:16 ou.rows: expected integer in 1..32 (crossbar.rows), or an exclude rule, got 64",
        "s.yaml:3:20 ou.rows: expected integer in 1..32 (crossbar.rows), or an exclude rule, got 99",
        "s.yaml:3:20 ou.rows: expected integer in 1..64 (crossbar.rows), or an exclude rule, got 99",
      ],
    ],
    [
      "two ranges, once",
      withAxes("ou.rows: { from: 1, to: 99 }", "crossbar.rows: { from: 32, to: 64 }"),
      ["s.yaml:3:12 ou.rows: expected integer in 1..32 (crossbar.rows), or an exclude rule, got 33"],
    ],
    [
      "an axis against base",
      withAxes("ou.rows: [4, 256]"),
      ["s.yaml:3:16 ou.rows: expected integer in 1..128 (crossbar.rows), got 256"],
    ],
    [
      "base against an axis",
      `${withAxes("crossbar.rows: [128, 8]")}\nbase: { ou: { rows: 16 } }`,
      ["s.yaml:3:24 crossbar.rows: expected integer in 1..8 (crossbar.rows) for ou.rows, got 16"],
    ],
    [
      "base alone",
      `${withAxes("adc.bits: [1, 2]")}\nbase: { ou: { rows: 256 } }`,
      ["s.yaml:4:21 ou.rows: expected integer in 1..128 (crossbar.rows), got 256"],
    ],
    [
      "an included point",
      `${withAxes()}\ninclude: [{ ou.cols: 129 }]`,
      ["s.yaml:3:22 ou.cols: expected integer in 1..128 (crossbar.cols), got 129"],
    ],
    [
      "one section",
      withAxes("mapping: [{ coding: differential }]", "precision.weightBits: [1, 2]"),
      [
        "s.yaml:4:26 precision.weightBits: expected integer in 2..16 (mapping.coding differential), or an exclude rule, got 1",
      ],
    ],
    [
      "excluded",
      `${withAxes("ou.rows: [4, 64]", "crossbar.rows: [32, 64]")}\nexclude: [{ ou.rows: 64, crossbar.rows: 32 }]`,
      [],
    ],
    ["base that no point has", `${withAxes("ou.rows: [4, 64]")}\nbase: { ou: { rows: 256 } }`, []],
  ])("%s", (_, text, lines) => {
    expect(faultLines(text)).toEqual(lines);
  });
});

describe("include and exclude", () => {
  const grid = "axes:\n  network: [zoo:alex, zoo:vgg]\n  ou.rows: [4, 8]\n";
  test.each<[string, string, string[]]>([
    ["no list", "exclude: { ou.rows: 4 }", ['s.yaml:4:10 exclude: expected list of rules, got {"ou.rows":4}']],
    [
      "empty rule",
      "exclude: [{}]",
      ["s.yaml:4:11 exclude.0: expected mapping of network and configuration keys, got {}"],
    ],
    ["no rule", "include: [3]", ["s.yaml:4:11 include.0: expected mapping of network and configuration keys, got 3"]],
    [
      "misspelled key",
      "exclude: [{ ou.rwos: 4 }]",
      ['s.yaml:4:13 exclude.0.ou.rwos: expected a known key (did you mean "ou.rows"?), got unknown key'],
    ],
    [
      "unknown network",
      "exclude: [{ network: zoo:vg }]",
      [
        's.yaml:4:22 exclude.0.network: expected a name of axes.network: zoo:alex, zoo:vgg (did you mean "zoo:vgg"?), got "zoo:vg"',
      ],
    ],
    ["value out of range", "exclude: [{ ou.rows: [4, 0] }]", ["s.yaml:4:26 ou.rows: expected integer ≥ 1, got 0"]],
    [
      "value of no point",
      "exclude: [{ ou.rows: [4, 7] }]",
      ["s.yaml:4:26 exclude.0.ou.rows: expected a value that points of the axes have, got 7"],
    ],
    [
      "empty list",
      "exclude: [{ ou.rows: [] }]",
      ["s.yaml:4:22 exclude.0.ou.rows: expected a value or a list of values, got []"],
    ],
    [
      "a rule that contradicts itself",
      "exclude:\n  - { ou.rows: 4 }\n  - { ou.rows: 4, ou: { rows: 8 } }",
      ["s.yaml:6:5 exclude.1: expected a rule that matches points, got none"],
    ],
    [
      "nothing left",
      "exclude: [{ ou.rows: [4, 8] }]",
      ["s.yaml:1:1 axes: expected points that no exclude rule leaves out, got none"],
    ],
    [
      "which network",
      "include: [{ ou.rows: 2 }]",
      ["s.yaml:4:11 include.0: expected network, one of zoo:alex, zoo:vgg, got none"],
    ],
    [
      "a list of values",
      "include: [{ network: zoo:vgg, ou.rows: [1, 2] }]",
      ["s.yaml:4:40 ou.rows: expected integer ≥ 1, got [1,2]"],
    ],
    [
      "a key twice",
      "include: [{ network: zoo:vgg, ou: { rows: 4 }, ou.rows: 2 }]",
      ["s.yaml:4:48 include.0.ou.rows: expected a key that is set once, got ou beside it"],
    ],
  ])("%s", (_, rules, lines) => {
    expect(faultLines(grid + rules)).toEqual(lines);
  });

  test("rules are not blamed for what other faults take away", () => {
    const text = "axes:\n  network: [zoo:a]\n  ou.rows: [0, 8]\nexclude: [{ ou.rows: 8 }, { ou.rows: 9 }]";
    expect(faultLines(text)).toEqual(["s.yaml:3:13 ou.rows: expected integer ≥ 1, got 0"]);
  });
});
