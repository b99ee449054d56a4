import { describe, expect, test } from "vitest";
import { faultLines, withAxes } from "./parsed.ts";

const network = (...entries: string[]) =>
  ["axes:", "  network:", ...entries.map((entry) => `    - ${entry}`)].join("\n");

describe("the frame", () => {
  test.each<[string, string, string[]]>([
    ["not a mapping", "- 1", ["s.yaml:1:1: expected mapping of sweep keys, got a list"]],
    ["nothing", "# nothing", ["s.yaml:1:1: expected mapping of sweep keys, got null"]],
    ["no axes", "seed: 1", ["s.yaml:1:1 axes: expected mapping with key network, got nothing"]],
    [
      "no network",
      "seed: 1\naxes:\n  ou.rows: [1]",
      ["s.yaml:2:1 axes: expected mapping with key network, got no such key"],
    ],
    [
      "misspelled key",
      `${withAxes()}\nexlude: []`,
      ['s.yaml:3:1 exlude: expected a known key (did you mean "exclude"?), got unknown key'],
    ],
    [
      "configuration outside base",
      `ou: { rows: 3 }\n${withAxes()}`,
      ["s.yaml:1:1 ou: expected configuration keys under base, base: { ou: … }, got unknown key"],
    ],
    [
      "wrong values",
      `schema: 2\nname: ""\nseed: -1\nsamples: none\nschemes: [naive, fast]\naccuracy: { chips: 0, engine: slow, chip: 1 }\nextends: 3\n${withAxes()}`,
      [
        "s.yaml:1:9 schema: expected 1, got 2",
        's.yaml:2:7 name: expected name that is no path, got ""',
        "s.yaml:7:10 extends: expected non-empty string or list of non-empty string, got 3",
        's.yaml:5:18 schemes.1: expected one of "naive", "recom", "occ", "orc", "dof", "orc-dof", "isaac", got "fast"',
        "s.yaml:3:7 seed: expected integer ≥ 0, got -1",
        's.yaml:4:10 samples: expected integer ≥ 1, got "none"',
        "s.yaml:6:20 accuracy.chips: expected integer ≥ 1, got 0",
        's.yaml:6:31 accuracy.engine: expected one of "cells", "cells-i16", "table", got "slow"',
        's.yaml:6:37 accuracy.chip: expected a known key (did you mean "accuracy.chips"?), got unknown key',
      ],
    ],
    [
      "a scheme twice",
      `schemes: [orc, dof, orc]\n${withAxes()}`,
      ["s.yaml:1:21 schemes.2: expected schemes that differ, got orc twice"],
    ],
    [
      "empty accuracy",
      `accuracy:\n${withAxes()}`,
      ["s.yaml:1:10 accuracy: expected mapping with keys chips, engine, samples, got null"],
    ],
    [
      "faulty base",
      `base:\n  ou: { rows: x, rwos: 1 }\n${withAxes()}`,
      [
        's.yaml:2:15 ou.rows: expected integer ≥ 1, got "x"',
        's.yaml:2:18 ou.rwos: expected a known key (did you mean "ou.rows"?), got unknown key',
      ],
    ],
    [
      "base that is no mapping",
      `base: 3\n${withAxes()}`,
      ["s.yaml:1:7: expected mapping of configuration keys, got 3"],
    ],
    [
      "a file that was not read",
      `extends: [sre19, a.yaml]\n${withAxes()}`,
      ['s.yaml:1:18 extends: expected a configuration that was read, got "a.yaml"'],
    ],
  ])("%s", (_, text, lines) => {
    expect(faultLines(text)).toEqual(lines);
  });

  test("a fault in a file that is extended, once for all networks", () => {
    expect(faultLines("extends: x.yaml\naxes: { network: [zoo:a, zoo:b] }", [], ["ou: { rows: 0 }"])).toEqual([
      "a.yaml:1:13 ou.rows: expected integer ≥ 1, got 0",
    ]);
  });

  test("broken YAML names its line, an alias bomb is refused", () => {
    expect(faultLines("axes:\n  network: [zoo:a")[0]).toMatch(/^s\.yaml:2:\d+: expected valid YAML, got /);
    const level = (name: string, below: string) => `${name}: &${name} [${Array(9).fill(below).join(", ")}]`;
    const bomb = [level("a", "x"), level("b", "*a"), level("c", "*b"), level("d", "*c")].join("\n");
    expect(faultLines(bomb)).toEqual(["s.yaml: expected at most 100 alias expansions, got more"]);
  });

  test("__proto__ is a key like any other, everywhere", () => {
    for (const text of [
      `__proto__: { seed: 1 }\n${withAxes()}`,
      withAxes("__proto__: [1]"),
      network("{ input: zoo:a, __proto__: { x: 1 } }"),
      `${withAxes()}\ninclude: [{ __proto__: 1 }]`,
    ]) {
      expect(faultLines(text)).toEqual([
        expect.stringMatching(/^s\.yaml:\d+:\d+ .*__proto__: expected .*unknown key$/),
      ]);
    }
  });
});

