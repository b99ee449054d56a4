import type { ZooWorkload } from "../../model/ir/request.ts";
import type { ZooVariant } from "../../model/ir/zoo.ts";
import { chooseNetwork, zooNetworks } from "./catalog.ts";

const PREFIX = "zoo:";

/** Whether a text means a network of the zoo: `zoo:NAME` or `zoo:NAME@VARIANT`. */
export function isZooName(text: string): boolean {
  return text.startsWith(PREFIX);
}

/**
 * What `zoo:NAME` or `zoo:NAME@VARIANT` means, and what a report calls it.
 * @throws InputError with the nearest names when there is no such network or variant.
 */
export function zooWorkload(text: string, seed: number): { workload: ZooWorkload; source: string } {
  const { network, variant } = chooseNetwork(text.slice(PREFIX.length));
  return {
    workload: { kind: "zoo", name: network.name, variant: variant.name, seed },
    source: `${PREFIX}${network.name}@${variant.name} seed ${seed}`,
  };
}

/** One network of the zoo, as `sre zoo` lists it. */
export interface ZooEntry {
  readonly name: string;
  readonly text: string;
  readonly layers: number;
  readonly weights: number;
  /** Of one sample. */
  readonly macs: number;
  readonly inputSource: string;
  /** The first one is the default. */
  readonly variants: readonly { readonly name: string; readonly zeroRatio: number; readonly source: string }[];
}

/** All networks of the zoo, as `sre zoo` lists them. */
export function listZoo(): ZooEntry[] {
  return zooNetworks.map(({ name, text, layers, inputSource, variants }) => {
    const weightsOf = (layer: (typeof layers)[number]): number =>
      layer.groupCount * layer.matrixRows * layer.matrixCols;
    const total = (value: (layer: (typeof layers)[number]) => number): number =>
      layers.reduce((all, layer) => all + value(layer), 0);
    const zeros = ({ sparsity }: ZooVariant): number =>
      total((layer) => (sparsity[layer.name]?.zeroRatio ?? 0) * weightsOf(layer));
    const weights = total(weightsOf);
    return {
      name,
      text,
      layers: layers.length,
      weights,
      macs: total((layer) => layer.windowCount * weightsOf(layer)),
      inputSource,
      variants: variants.map((variant) => ({
        name: variant.name,
        zeroRatio: zeros(variant) / weights,
        source: variant.source,
      })),
    };
  });
}
