import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../src/model/arch/parse.ts";
import { SCHEMES } from "../../../../src/model/ir/report.ts";
import { sweepOf, withAxes } from "./parsed.ts";

const settingsOf = (text: string) => sweepOf(text).points.map(({ network, settings }) => ({ network, ...settings }));
const valuesOf = (...lines: string[]) => sweepOf(withAxes(...lines)).axes[0]!.values;

describe("around the points", () => {
  test("defaults: all schemes, seed 0, no accuracy, the name that is passed", () => {
    const { points, ...rest } = sweepOf("axes: { network: [zoo:lenet5] }");
    expect(rest).toEqual({
      ...{ name: "s", seed: 0, schemes: SCHEMES, accuracy: null, axes: [] },
      networks: [{ name: "zoo:lenet5", input: "zoo:lenet5" }],
    });
    expect(points).toEqual([{ network: "zoo:lenet5", settings: {}, config: parseConfig([], []) }]);
  });

  test("everything written is taken", () => {
    const text = `schema: 1
name: mine
schemes: [orc, naive]
seed: 7
samples: 20
accuracy: { chips: 2, samples: 9 }
base:
include:
exclude:
axes:
  network:
    - { name: lenet, input: a/b.c.onnx, inputs: x.idx3, samples: 5, layers: "conv*", weightsFrom: [w.npz], map: m.yaml }
    - { weights: w/x.npz:first.one, activations: x.npy, transpose: true }
    - { input: C:\\nets\\vgg.onnx, syntheticInputs: 0 }
`;
    const { points: _, ...sweep } = sweepOf(text);
    expect(sweep).toEqual({
      ...{ name: "mine", seed: 7, schemes: ["orc", "naive"], axes: [] },
      accuracy: { chips: 2, engine: "cells", samples: 9 },
      networks: [
        {
          ...{ name: "lenet", input: "a/b.c.onnx", inputs: "x.idx3", samples: 5, layers: ["conv*"] },
          ...{ weightsFrom: ["w.npz"], map: "m.yaml" },
        },
        { name: "x", samples: 20, weights: "w/x.npz:first.one", activations: "x.npy", transpose: true },
        { name: "vgg", samples: 20, input: "C:\\nets\\vgg.onnx", syntheticInputs: 0 },
      ],
    });
  });

  test("accuracy: {} takes its defaults", () => {
    expect(sweepOf(`accuracy: {}\n${withAxes()}`).accuracy).toEqual({ chips: 3, engine: "cells" });
  });
});

describe("precedence", () => {
  const key = "timing.fillCycles";
  const base = "base: { timing: { fillCycles: 3 } }";
  const plain = "  network: [zoo:lenet5]";
  const own = "  network: [{ input: zoo:lenet5, config: { timing: { fillCycles: 4 } } }]";
  test.each<[string, string[], string[], string[], number]>([
    ["a file over defaults", ["extends: a.yaml", "axes:", plain], [], ["timing: { fillCycles: 1 }"], 1],
    [
      "the later of two files",
      ["extends: [a.yaml, sre19, b.yaml]", "axes:", plain],
      [],
      ["timing: { fillCycles: 1 }", "timing: { fillCycles: 2 }"],
      2,
    ],
    ["base over files", ["extends: a.yaml", base, "axes:", plain], [], ["timing: { fillCycles: 1 }"], 3],
    ["the network over base", [base, "axes:", own], [], [], 4],
    ["--set over the network", [base, "axes:", own], [`${key}=5`], [], 5],
    ["an axis over the network", [base, "axes:", own, `  ${key}: [6]`], [], [], 6],
    ["an included point over the network", [base, "axes:", own, `include: [{ ${key}: 7 }]`], [], [], 7],
  ])("%s", (_, lines, sets, files, expected) => {
    const { points } = sweepOf(lines.join("\n"), sets, files);
    expect(points.at(-1)!.config).toEqual(parseConfig([], [`${key}=${expected}`]));
  });

  test("a network's config is its own", () => {
    const lines = ["axes:", "  network: [zoo:a, { input: zoo:b, config: { ou: { rows: 4 } } }]"];
    expect(sweepOf(lines.join("\n")).points.map(({ config }) => config.ou.rows)).toEqual([16, 4]);
  });
});

describe("order", () => {
  test("last axis fastest, the network in its turn", () => {
    const text = "axes:\n  ou.rows: [8, 4]\n  network: [zoo:b, zoo:a]\n  adc.bits: [auto, 3]";
    expect(settingsOf(text)).toEqual([
      { network: "zoo:b", "ou.rows": 8, "adc.bits": "auto" },
      { network: "zoo:b", "ou.rows": 8, "adc.bits": 3 },
      { network: "zoo:a", "ou.rows": 8, "adc.bits": "auto" },
      { network: "zoo:a", "ou.rows": 8, "adc.bits": 3 },
      { network: "zoo:b", "ou.rows": 4, "adc.bits": "auto" },
      { network: "zoo:b", "ou.rows": 4, "adc.bits": 3 },
      { network: "zoo:a", "ou.rows": 4, "adc.bits": "auto" },
      { network: "zoo:a", "ou.rows": 4, "adc.bits": 3 },
    ]);
  });
});

