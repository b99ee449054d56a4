import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { AVERAGE_DENSITY, AVERAGE_SOURCE, denseVariant, evenInputs } from "../sparsity.ts";

const BLOCKS_PER_STAGE = 3;

const table = new LayerTable(3, 32).conv("conv1", 16, 3, { pad: 1 });
for (const [stage, width] of [16, 32, 64].entries()) {
  for (let block = 0; block < BLOCKS_PER_STAGE; block++) {
    const name = `layer${stage + 1}.${block}`;
    const stride = block === 0 && stage > 0 ? 2 : 1;
    table.conv(`${name}.conv1`, width, 3, { pad: 1, stride }).conv(`${name}.conv2`, width, 3, { pad: 1 });
  }
}
const { layers } = table.globalPool().dense("fc", 10);

export const resnet20: ZooNetwork = {
  name: "resnet20",
  text: "ResNet-20 of He et al. (CVPR 2016), parameter-free shortcuts, CIFAR-10 32x32",
  layers,
  inputs: evenInputs(layers, AVERAGE_DENSITY),
  inputSource: AVERAGE_SOURCE,
  variants: [denseVariant("no sparsity published")],
};
