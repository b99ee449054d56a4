import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { FloatTensor, MatrixLayer } from "../../../src/model/ir/layer.ts";
import { decodeArray, openNetwork } from "../../../src/stages/network/index.ts";
import { evaluateFloat } from "./floatLayer.ts";

/** Real networks and what an independent program says of them; beside the checkout, not in it. */
const data = new URL("../../../../shared/data/", import.meta.url);

interface Expected {
  readonly layers: readonly {
    readonly name: string;
    readonly op: string;
    readonly rows: number;
    readonly cols: number;
    readonly groups: number;
    readonly weight_sparsity: number;
    readonly zero_rows: number;
    readonly zero_cols: number;
  }[];
  readonly predictions: { readonly float32: readonly number[] };
  readonly logits_first: { readonly float32: readonly (readonly number[])[] };
}

interface RealNetwork {
  readonly name: string;
  readonly images: string;
  readonly sampleCount: number;
  /** First sampleCount images → network input. */
  prepare(pixels: Uint8Array, sampleCount: number): FloatTensor;
}

/** x = (pixel · scale - mean[c]) / std[c], channel planes as stored. */
function planes(
  channelCount: number,
  side: number,
  scale: number,
  mean: readonly number[] = [0, 0, 0],
  std: readonly number[] = [1, 1, 1],
) {
  return (pixels: Uint8Array, sampleCount: number): FloatTensor => {
    const area = side * side;
    const values = Float32Array.from(pixels.subarray(0, sampleCount * channelCount * area), (pixel, at) => {
      const channel = Math.floor(at / area) % channelCount;
      return (pixel * scale - mean[channel]!) / std[channel]!;
    });
    return { shape: [sampleCount, channelCount, side, side], values };
  };
}

/** Stored RGB, height x width x channel → BGR planes less the mean. */
function bgrPhotos(pixels: Uint8Array, sampleCount: number): FloatTensor {
  const area = 227 * 227;
  const values = new Float32Array(sampleCount * 3 * area);
  for (let sample = 0; sample < sampleCount; sample++) {
    [104, 117, 123].forEach((mean, channel) => {
      for (let at = 0; at < area; at++) {
        values[(sample * 3 + channel) * area + at] = pixels[(sample * area + at) * 3 + 2 - channel]! - mean;
      }
    });
  }
  return { shape: [sampleCount, 3, 227, 227], values };
}

const cifar = "cifar10-test-0.images.idx4";
const resnetPlanes = planes(3, 32, 1 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
const networks: RealNetwork[] = [
  { name: "lenet5-ssl", images: "mnist-test-0.images.idx3", sampleCount: 100, prepare: planes(1, 28, 1 / 256) },
  { name: "convnet-cifar10-ssl", images: cifar, sampleCount: 50, prepare: planes(3, 32, 1 / 256) },
  { name: "resnet20-cifar10-dense", images: cifar, sampleCount: 50, prepare: resnetPlanes },
  { name: "squeezenet1.0-imagenet-pruned", images: "photos-227.idx4", sampleCount: 4, prepare: bgrPhotos },
];

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, data)));

function zeroRatios({ groupCount, matrixRows, matrixCols, weights }: MatrixLayer): [number, number, number] {
  const zeroIn = (line: number, count: number, at: (line: number, i: number) => number) =>
    Array.from({ length: count }, (_, i) => weights[at(line, i)]).every((weight) => weight === 0);
  let [zeroRows, zeroCols] = [0, 0];
  for (let group = 0; group < groupCount; group++) {
    const base = group * matrixRows * matrixCols;
    for (let row = 0; row < matrixRows; row++) {
      if (zeroIn(row, matrixCols, (line, col) => base + line * matrixCols + col)) zeroRows++;
    }
    for (let col = 0; col < matrixCols; col++) {
      if (zeroIn(col, matrixRows, (line, row) => base + row * matrixCols + line)) zeroCols++;
    }
  }
  const zeros = weights.reduce((count, weight) => count + (weight === 0 ? 1 : 0), 0);
  return [zeros / weights.length, zeroRows / (groupCount * matrixRows), zeroCols / (groupCount * matrixCols)];
}

function argMax(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}

describe.each(networks)("$name", ({ name, images, sampleCount, prepare }) => {
  const needed = [`models/${name}.onnx`, `expected/${name}.json`, `datasets/${images}`];
  const absent = needed.filter((path) => !existsSync(new URL(path, data)));
  const title = absent.length === 0 ? "" : ` (skipped: no ${absent.join(", ")})`;

  test.skipIf(absent.length > 0)(`layer table and float inference${title}`, { timeout: 120_000 }, async () => {
    const expected = JSON.parse(new TextDecoder().decode(read(`expected/${name}.json`))) as Expected;
    const network = await openNetwork({ name, model: read(`models/${name}.onnx`) }, { batchNorm: "fold" });
    expect(network.skipped).toEqual([]);
    const table = network.layers.map(({ name: layer, op, matrixRows, matrixCols, groupCount }) => {
      return { name: layer, op, rows: matrixRows, cols: matrixCols, groups: groupCount };
    });
    const { layers } = expected;
    expect(table).toEqual(
      layers.map(({ name: layer, op, rows, cols, groups }) => ({ name: layer, op, rows, cols, groups })),
    );
    network.layers.forEach((layer, i) => {
      const [zeroRatio, zeroRowRatio, zeroColRatio] = zeroRatios(layer);
      expect(zeroRatio).toBeCloseTo(layers[i]!.weight_sparsity, 9);
      expect(zeroRowRatio).toBeCloseTo(layers[i]!.zero_rows, 9);
      expect(zeroColRatio).toBeCloseTo(layers[i]!.zero_cols, 9);
    });

    const pixels = decodeArray(read(`datasets/${images}`), images).values as Uint8Array;
    const batch = prepare(pixels, sampleCount);
    const { activations, output } = await network.infer(batch);
    expect(activations.get(network.layers[0]!.inputTensor)!.values).toEqual(batch.values);
    const classCount = output.values.length / sampleCount;
    const logits = Array.from({ length: sampleCount }, (_, i) =>
      output.values.subarray(i * classCount, (i + 1) * classCount),
    );
    expect(logits.map(argMax)).toEqual(expected.predictions.float32.slice(0, sampleCount));
    expected.logits_first.float32.slice(0, sampleCount).forEach((row, sample) => {
      row.forEach((value, i) => expect(Math.abs(logits[sample]![i]! - value)).toBeLessThan(1e-3));
    });

    // Loops in plain TypeScript: one sample is enough to see that the pieces fit.
    const one = {
      shape: [1, ...batch.shape.slice(1)],
      values: batch.values.subarray(0, batch.values.length / sampleCount),
    };
    const mixed = await network.inferWith(one, evaluateFloat);
    mixed.values.forEach((value, i) => expect(Math.abs(value - output.values[i]!)).toBeLessThan(1e-3));
    await network.dispose();
  });
});
