import fc from "fast-check";
import { InputError, configKeys, isSweep, parseConfig, parseSweep, stringifyConfig } from "../../../src/index.ts";
import { parseRules } from "../../../src/stages/network/weights/rules.ts";
import { mutateText } from "../mutate/text.ts";
import { interestingNumber } from "../mutate/numbers.ts";
import type { Random } from "../../helpers/random.ts";
import { holds, isInputError } from "./door.ts";
import type { Door } from "./door.ts";
import { sample } from "./sample.ts";

const configTexts: readonly string[] = [
  stringifyConfig(parseConfig([], [])),
  "schema: 1\nou: { rows: 8, cols: 8 }\nadc:\n  bits: 5 # not lossless\n  mode: scale\n",
  "crossbar: &size { rows: 64, cols: 64 }\nou: *size\nprecision:\n  weightBits: 8\n  activationBits: 8\n",
  "device: { model: base@2, sigmaLrs: 0.1, readNoise: .5, references: full }\ninput: { mean: [0.5, 0.4], std: [1, 2] }\n",
  "? energy\n: prices_pJ:\n    bus: 1e-3\n    router: 0x10\nsparsity: { indexBits: unlimited }\ntiming: { ouCycle_ns: auto }\n",
];
const sweepTexts: readonly string[] = [
  `schema: 1
name: ou-sizes
extends: sre19
base:
  precision: { activationBits: 8 }
schemes: [naive, orc, dof, orc-dof]
samples: 20
accuracy: { chips: 3, engine: cells, samples: 100 }
axes:
  network:
    - zoo:lenet5
    - name: lenet
      input: lenet5-ssl.onnx
      inputs: digits.idx3
      layers: ["conv*"]
      config: { input: { scale: 0.00390625 } }
  ou: [{ rows: 4, cols: 4 }, { rows: 8, cols: 8 }]
  crossbar.cellBits: { from: 1, to: 4 }
  precision.weightBits: { from: 2, to: 16, factor: 2 }
  sparsity.indexBits: [3, 5, unlimited]
exclude:
  - { network: lenet, ou.rows: 4, crossbar.cellBits: [3, 4] }
include:
  - { network: lenet, ou: { rows: 128, cols: 128 } }
`,
  "axes:\n  network: [{ weights: w.npy, activations: x.npy }]\n  adc.bits: { from: 8, to: 2, step: -2 }\nseed: 3\n",
];
const ruleTexts: readonly string[] = [
  'schema: 1\nrules:\n  - { layer: conv2, tensor: [a, b] }\n  - { layer: "conv*", tensor: "f.$1.w", mask: "f.$1.m" }\n',
  "rules:\n  - { layer: d, tensor: k, transpose: [1, 0] }\n  - { layer: fc8, keep: true }\n",
];
const texts = [...configTexts, ...sweepTexts, ...ruleTexts];

interface TextInput {
  readonly text: string;
  readonly sets: readonly string[];
}

const keys = configKeys().map(({ path }) => path);
const leaves = fc.oneof(
  fc.constantFrom("auto", "unlimited", "menu", "base@3", "clip", "differential", null, true, [], {}, [1, 2], "1"),
  fc.integer({ min: -1, max: 20 }),
  fc.double(),
);
/** Keys of the configuration with any values, nested as they should be. */
const trees = fc
  .dictionary(fc.constantFrom(...keys, "ou", "nonsense", "__proto__.rows"), leaves, { maxKeys: 5 })
  .map((flat) => {
    const tree: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(flat)) {
      const names = path.split(".");
      let at = tree;
      for (const name of names.slice(0, -1)) {
        const below = Object.hasOwn(at, name) ? at[name] : undefined;
        at = (typeof below === "object" && below !== null ? below : (at[name] = {})) as Record<string, unknown>;
      }
      at[names.at(-1)!] = value;
    }
    return tree;
  });

function setsOf(random: Random): string[] {
  const value = (): string => (random.chance(0.6) ? String(interestingNumber(random)) : String(sample(leaves, random)));
  return Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () =>
    random.chance(0.85) ? `${random.pick(keys)}=${value()}` : mutateText("ou={rows: 4}", texts, random),
  );
}

/** Configurations: YAML text and --set. */
export const config: Door<TextInput> = {
  name: "config",
  weight: 3,
  make: (random) => ({
    text: random.chance(0.3)
      ? JSON.stringify(sample(trees, random), null, random.pick([0, 2]))
      : mutateText(random.pick(configTexts), texts, random),
    sets: setsOf(random),
  }),
  run({ text, sets }) {
    const parsed = parseConfig([{ text, place: "c.yaml" }], sets);
    const again = parseConfig([{ text: stringifyConfig(parsed), place: "again" }], []);
    holds(JSON.stringify(again) === JSON.stringify(parsed), "the resolved text reads back to another configuration");
    holds(parsed.ou.rows <= parsed.crossbar.rows && parsed.ou.cols <= parsed.crossbar.cols, "an OU above its crossbar");
    const numbers = JSON.stringify(parsed, (_, value: unknown) =>
      Number.isFinite(value ?? 0) ? value : typeof value === "number" ? "bad" : value,
    );
    holds(!numbers.includes('"bad"'), "a number that is none");
  },
  isRefusal: isInputError,
};

/** Sweep files: axes, ranges, rules. */
export const sweep: Door<TextInput> = {
  name: "sweep",
  weight: 2,
  make: (random) => ({
    text: mutateText(random.pick(sweepTexts), texts, random),
    sets: random.chance(0.8) ? [] : setsOf(random),
  }),
  run({ text, sets }) {
    isSweep(text);
    const { points, networks, axes } = parseSweep({ text, place: "s.yaml" }, { sets, extended: [] });
    holds(points.length > 0 && points.length <= 100_000, `${points.length} points`);
    const names = new Set(networks.map(({ name }) => name));
    for (const point of points.slice(0, 4)) {
      holds(names.has(point.network), `a point of network ${point.network}`);
      holds(
        axes.filter(({ path }) => path in point.settings || path === "network").length === axes.length,
        "a point without an axis",
      );
      const again = parseConfig([{ text: stringifyConfig(point.config), place: "point" }], []);
      holds(JSON.stringify(again) === JSON.stringify(point.config), "a point whose configuration is none");
    }
  },
  isRefusal: isInputError,
};

/** Rules that say which layer takes which tensor. */
export const rules: Door<TextInput> = {
  name: "rules",
  weight: 1,
  make: (random) => ({ text: mutateText(random.pick(ruleTexts), texts, random), sets: [] }),
  run({ text }) {
    const found = parseRules({ text, place: "map.yaml" });
    holds(found.length > 0, "no rule");
    for (const { place, layer, tensors, masks } of found) {
      holds(/^map\.yaml:\d+:\d+$/.test(place), `a rule at ${place}`);
      holds(layer !== "" && [...(tensors ?? []), ...(masks ?? [])].every((name) => name !== ""), "an empty name");
    }
  },
  isRefusal: (error) => error instanceof InputError && isInputError(error),
};
