import { describe, expect, test } from "vitest";
import { configSchema } from "../../../src/model/arch/config.ts";
import { parseConfig } from "../../../src/model/arch/parse.ts";
import { stringifyConfig } from "../../../src/model/arch/stringify.ts";
import { InputError } from "../../../src/model/base/errors.ts";

/** Lines of the faults of YAML texts named a.yaml, b.yaml, …, options and preset; empty when it parses. */
function faultLines(texts: string[], sets: string[] = [], preset?: string): string[] {
  try {
    parse(texts, sets, preset);
  } catch (error) {
    if (error instanceof InputError) return error.message.split("\n");
    throw error;
  }
  return [];
}

function parse(texts: string[], sets: string[] = [], preset?: string) {
  const sources = texts.map((text, index) => ({ text, place: `${"abc"[index]}.yaml` }));
  return parseConfig(sources, sets, preset);
}

describe("merging", () => {
  test("nothing written gives the defaults of the schema", () => {
    expect(parse([])).toEqual(configSchema.parse({}));
    expect(parse([""])).toEqual(configSchema.parse({}));
    expect(parse(["# only a comment\nou:\n"])).toEqual(configSchema.parse({}));
  });

  test("later files win key by key, --set wins over files", () => {
    const config = parse(["ou: { rows: 4, cols: 8 }", "ou: { rows: 9 }\nadc: { bits: 5 }"], ["adc.bits=auto"]);
    expect(config.ou).toEqual({ rows: 9, cols: 8 });
    expect(config.adc.bits).toBe("auto");
  });

  test("a file is stronger than the preset, later --set stronger than earlier", () => {
    expect(parse(["preset: sre19"], ["ou.rows=2", "ou.rows=3"], "sre19").ou.rows).toBe(3);
  });

  test("--set reads YAML values", () => {
    const config = parse([], ["sparsity.indexBits=unlimited", "input.mean=[0.5, 0.25]", "input.scale=1e-2"]);
    expect(config.sparsity.indexBits).toBe("unlimited");
    expect(config.input.mean).toEqual([0.5, 0.25]);
    expect(config.input.scale).toBe(0.01);
  });

  test("the resolved text reads back to the same configuration", () => {
    const config = parse([], ["ou.rows=9", "energy.prices_pJ.bus=0.5", "tile.count=auto"]);
    expect(parse([stringifyConfig(config)])).toEqual(config);
  });
});

