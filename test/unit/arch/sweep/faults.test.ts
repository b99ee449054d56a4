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
