import { describe, expect, it } from "vitest";
import { atOnce } from "../../../src/model/base/pace.ts";
import { RandomStream } from "../../../src/model/base/rng.ts";
import type { LayerSparsity, ZooLayer } from "../../../src/model/ir/zoo.ts";
import { InputGenerator, chooseNetwork, generateWeights, zooNetworks } from "../../../src/stages/zoo/index.ts";

const layerOf = (network: string, name: string): ZooLayer =>
  chooseNetwork(network).network.layers.find((layer) => layer.name === name)!;
const streams =
  (seed: number) =>
  (group: number): RandomStream =>
    new RandomStream([seed, group]);

function zerosOf({ groupCount, matrixRows, matrixCols }: ZooLayer, weights: Float32Array) {
  const zeroRows = new Array<number>(groupCount).fill(0);
  let zeroCols = 0;
  let zeros = 0;
  for (let group = 0; group < groupCount; group++) {
    const at = (row: number, col: number): number => weights[(group * matrixRows + row) * matrixCols + col]!;
    const rows = Array.from({ length: matrixRows }, (_, row) => row);
    const cols = Array.from({ length: matrixCols }, (_, col) => col);
    zeroRows[group] = rows.filter((row) => cols.every((col) => at(row, col) === 0)).length;
    zeroCols += cols.filter((col) => rows.every((row) => at(row, col) === 0)).length;
    for (const row of rows) for (const col of cols) if (at(row, col) === 0) zeros++;
  }
  return { zeroRows, zeroCols, zeros };
}

const small = zooNetworks.flatMap(({ name, layers, variants }) =>
  variants.flatMap((variant) =>
    layers
      .filter((layer) => layer.groupCount * layer.matrixRows * layer.matrixCols < 400_000)
      .filter((layer) => variant.sparsity[layer.name] !== undefined)
      .map((layer) => ({ network: name, variant: variant.name, layer, sparsity: variant.sparsity[layer.name]! })),
  ),
);

describe("weights", () => {
  it("cover pruned, grouped and structured layers", () => {
    expect(small.length).toBeGreaterThan(20);
    expect(small.some(({ layer }) => layer.groupCount > 1)).toBe(true);
  });

  it("have exactly the zeros that were asked for", () => {
    for (const { network, variant, layer, sparsity } of small) {
      const cells = layer.groupCount * layer.matrixRows * layer.matrixCols;
      const zeros = zerosOf(layer, atOnce(generateWeights(layer, sparsity, streams(1))));
      const title = `${network}@${variant} ${layer.name}`;
      expect(zeros.zeros, title).toBe(Math.round(sparsity.zeroRatio * cells));
      // More rows may turn out zero where the remaining density is low.
      zeros.zeroRows.forEach((count, group) =>
        expect(count, title).toBeGreaterThanOrEqual(
          Math.round((sparsity.zeroRowRatios?.[group] ?? 0) * layer.matrixRows),
        ),
      );
    }
  });

  it("are refused where zero columns leave too few cells", () => {
    const layer = { ...layerOf("lenet5", "ip2"), groupCount: 1, matrixRows: 10, matrixCols: 10 };
    const generate = (zeroRatio: number) =>
      atOnce(generateWeights(layer, { zeroRatio, zeroColRatio: 0.5 }, streams(1)));
    expect(zerosOf(layer, generate(0.5)).zeroCols).toBe(5);
    expect(() => generate(0.49)).toThrow("ip2: 51 weights do not fit in 50 cells");
  });

  it("have the structure of each group, and no more", () => {
    const layer = layerOf("caffenet", "conv2");
    const sparsity = chooseNetwork("caffenet").variant.sparsity["conv2"]!;
    const found = zerosOf(layer, atOnce(generateWeights(layer, sparsity, streams(2))));
    expect(found.zeroRows).toEqual([Math.round(0.5117 * 1200), Math.round(0.7525 * 1200)]);
    expect(found.zeroCols).toBe(Math.round(0.1211 * 256));
  });

  it("fill the remaining cells at one density, wherever they lie", () => {
    const layer = layerOf("caffenet", "conv2");
    const weights = atOnce(generateWeights(layer, { zeroRatio: 0.75 }, streams(3)));
    const eighth = weights.length / 8;
    for (let part = 0; part < 8; part++) {
      const kept = weights.subarray(part * eighth, (part + 1) * eighth).filter((value) => value !== 0).length;
      // Five standard deviations of a binomial count.
      expect(Math.abs(kept - eighth / 4)).toBeLessThan(5 * Math.sqrt(eighth * 0.25 * 0.75));
    }
  });

  it("have mean zero, and pruning leaves the large ones", () => {
    const layer = layerOf("lenet5", "ip1");
    const dense = atOnce(generateWeights(layer, { zeroRatio: 0 }, streams(4)));
    const pruned = atOnce(generateWeights(layer, { zeroRatio: 0.9 }, streams(4))).filter((value) => value !== 0);
    const mean = dense.reduce((a, b) => a + b, 0) / dense.length;
    const variance = dense.reduce((a, b) => a + b * b, 0) / dense.length;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / dense.length));
    expect(variance).toBeCloseTo(2 / layer.matrixRows, 4);
    const least = pruned.reduce((a, b) => Math.min(a, Math.abs(b)), Infinity);
    expect(least * Math.sqrt(layer.matrixRows)).toBeGreaterThanOrEqual(Math.log(10) - 1e-6);
  });

  it("are the same for the same stream, and other for another", () => {
    const layer = layerOf("lenet5", "conv2");
    const sparsity: LayerSparsity = { zeroRatio: 0.5 };
    const once = atOnce(generateWeights(layer, sparsity, streams(5)));
    expect(atOnce(generateWeights(layer, sparsity, streams(5)))).toEqual(once);
    expect(atOnce(generateWeights(layer, sparsity, streams(6)))).not.toEqual(once);
  });

  it("that cannot be had are refused", () => {
    const layer = layerOf("lenet5", "conv2");
    expect(() => atOnce(generateWeights(layer, { zeroRatio: 0.1, zeroRowRatios: [0.5] }, streams(7)))).toThrow(
      /do not fit/,
    );
  });
});

