import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeArray, inspect, parseConfig } from "../../src/index.ts";
import type { InspectLayer, NumericArray } from "../../src/index.ts";

// The released SSL CaffeNet, measured before by an independent program: what ORC gains where the weights alone decide.
// The files are not part of the project; they hold one row a filter, and a grouped layer is two files.

const folder = new URL("../../../shared/data/ssl-caffenet/", import.meta.url);
const files = {
  conv1: ["conv1"],
  conv2: ["conv2_1", "conv2_2"],
  conv3: ["conv3"],
  conv4: ["conv4_1", "conv4_2"],
  conv5: ["conv5_1", "conv5_2"],
} as const;

interface Measured {
  readonly title: string;
  readonly settings: readonly string[];
  /** naive / orc OU operations of conv1 … conv5. */
  readonly gains: readonly number[];
  readonly crossbars?: readonly (readonly [dense: number, orc: number])[];
}

const measured: readonly Measured[] = [
  {
    title: "crossbar packing, unlimited index",
    settings: ["mapping.packing=crossbar", "sparsity.indexBits=unlimited"],
    gains: [1.067, 3.306, 6.959, 8.318, 4.862],
  },
  {
    title: "crossbar packing, 5-bit index",
    settings: ["mapping.packing=crossbar"],
    gains: [1.067, 3.26, 6.854, 8.167, 4.749],
  },
  {
    title: "layer packing, 5-bit index",
    settings: [],
    gains: [1.1, 3.92, 9.21, 12.01, 5.99],
    crossbars: [
      [18, 18],
      [160, 60],
      [432, 94],
      [336, 59],
      [224, 44],
    ],
  },
];

const absent = !existsSync(folder);
describe.skipIf(absent)(`released SSL CaffeNet${absent ? " (skipped: no ssl-caffenet)" : ""}`, () => {
  const arrays = new Map<string, NumericArray>();
  const arrayOf = (name: string): NumericArray => {
    const known = arrays.get(name);
    if (known !== undefined) return known;
    const array = decodeArray(new Uint8Array(readFileSync(new URL(`${name}.mtx`, folder))), `${name}.mtx`);
    arrays.set(name, array);
    return array;
  };

  test.each(measured)("$title", async ({ settings, gains, crossbars }) => {
    const config = parseConfig([], settings);
    for (const [index, names] of Object.values(files).entries()) {
      const layers: InspectLayer[] = [];
      for (const name of names) {
        const workload = { kind: "matrix", name, weights: arrayOf(name), weightsTransposed: true } as const;
        layers.push(...(await inspect({ workload, config, source: { source: name, sha256: "" } })).layers);
      }
      const total = (count: (layer: InspectLayer) => number): number => layers.reduce((sum, l) => sum + count(l), 0);
      const gain = total(({ ouOps }) => ouOps.naive) / total(({ ouOps }) => ouOps.orc);
      expect(Math.abs(gain / gains[index]! - 1)).toBeLessThan(0.01);
      if (crossbars === undefined) continue;
      expect([total((layer) => layer.crossbars.dense), total((layer) => layer.crossbars.orc)]).toEqual(
        crossbars[index],
      );
    }
  });
});
