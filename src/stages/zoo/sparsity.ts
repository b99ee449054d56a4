import type { InputTraits, LayerSparsity, ZooLayer, ZooVariant } from "../../model/ir/zoo.ts";

/** Nothing pruned. `source` says so where no sparsity was published. */
export function denseVariant(source = "no pruning"): ZooVariant {
  return { name: "dense", source, sparsity: {} };
}

/** Zero elements in percent, one figure per layer named. */
export function zeroPercents(names: readonly string[], percents: readonly number[]): Record<string, LayerSparsity> {
  return Object.fromEntries(names.map((name, index) => [name, { zeroRatio: percents[index]! / 100 }]));
}

/** Weights kept in percent, one figure per layer named. */
export function keptPercents(names: readonly string[], percents: readonly number[]): Record<string, LayerSparsity> {
  return zeroPercents(
    names,
    percents.map((percent) => 100 - percent),
  );
}

/**
 * Inputs of layers in a row: an image (of which `imagePercent` is not zero), then what the layer before puts out,
 * rectified, with this share of non-zero values.
 */
export function rectifiedInputs(imagePercent: number, outputPercents: readonly number[]): InputTraits[] {
  return [
    { kind: "image", density: imagePercent / 100 },
    ...outputPercents.map((percent): InputTraits => ({ kind: "rectified", density: percent / 100 })),
  ];
}

/** An image for the first layer, one density for all others, and a dense input after global average pooling. */
export function evenInputs(layers: readonly ZooLayer[], density: number): InputTraits[] {
  return layers.map((layer, index): InputTraits => {
    if (index === 0) return { kind: "image", density: 1 };
    return { kind: "rectified", density: layer.op === "Gemm" ? 1 : density };
  });
}

/** 44 % of activations are zero on average (Cnvlutin). */
export const AVERAGE_DENSITY = 0.56;
export const AVERAGE_SOURCE = "estimate: 56 % non-zero everywhere, the average of Cnvlutin (ISCA 2016)";
