import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "src/model/arch/adc.ts": [
    ["adc-auto", "while (2 ** bits < levels)", "while (2 ** bits <= levels)", "a bit too many"],
    ["adc-scale", "(code * fullScale) / topCode", "code", "codes not brought back"],
    ["adc-law", "2 ** bits / (bits + 1)", "2 ** bits / bits", "wrong law"],
  ],
  "src/model/arch/check.ts": [
    [
      "check-place",
      "if (inside.length === 0) copy[key] = value;",
      "if (inside.length === 1) copy[key] = value;",
      "faulty keys stay",
    ],
  ],
  "src/model/arch/config.ts": [
    ["config-rows", "rows: key(integer(1, 4096), 128,", "rows: key(integer(1, 4096), 256,", "wrong default"],
  ],
  "src/model/arch/device.ts": [
    ["device-family", "found.sigmaLrs / k", "found.sigmaLrs * k", "better devices spread more"],
    ["device-ratio", "top / (device.ratio - 1)", "top / device.ratio", "high state too low"],
    ["device-stuck", "stuckLow: device.stuckHrsRatio", "stuckLow: device.stuckLrsRatio", "states swapped"],
  ],
  "src/model/arch/glossary.ts": [
    ["glossary-leaf", "byLeaf.length === 1 && byLeaf[0]", "byLeaf.length === 0 && byLeaf[0]", "no short names"],
  ],
  "src/model/arch/keys.ts": [["keys-leaves", "!node || node.properties ||", "!node ||", "sections are options"]],
  "src/model/arch/nearest.ts": [["nearest-order", "a.edits - b.edits", "b.edits - a.edits", "farthest first"]],
  "src/model/arch/parse.ts": [
    ["parse-bounds", "[path, ...bounds].every(isSound)", "isSound(path)", "faults that follow from faults"],
  ],
  "src/model/arch/presets/devices.ts": [
    ["devices-decades", "decades * Math.LN10", "decades * Math.LN2", "wrong logarithm"],
  ],
  "src/model/arch/presets/isaac16.ts": [["isaac16-router", "0.151 / 4", "0.151", "router is not shared"]],
  "src/model/arch/presets/sre19.ts": [["sre19-price", "price_pJ: 0.0225", "price_pJ: 0.225", "decimal point"]],
  "src/model/arch/schemaKeys.ts": [
    ["schemaKeys-item", "/^\\d+$/.test(name)", "/^\\D+$/.test(name)", "no items of lists"],
  ],
  "src/model/arch/sweep/axes.ts": [
    ["axes-overlap", "other !== undefined) faults", "other === entry.key) faults", "axes move one key twice"],
  ],
  "src/model/arch/sweep/crossCheck.ts": [
    ["crossCheck-blame", "if (blamed <= 0)", "if (blamed < 0)", "bound blamed in place of the key"],
  ],
  "src/model/arch/sweep/exclude.ts": [["exclude-all", "all &&= any", "all ||= any", "any condition is enough"]],
  "src/model/arch/sweep/extends.ts": [
    [
      "extends-preset",
      "!presetNames().includes(value as string)",
      "presetNames().includes(value as string)",
      "presets read as files",
    ],
  ],
  "src/model/arch/sweep/frame.ts": [
    ["frame-schemes", "indexOf(scheme) < index", "indexOf(scheme) > index", "schemes twice"],
  ],
  "src/model/arch/sweep/networks.ts": [
    ["networks-name", "names.indexOf(name) === index", "names.indexOf(name) <= index", "equal names"],
  ],
  "src/model/arch/sweep/parse.ts": [
    ["sweep-count", "if (all.length === 0) ruleFaults", "if (all.length < 0) ruleFaults", "no points left"],
  ],
  "src/model/arch/sweep/patch.ts": [["patch-overlap", " || `${b}.`.startsWith(`${a}.`)", "", "keys below a section"]],
  "src/model/arch/sweep/points.ts": [
    ["points-turn", "position < networkTurn ? position : position + 1", "position", "wrong digit of the axis"],
  ],
  "src/model/arch/sweep/range.ts": [
    ["range-last", "Math.floor(steps + 1e-9) + 1", "Math.floor(steps + 1e-9)", "last value lost"],
  ],
  "src/model/arch/schemaParts.ts": [["schemaParts-least", "z.gte(min)", "z.gt(min)", "smallest value refused"]],
  "src/model/arch/sweep/rules.ts": [
    ["rules-twice", "entries.slice(0, index).find", "entries.slice(index + 1).find", "wrong key blamed"],
  ],
  "src/model/arch/sweep/schema.ts": [
    ["sweepSchema-keys", 'path !== "schema" && path !== "network"', 'path !== "schema"', "network twice"],
  ],
  "src/model/arch/timing.ts": [["timing-node", "(32 / 65)", "(65 / 32)", "scaled the wrong way"]],
  "src/model/arch/tree.ts": [["tree-set", "if (split <= 0)", "if (split < 0)", "settings without a key"]],
  "src/model/arch/validate.ts": [
    ["validate-bound", "if (value > limit)", "if (value >= limit)", "OU as high as the crossbar refused"],
  ],
  "src/model/arch/yamlText.ts": [
    ["yamlText-alias", "this.aliasCount += 1 + anchored.aliasCount;", "this.aliasCount += 1;", "aliases without end"],
  ],
};

export const settingMutants = mutantsOf(table);