describe("inputs", () => {
  const conv = layerOf("vgg16", "conv4_1");

  it("have the density asked for and are never negative after a rectifier", () => {
    const values = atOnce(new InputGenerator(conv, { kind: "rectified", density: 0.3 }, [1]).samples(0, 1));
    const zeros = values.filter((value) => value === 0).length;
    expect(values.every((value) => value >= 0)).toBe(true);
    expect(zeros / values.length).toBeCloseTo(0.7, 2);
  });

  it("differ in scale from channel to channel", () => {
    const values = atOnce(new InputGenerator(conv, { kind: "rectified", density: 1 }, [2]).samples(0, 1));
    const [, channels, height, width] = conv.inputShape as [number, number, number, number];
    const logs = Array.from({ length: channels }, (_, channel) => {
      const plane = values.subarray(channel * height * width, (channel + 1) * height * width);
      return Math.log(plane.reduce((a, b) => a + b, 0) / plane.length);
    });
    const mean = logs.reduce((a, b) => a + b, 0) / channels;
    const spread = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / channels);
    expect(spread).toBeGreaterThan(0.4);
    expect(spread).toBeLessThan(0.6);
  });

  it("of both signs are dense", () => {
    const values = atOnce(
      new InputGenerator(layerOf("bert-base-layer", "query"), { kind: "signed", density: 1 }, [3]).samples(0, 1),
    );
    expect(values.every((value) => value !== 0)).toBe(true);
    expect(values.filter((value) => value < 0).length / values.length).toBeCloseTo(0.5, 2);
  });

  it("that are images hold pixels of 8 bits that change slowly", () => {
    const image = layerOf("vgg16", "conv1_1");
    const values = atOnce(new InputGenerator(image, { kind: "image", density: 1 }, [4]).samples(0, 1));
    expect(values.every((value) => Number.isInteger(value * 256) && value > 0 && value < 1)).toBe(true);
    const steps = Array.from({ length: 223 }, (_, x) => Math.abs(values[x + 1]! - values[x]!));
    expect(Math.max(...steps)).toBeLessThan(0.1);
    const sorted = values.slice().sort();
    expect(sorted.at(-1)! - sorted[0]!).toBeGreaterThan(0.5);
  });

  it("that are drawings have so many lit pixels", () => {
    const digit = layerOf("lenet5", "conv1");
    const values = atOnce(new InputGenerator(digit, { kind: "image", density: 0.19 }, [5]).samples(0, 1));
    expect(values.filter((value) => value > 0).length / values.length).toBeCloseTo(0.19, 1);
  });

  it("are the same sample by sample as all at once", () => {
    const traits = { kind: "rectified", density: 0.5 } as const;
    const layer = layerOf("lenet5", "ip1");
    const both = atOnce(new InputGenerator(layer, traits, [6]).samples(0, 2));
    expect(atOnce(new InputGenerator(layer, traits, [6]).samples(1, 1))).toEqual(both.subarray(800));
    expect(both.subarray(0, 800)).not.toEqual(both.subarray(800));
  });
});
