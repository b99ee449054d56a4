import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { denseLayer } from "../layerTable.ts";
import { denseVariant } from "../sparsity.ts";

const TOKENS = 128;
const HIDDEN = 768;
const FEED_FORWARD = 4 * HIDDEN;

const layers = [
  ...["query", "key", "value", "attention.output"].map((name) => denseLayer(name, "MatMul", HIDDEN, HIDDEN, TOKENS)),
  denseLayer("intermediate", "MatMul", HIDDEN, FEED_FORWARD, TOKENS),
  denseLayer("output", "MatMul", FEED_FORWARD, HIDDEN, TOKENS),
];

export const bertBaseLayer: ZooNetwork = {
  name: "bert-base-layer",
  text: "one encoder layer of BERT base (Devlin et al., NAACL 2019), a sequence of 128 tokens; products of activations left out",
  layers,
  inputs: layers.map(() => ({ kind: "signed", density: 1 })),
  inputSource: "estimate: normal, both signs",
  variants: [denseVariant("no sparsity published")],
};