describe("networks", () => {
  const at = "s.yaml:3:7 axes.network.0";
  test.each<[string, string, string[]]>([
    ["no list", "axes: { network: zoo:a }", ['s.yaml:1:18 axes.network: expected list of networks, got "zoo:a"']],
    ["empty list", "axes: { network: [] }", ["s.yaml:1:18 axes.network: expected list of networks, got []"]],
    ["a number", network("3"), [`${at}: expected zoo:NAME, or mapping with input or weights, got 3`]],
    ["neither", network("{ name: x }"), [`${at}: expected input or weights, got neither`]],
    [
      "misspelled key and wrong type",
      network("{ input: zoo:a, sample: 1, layers: [] }"),
      [
        `s.yaml:3:42 axes.network.0.layers: expected non-empty string or list of non-empty string, got []`,
        's.yaml:3:23 axes.network.0.sample: expected a known key (did you mean "samples"?), got unknown key',
      ],
    ],
    [
      "a file without inputs",
      network("{ input: a.onnx }"),
      ["s.yaml:3:16 axes.network.0.input: expected inputs or syntheticInputs beside it, got nothing"],
    ],
    [
      "a file alone",
      network("a.onnx"),
      ["s.yaml:3:7 axes.network.0.input: expected inputs or syntheticInputs beside it, got nothing"],
    ],
    [
      "two kinds of inputs",
      network("{ input: a.onnx, inputs: x.npy, syntheticInputs: 1 }"),
      ["s.yaml:3:56 axes.network.0.syntheticInputs: expected no such key beside inputs, got 1"],
    ],
    [
      "inputs of the zoo",
      network("{ input: zoo:a, inputs: x.npy }"),
      ['s.yaml:3:31 axes.network.0.inputs: expected no such key beside zoo:NAME, got "x.npy"'],
    ],
    [
      "a network and a matrix",
      network("{ input: zoo:a, weights: w.npy, labels: l.npy }"),
      [
        's.yaml:3:16 axes.network.0.input: expected no such key beside weights, got "zoo:a"',
        's.yaml:3:47 axes.network.0.labels: expected no such key beside weights, got "l.npy"',
        "s.yaml:3:32 axes.network.0.weights: expected activations beside it, got nothing",
      ],
    ],
    [
      "activations, transpose and map alone",
      network("{ input: zoo:a, activations: a.npy, transpose: true, map: m.yaml }"),
      [
        "s.yaml:3:36 axes.network.0.activations: expected weights beside it, got nothing",
        "s.yaml:3:54 axes.network.0.transpose: expected weights beside it, got nothing",
        "s.yaml:3:65 axes.network.0.map: expected weightsFrom or masks beside it, got nothing",
      ],
    ],
    [
      "equal names",
      network(
        "{ name: a, input: zoo:x }",
        "{ name: a, input: zoo:y }",
        "{ weights: b/zoo.npy, activations: x }",
        "{ name: zoo, input: zoo:z }",
        "zoo:q",
        "zoo:q",
      ),
      [
        's.yaml:4:15 axes.network.1.name: expected names that differ, got "a" twice',
        's.yaml:6:15 axes.network.3.name: expected names that differ, got "zoo" twice',
        's.yaml:8:7 axes.network.5.name: expected names that differ, got "zoo:q" twice',
      ],
    ],
    [
      "faulty config of one",
      network("zoo:a", "{ input: zoo:b, config: { adc: { bits: 0 }, our: 1 } }"),
      [
        's.yaml:4:46 adc.bits: expected integer in 1..16 or "auto", got 0',
        's.yaml:4:51 our: expected a known key (did you mean "ou"?), got unknown key',
      ],
    ],
    [
      "config that is no mapping",
      network("{ input: zoo:b, config: 3 }"),
      ["s.yaml:3:31: expected mapping of configuration keys, got 3"],
    ],
  ])("%s", (_, text, lines) => {
    expect(faultLines(text)).toEqual(lines);
  });
});

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

describe("--set", () => {
  const text = `${withAxes("ou: [{ rows: 4 }]", "adc.bits: [3]")}\ninclude: [{ sparsity.indexBits: 3 }]`;
  test.each<[string, string[]]>([
    ["ou.rows=3", ["--set ou.rows: expected a key that no axis moves, got an axis"]],
    ["ou={rows: 3}", ["--set ou: expected a key that no axis moves, got an axis"]],
    ["sparsity.indexBits=3", ["--set sparsity.indexBits: expected a key that no include rule sets, got one"]],
    ["ou.cols=3", []],
    ["ou={cols: 3}", []],
    ["adc.bit=3", ['--set adc.bit: expected a known key (did you mean "adc.bits"?), got unknown key']],
    ["adc.mode", ["--set adc.mode: expected key.path=value, got no ="]],
    ["adc.mode=fast", ['--set adc.mode: expected one of "clip", "scale", got "fast"']],
    ["ou.cols=129", ["--set ou.cols: expected integer in 1..128 (crossbar.cols), got 129"]],
  ])("%s", (set, lines) => {
    expect(faultLines(text, [set])).toEqual(lines);
  });
});

test("faults of all parts come at once", () => {
  const text =
    "sed: 1\nbase: { adc: { bits: 0 } }\naxes:\n  network: [zoo:a, zoo:a]\n  ou.rows: [4, 500]\nexclude: [{ ou.row: 1 }]";
  expect(faultLines(text, ["adc.mod=1"])).toEqual([
    's.yaml:1:1 sed: expected a known key (did you mean "seed"?), got unknown key',
    's.yaml:4:20 axes.network.1.name: expected names that differ, got "zoo:a" twice',
    's.yaml:6:13 exclude.0.ou.row: expected a known key (did you mean "ou.rows"?), got unknown key',
    's.yaml:2:22 adc.bits: expected integer in 1..16 or "auto", got 0',
    '--set adc.mod: expected a known key (did you mean "adc.mode"?), got unknown key',
    "s.yaml:5:16 ou.rows: expected integer in 1..128 (crossbar.rows), got 500",
  ]);
});
