import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { denseVariant, keptPercents, rectifiedInputs } from "../sparsity.ts";

/** Filters of each convolution, stage by stage; a pool ends each stage. */
const STAGES = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

const table = new LayerTable(3, 224);
STAGES.forEach((stage, s) => {
  stage.forEach((filterCount, layer) => table.conv(`conv${s + 1}_${layer + 1}`, filterCount, 3, { pad: 1 }));
  table.pool(2, 2);
});
const { layers } = table.dense("fc6", 4096).dense("fc7", 4096).dense("fc8", 1000);

export const vgg16: ZooNetwork = {
  name: "vgg16",
  text: "VGG-16, 224x224",
  layers,
  inputs: rectifiedInputs(100, [53, 89, 80, 81, 68, 70, 64, 51, 45, 34, 32, 29, 19, 38, 42]),
  inputSource: "Han et al., NIPS 2015",
  variants: [
    {
      name: "deep-compression",
      source: "Han et al., NIPS 2015, weights kept",
      sparsity: keptPercents(
        layers.map(({ name }) => name),
        [58, 22, 34, 36, 53, 24, 42, 32, 27, 34, 35, 29, 36, 4, 4, 23],
      ),
    },
    denseVariant(),
  ],
};