describe("values", () => {
  test.each<[string, (string | number)[]]>([
    ["ou.rows: { from: 1, to: 4 }", [1, 2, 3, 4]],
    ["ou.rows: { from: 1, to: 8, step: 3 }", [1, 4, 7]],
    ["ou.rows: { from: 9, to: 3, step: -3 }", [9, 6, 3]],
    ["ou.rows: { from: 5, to: 5 }", [5]],
    ["precision.weightBits: { from: 2, to: 16, factor: 2 }", [2, 4, 8, 16]],
    ["ou.rows: { from: 8, to: 1, factor: 0.5 }", [8, 4, 2, 1]],
    ["ou.rows: { from: 3, to: 100, factor: 3 }", [3, 9, 27, 81]],
    ["device.sigmaLrs: { from: 0.1, to: 0.5, step: 0.1 }", [0.1, 0.2, 0.3, 0.4, 0.5]],
    ["device.driftTime_s: { from: 0.001, to: 1000, factor: 10 }", [0.001, 0.01, 0.1, 1, 10, 100, 1000]],
    ["device.model: [base, base@2]", ["base", "base@2"]],
    ["sparsity.indexBits: [3, unlimited]", [3, "unlimited"]],
    ["ou: [{ rows: 4, cols: 2 }, { rows: 8 }]", ["rows=4 cols=2", "rows=8"]],
    ["energy: [{ dacRows: ou, prices_pJ: { bus: 1, edram: 0 } }]", ["dacRows=ou prices_pJ.bus=1 prices_pJ.edram=0"]],
    ["input.mean: [0.5, [0.5, 0.25, 0.125]]", [0.5, "[0.5,0.25,0.125]"]],
    ["network.batchNorm: [fold, digital]", ["fold", "digital"]],
  ])("%s", (line, values) => {
    expect(valuesOf(line)).toEqual(values);
  });

  test("a section moves its keys together and leaves others", () => {
    const { points } = sweepOf(withAxes("ou: [{ rows: 4, cols: 2 }, { rows: 8 }]"));
    expect(points.map(({ config }) => config.ou)).toEqual([
      { rows: 4, cols: 2 },
      { rows: 8, cols: 16 },
    ]);
    expect(points.map(({ settings }) => settings)).toEqual([{ ou: "rows=4 cols=2" }, { ou: "rows=8" }]);
  });
});

describe("exclude and include", () => {
  const grid = withAxes("ou.rows: [4, 8]", "ou.cols: [4, 8]");
  const sizes = (text: string) => sweepOf(text).points.map(({ config }) => [config.ou.rows, config.ou.cols]);
  test.each([
    ["all keys of a rule", "exclude: [{ ou.rows: 4, ou.cols: 8 }]", ["4,4", "8,4", "8,8"]],
    ["a list of values", "exclude: [{ ou.rows: [4, 8], ou.cols: 8 }]", ["4,4", "8,4"]],
    ["any of the rules", "exclude: [{ ou.rows: 4 }, { ou.cols: 8 }]", ["8,4"]],
    ["a section, key by key", "exclude: [{ ou: { rows: 4, cols: 8 } }]", ["4,4", "8,4", "8,8"]],
    ["sections in a list", "exclude: [{ ou: [{ rows: 4, cols: 8 }, { cols: 4 }] }]", ["8,8"]],
    ["sections that say the same twice", "exclude: [{ ou: [{ rows: 4 }, { rows: 4, cols: 8 }] }]", ["8,4", "8,8"]],
    ["the network", "exclude: [{ network: zoo:lenet5, ou.rows: 4 }]", ["8,4", "8,8"]],
    ["a key that is no axis", "exclude: [{ crossbar.rows: 128, ou.rows: 4 }]", ["8,4", "8,8"]],
    ["included points come last", "include: [{ ou.rows: 2 }]", ["4,4", "4,8", "8,4", "8,8", "2,16"]],
    [
      "included points may be excluded ones",
      "exclude: [{ ou.rows: 4 }]\ninclude: [{ ou: { rows: 4, cols: 4 } }]",
      ["8,4", "8,8", "4,4"],
    ],
    ["a point that is there stays where it is", "include: [{ ou.rows: 4, ou.cols: 8 }]", ["4,4", "4,8", "8,4", "8,8"]],
    ["all excluded, one included", "exclude: [{ ou.rows: [4, 8] }]\ninclude: [{ ou.cols: 3 }]", ["16,3"]],
  ])("%s", (_, rules, expected) => {
    expect(sizes(`${grid}\n${rules}`).map(String)).toEqual(expected);
  });

  test("an included point names its network, every axis and what else it sets", () => {
    const text = `base: { crossbar: { cellBits: 4 } }
axes:
  network: [zoo:a, zoo:b]
  ou: [{ rows: 4 }, { rows: 8, cols: 8 }]
  crossbar.cellBits: [1, 2]
include:
  - { network: zoo:b, ou.rows: 2, adc.bits: 3 }
  - { network: zoo:a, ou.rows: 4, adc.bits: 3 }`;
    const points = sweepOf(text).points.slice(8);
    expect(points.map(({ network, settings }) => ({ network, settings }))).toEqual([
      { network: "zoo:b", settings: { ou: "rows=2 cols=16", "crossbar.cellBits": 4, "adc.bits": 3 } },
      { network: "zoo:a", settings: { ou: "rows=4", "crossbar.cellBits": 4, "adc.bits": 3 } },
    ]);
    const lines = ["crossbar.cellBits=4", "ou.rows=2", "adc.bits=3"];
    expect(points[0]!.config).toEqual(parseConfig([], lines));
  });

  test("points that come to the same are one", () => {
    const { points } = sweepOf(withAxes("ou: [{ rows: 4 }, { rows: 4, cols: 16 }, { cols: 3 }]"));
    expect(points.map(({ settings }) => settings["ou"])).toEqual(["rows=4", "cols=3"]);
  });
});