describe("faults", () => {
  test.each<[string, string[], string[], string[]]>([
    [
      "ou.rows above crossbar.rows",
      ["schema: 1\nou:\n  rows: 256\n"],
      [],
      ["a.yaml:3:9 ou.rows: expected integer in 1..128 (crossbar.rows), got 256"],
    ],
    [
      "the limit comes from another file",
      ["ou: { rows: 9 }", "crossbar:\n  rows: 8"],
      [],
      ["a.yaml:1:13 ou.rows: expected integer in 1..8 (crossbar.rows), got 9"],
    ],
    [
      "the default is above the limit",
      [],
      ["crossbar.cols=8"],
      ["ou.cols (default): expected integer in 1..8 (crossbar.cols), got 16"],
    ],
    [
      "misspelled key",
      ["schema: 1\nou:\n  rwos: 8"],
      [],
      ['a.yaml:3:3 ou.rwos: expected a known key (did you mean "ou.rows"?), got unknown key'],
    ],
    [
      "key of another section",
      ["tile:\n  perTile: 8"],
      [],
      ['a.yaml:2:3 tile.perTile: expected a known key (did you mean "cu.perTile"?), got unknown key'],
    ],
    ["dotted key", ["ou.rows: 8"], [], ["a.yaml:1:1 ou.rows: expected nested keys, ou: { rows: … }, got unknown key"]],
    [
      "misspelled --set",
      [],
      ["adc.bit=3"],
      ['--set adc.bit: expected a known key (did you mean "adc.bits"?), got unknown key'],
    ],
    ["--set without value", [], ["adc.bits"], ["--set adc.bits: expected key.path=value, got no ="]],
    ["version", ["schema: 2"], [], ["a.yaml:1:9 schema: expected 1, got 2"]],
    ["not a mapping", ["- 1"], [], ["a.yaml:1:1: expected mapping of configuration keys, got a list"]],
    ["section that is no mapping", ["ou: 3"], [], ["a.yaml:1:5 ou: expected mapping with keys rows, cols, got 3"]],
    [
      "wrong types and ranges",
      ["precision:\n  weightBits: 17\n  scale: log\nadc:\n  bits: many\ntiming: { ouCycle_ns: -1 }"],
      [],
      [
        "a.yaml:2:15 precision.weightBits: expected integer in 1..16, got 17",
        'a.yaml:3:10 precision.scale: expected one of "power-of-two", "max-abs", got "log"',
        'a.yaml:5:9 adc.bits: expected integer in 1..16 or "auto", got "many"',
        'a.yaml:6:23 timing.ouCycle_ns: expected number > 0 or "auto", got -1',
      ],
    ],
    [
      "differential coding of one bit",
      [],
      ["mapping.coding=differential", "precision.weightBits=1"],
      ["--set precision.weightBits: expected integer in 2..16 (mapping.coding differential), got 1"],
    ],
    [
      "a device that the menu has not",
      ["device:\n  model: bsae@2"],
      [],
      ['a.yaml:2:10 device.model: expected NAME or NAME@k of the menu (base), got "bsae@2"'],
    ],
    [
      "a device times nothing",
      [],
      ["device.model=base@0"],
      ['--set device.model: expected base@k, k a number above 0, got "base@0"'],
    ],
    [
      "channels that disagree",
      ["input:\n  mean: [1, 2, 3]\n  std: [1, 2]"],
      [],
      ["a.yaml:3:8 input.std: expected 3 numbers, one per channel as in input.mean, got 2"],
    ],
  ])("%s", (_, texts, sets, lines) => {
    expect(faultLines(texts, sets)).toEqual(lines);
  });

  test("limits are two-sided: 128 rows fit, 129 do not", () => {
    expect(faultLines([], ["ou.rows=128"])).toEqual([]);
    expect(faultLines([], ["ou.rows=129"])).toHaveLength(1);
  });

  test("faults of all sources come at once, rules between keys included", () => {
    const lines = faultLines(["ou: { rows: 200 }", "adc: { bits: 0 }"], ["nonsense=1"], "sre99");
    expect(lines).toEqual([
      '--preset: expected "sre19", got "sre99"',
      'b.yaml:1:14 adc.bits: expected integer in 1..16 or "auto", got 0',
      expect.stringMatching(/^--set nonsense: expected .*, got unknown key$/),
      "a.yaml:1:13 ou.rows: expected integer in 1..128 (crossbar.rows), got 200",
    ]);
  });

  test("a rule is not applied to a key that is faulty itself", () => {
    expect(faultLines([], ["crossbar.rows=none", "ou.rows=200"])).toEqual([
      '--set crossbar.rows: expected integer in 1..4096, got "none"',
    ]);
  });

  test("--set of a section names its keys, and leaves the others where they stand", () => {
    expect(faultLines(["ou: { cols: 500, rows: 7 }"], ["ou={rows: 600}"])).toEqual([
      "--set ou.rows: expected integer in 1..128 (crossbar.rows), got 600",
      "a.yaml:1:13 ou.cols: expected integer in 1..128 (crossbar.cols), got 500",
    ]);
  });

  test("a section that was overwritten has no places left", () => {
    expect(faultLines(["ou: { rows: 4 }", "ou: 3", "ou: { cols: 4 }\ncrossbar: { rows: 8 }"])).toEqual([
      "ou.rows (default): expected integer in 1..8 (crossbar.rows), got 16",
    ]);
  });

  test("--set over a faulty value in a file heals it", () => {
    expect(faultLines(["ou: { rows: 500 }"], ["ou.rows=8"])).toEqual([]);
  });

  test("broken YAML names its line", () => {
    expect(faultLines(["schema: 1\nou: [1"])[0]).toMatch(/^a\.yaml:2:\d+: expected valid YAML, got /);
    expect(faultLines(["ou:\n  rows: 1\nou:\n  rows: 2"])[0]).toMatch(
      /^a\.yaml:3:1: expected valid YAML, got .*unique/,
    );
  });

  test("an alias bomb is refused", () => {
    const level = (name: string, below: string) => `${name}: &${name} [${Array(9).fill(below).join(", ")}]`;
    const bomb = [level("a", "x"), level("b", "*a"), level("c", "*b"), level("d", "*c")].join("\n");
    expect(faultLines([bomb])).toEqual(["a.yaml: expected at most 100 alias expansions, got more"]);
  });

  test("an alias of what it stands in is refused", () => {
    expect(faultLines(["ou: &a { rows: *a }"])).toEqual(["a.yaml: expected at most 100 alias expansions, got more"]);
  });

  test("a value under an alias stands where it was written", () => {
    expect(faultLines(["crossbar: &size { rows: 8, cols: 8 }\nou: *size", "crossbar: { rows: 4 }"])).toEqual([
      "a.yaml:1:25 ou.rows: expected integer in 1..4 (crossbar.rows), got 8",
    ]);
  });

  test("__proto__ is a key like any other", () => {
    expect(faultLines(["__proto__:\n  rows: 1"])[0]).toMatch(/^a\.yaml:1:1 __proto__: expected .*, got unknown key$/);
    expect(faultLines([], ["__proto__.rows=1"])[0]).toMatch(/^--set __proto__.*got unknown key$/);
    expect(({} as { rows?: number }).rows).toBeUndefined();
  });
});
