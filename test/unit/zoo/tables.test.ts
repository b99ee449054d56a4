import { describe, expect, it } from "vitest";
import { chooseNetwork, zooNetworks } from "../../../src/stages/zoo/index.ts";
import type { ZooNetwork } from "../../../src/model/ir/zoo.ts";

/** Of the public model files (bias and batch normalisation not counted), or of the papers: [layers, weights, MACs]. */
const published: Readonly<Record<string, readonly [number, number, number]>> = {
  lenet5: [4, 430_500, 2_293_000],
  "convnet-cifar": [4, 89_440, 12_298_240],
  resnet20: [20, 268_336, 40_551_040],
  alexnet: [8, 60_954_656, 724_406_816],
  caffenet: [8, 60_954_656, 724_406_816],
  vgg16: [16, 138_344_128, 15_470_264_320],
  googlenet: [58, 6_990_272, 1_582_671_872],
  resnet50: [54, 25_502_912, 3_857_973_248],
  mobilenetv2: [53, 3_469_760, 300_774_272],
  "bert-base-layer": [6, 7_077_888, 905_969_664],
};

function totalsOf({ layers }: ZooNetwork): [number, number, number] {
  let weights = 0;
  let macs = 0;
  for (const { groupCount, matrixRows, matrixCols, windowCount } of layers) {
    weights += groupCount * matrixRows * matrixCols;
    macs += windowCount * groupCount * matrixRows * matrixCols;
  }
  return [layers.length, weights, macs];
}

describe("the layer tables", () => {
  it("hold the networks of the contract", () => {
    expect(zooNetworks.map(({ name }) => name).sort()).toEqual(Object.keys(published).sort());
  });

  it.each(zooNetworks)("$name has the published layers, weights and MACs", (network) => {
    expect(totalsOf(network)).toEqual(published[network.name]);
  });

  it.each(zooNetworks)("$name: shapes chain and every layer has its traits", ({ layers, inputs }) => {
    expect(inputs).toHaveLength(layers.length);
    expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length);
    for (const { geometry, inputShape, groupCount, matrixRows } of layers) {
      const rows =
        geometry.kind === "conv"
          ? (inputShape[1]! / groupCount) * geometry.kernel[0] * geometry.kernel[1]
          : inputShape.at(-1);
      expect(matrixRows).toBe(rows);
    }
  });

  it.each(zooNetworks)("$name: sparsities name its layers and can be met", ({ layers, variants }) => {
    for (const { sparsity } of variants) {
      for (const [name, { zeroRatio, zeroRowRatios, zeroColRatio = 0 }] of Object.entries(sparsity)) {
        const layer = layers.find((known) => known.name === name);
        expect(layer, name).toBeDefined();
        if (zeroRowRatios !== undefined) expect(zeroRowRatios).toHaveLength(layer!.groupCount);
        const zeroRows = zeroRowRatios ?? [0];
        const meanZeroRows = zeroRows.reduce((a, b) => a + b, 0) / zeroRows.length;
        expect(zeroRatio).toBeLessThan(1);
        expect((1 - zeroRatio) / ((1 - meanZeroRows) * (1 - zeroColRatio)), name).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe("a name of the zoo", () => {
  it("takes the first variant unless another is named", () => {
    expect(chooseNetwork("vgg16").variant.name).toBe("deep-compression");
    expect(chooseNetwork("caffenet@gsl").variant.name).toBe("gsl");
    expect(chooseNetwork("caffenet@gsl").network.name).toBe("caffenet");
  });

  it.each([
    ["vgg-16", /zoo: expected a network of the zoo \(did you mean "vgg16"\?\), got "vgg-16"/],
    ["nothing-like-it", /zoo: expected a network of the zoo \(lenet5, .*bert-base-layer\), got "nothing-like-it"/],
    ["caffenet@gls", /zoo: expected a variant of caffenet \(ssl, gsl, dense\), got "gls"/],
    ["caffenet@gsl@ssl", /got "gsl@ssl"/],
    ["resnet20@ssl", /zoo: expected a variant of resnet20 \(dense\), got "ssl"/],
  ])("%s is refused with what may have been meant", (text, message) => {
    expect(() => chooseNetwork(text)).toThrow(message);
  });
});
